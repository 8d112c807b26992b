"""Signing in: passwords, throttle, activation, sessions that end, and what was sent when they did."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from actions import clock
from actions.leaving import take_out
from actions.people import make_activation
from models import ActivationLink, Person, SignIn
from tests.journey.books import fill
from tests.web.conftest import PASSWORD, Installation
from tests.web.test_work import XLSX
from tests.web.transport import Browser
from web.passwords import fits, hash_password
from web.visitor import SESSION


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def activated(live: Installation, password_hash: str) -> Installation:
    """A live installation whose first collector has a password."""
    with live.database.writing() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S031")).one()
        person.password_hash = password_hash
        session.add(person)
    return live


def test_the_right_password_leads_to_where_one_was_going(activated: Installation) -> None:
    browser = activated.browser()
    asked = browser.get("/plan")
    assert "登录</h1>" in asked.text
    answer = browser.form("/sign-in", {"staff_no": " S031 ", "password": PASSWORD, "next": "/plan"})
    assert (answer.url.path, "学务部采集员" in answer.text) == ("/plan", True)


@pytest.mark.parametrize("staff_no", ["S031", "S032", "nobody"])
def test_a_wrong_password_tells_nothing_about_the_account(activated: Installation, staff_no: str) -> None:
    answer = activated.browser().form("/sign-in", {"staff_no": staff_no, "password": "wrong"})
    assert (answer.status_code, "工号或密码不正确" in answer.text) == (401, True)
    assert f'value="{staff_no}"' in answer.text


def test_who_has_left_hears_so_with_the_right_password_only(activated: Installation) -> None:
    with activated.database.writing() as session:
        take_out(session, "S031", clock.now(session), clock.wall())
    for password, status, sentence in ((PASSWORD, 403, "已登记为离任/离校"), ("wrong", 401, "不正确")):
        answer = activated.browser().form("/sign-in", {"staff_no": "S031", "password": password})
        assert (answer.status_code, sentence in answer.text) == (status, True)
        assert 'value="S031"' in answer.text


def test_guessing_is_slowed_down_and_never_locked_out(activated: Installation) -> None:
    browser = activated.browser()
    token = browser.token()
    answers = [
        browser.post("/sign-in", data={"csrf": token, "staff_no": "S031", "password": f"guess {n}"})
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert re.search(r"请在 \d 秒后再试", answers[-1].text)
    other = activated.browser().form("/sign-in", {"staff_no": "S032", "password": "guess"})
    assert other.status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/mine\r\nX: y",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(activated: Installation, target: str) -> None:
    answer = activated.browser().form(
        "/sign-in", {"staff_no": "S031", "password": PASSWORD, "next": target}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(
    load_site: Callable[..., Installation], password_hash: str
) -> None:
    site = load_site(secure_cookies=True)
    browser = Browser(site.app, "https://caiji.test")
    with browser:
        answer = browser.form("/rehearsal/sign-in/1", follow_redirects=False)
    (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith(SESSION)]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_database_keeps_only_hashes(activated: Installation) -> None:
    browser = activated.browser("S031")
    with activated.database.reading() as session:
        kept = session.exec(select(SignIn.secret_hash)).all()
    assert browser.cookies[SESSION] not in kept


def test_signing_out_ends_the_session_on_the_server(site: Installation) -> None:
    browser = site.browser("S031")
    secret = browser.cookies[SESSION]
    browser.form("/sign-out")
    browser.cookies.set(SESSION, secret, domain="caiji.test", path="/")
    answer = browser.get("/mine", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_a_person_no_longer_active_is_out_at_once(site: Installation) -> None:
    browser = site.browser("S031")
    with site.database.writing() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S031")).one()
        person.active = False
        session.add(person)
    assert browser.get("/mine", follow_redirects=False).status_code == 303


def link(installation: Installation, staff_no: str = "S041") -> str:
    with installation.database.writing() as session:
        return f"/activate/{make_activation(session, staff_no, clock.wall(), 24)}"


def test_an_activation_link_works_once(live: Installation) -> None:
    browser, path = live.browser(), link(live)
    assert "S041" in browser.get(path).text
    answer = browser.form(path, {"password": PASSWORD, "again": PASSWORD})
    assert "密码已设置，账号已激活" in answer.text
    with live.database.reading() as session:
        kept = session.exec(select(Person.password_hash).where(Person.staff_no == "S041")).one()
    assert (fits(kept, PASSWORD), fits(kept, "another")) == (True, False)
    assert kept.startswith("$argon2id$")
    again = live.browser().get(path)
    assert (again.status_code, "已失效或已使用过" in again.text) == (404, True)


def test_an_old_activation_link_is_refused(live: Installation) -> None:
    path = link(live)
    with live.database.writing() as session:
        row = session.exec(select(ActivationLink)).one()
        row.expires_at = clock.wall() - timedelta(seconds=1)
        session.add(row)
    assert live.browser().get(path).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", "short", "至少需要 10 个字符"),
        ("my S041 password", "my S041 password", "太容易被猜到"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "太容易被猜到"),
        (PASSWORD, PASSWORD + "!", "两次输入的密码不一致"),
    ],
)
def test_weak_passwords_are_refused_on_the_same_page(
    live: Installation, password: str, again: str, sentence: str
) -> None:
    answer = live.browser().form(link(live), {"password": password, "again": again})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'name="again"' in answer.text


def lapse(installation: Installation) -> None:
    """Let every session end."""
    with installation.database.writing() as session:
        for row in session.exec(select(SignIn)):
            row.expires_at = clock.wall() - timedelta(seconds=1)
            session.add(row)


def test_an_upload_after_the_session_has_ended_loses_nothing(site: Installation) -> None:
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S031")
    token = browser.token("/mine")
    book = fill(browser.get(f"/assignments/{key}/template").content, "10.1.1")
    lapse(site)
    answer = browser.post(
        f"/assignments/{key}/upload", data={"csrf": token}, files={"file": ("数据.xlsx", book, XLSX)}
    )
    assert "登录已过期" in answer.text
    assert "（包括文件）已为您保留" in answer.text
    hidden = dict(re.findall(r'name="(next|kept)" value="([^"]+)"', answer.text))
    person = re.search(r'action="(/rehearsal/sign-in/\d+)"(?:(?!</form>).)*S031', answer.text, re.S)
    assert person is not None
    page = browser.form(person[1], hidden).text
    assert "登录过期前选择的文件还在：数据.xlsx" in page
    done = browser.form(f"/assignments/{key}/upload", {"kept": hidden["kept"]}).text
    assert "第 1 版可以提交" in done
    again = browser.form(f"/assignments/{key}/upload", {"kept": hidden["kept"]}).text
    assert "第 2 版" not in again


def test_what_was_kept_is_nobody_else_s(site: Installation) -> None:
    key = site.assignment("10.1.1", "学务部")
    browser = site.browser("S031")
    token = browser.token("/mine")
    lapse(site)
    answer = browser.post(
        f"/assignments/{key}/upload", data={"csrf": token}, files={"file": ("a.xlsx", b"x", XLSX)}
    )
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)[0]
    other = site.browser("S032").get(f"/assignments/{key}", params={"kept": kept})
    assert "登录过期前选择的文件还在" not in other.text
    assert site.browser("S031").get(f"/assignments/{key}?kept=../../caiji.db").status_code == 200


def test_a_reason_typed_after_the_session_has_ended_is_back_after_signing_in(site: Installation) -> None:
    key = site.assignment("10.3", "学务部")
    site.browser("S031").form(f"/assignments/{key}/nil")
    reviewer = site.browser("S032")
    token = reviewer.token("/mine")
    lapse(site)
    wish = {"csrf": token, "version": "1", "decision": "return", "reason": "去年有三个社团"}
    answer = reviewer.post(f"/assignments/{key}/review", data=wish)
    hidden = dict(re.findall(r'name="(next|kept)" value="([^"]+)"', answer.text))
    person = re.search(r'action="(/rehearsal/sign-in/\d+)"(?:(?!</form>).)*S032', answer.text, re.S)
    assert person is not None
    page = reviewer.form(person[1], hidden).text
    assert "您刚才填写的内容已恢复" in page
    assert "去年有三个社团</textarea>" in page
    assert site.stage(key) == "collected"
