"""Single sign-on: the whole way to a real provider and back, and all that is refused on it."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from actions import clock
from actions.leaving import take_out
from commands.doctor import provider_signs
from models import Person
from settings import Settings
from tests.web.conftest import Installation
from tests.web.identity_server import College
from tests.web.signing_on import DOOR, UNCHECKED, back, given, there
from web.oidc import Attempt
from web.pages.single_sign_on import ATTEMPT
from web.visitor import SESSION


def test_who_is_signed_in_there_is_signed_in_here(offered: Installation) -> None:
    browser = offered.browser()
    page = browser.get("/plan")
    assert "用统一身份认证登录" in page.text
    target = re.search(r'href="(/sign-in/provider[^"]+)"', page.text)
    assert target is not None
    answer = browser.get(there(browser, path=target[1].replace("&amp;", "&"), next="/plan"))
    assert (answer.url.path, "学务部采集员" in answer.text) == ("/plan", True)
    assert ATTEMPT not in browser.cookies


def test_the_answer_opens_a_new_session_like_a_password(offered: Installation) -> None:
    browser = offered.browser()
    browser.cookies.set(SESSION, "planted", domain="caiji.test", path="/")
    answer = back(browser, "/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    (line,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION)]
    assert {"HttpOnly", "SameSite=lax"} <= set(line.split("; "))
    assert "planted" not in line


def test_what_is_asked_for_binds_the_answer(offered: Installation, college: College) -> None:
    browser = offered.browser()
    away = browser.get(DOOR, follow_redirects=False)
    asked = {name: value for name, (value,) in parse_qs(urlsplit(away.headers["location"]).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://caiji.test/sign-in/provider/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"], browser.cookies[ATTEMPT]}) == 4
    (line,) = [each for each in away.headers.get_list("set-cookie") if each.startswith(ATTEMPT)]
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600"} <= set(line.split("; "))


def test_without_the_settings_nothing_is_offered(live: Installation) -> None:
    browser = live.browser()
    assert DOOR not in browser.get("/sign-in").text
    for path in (DOOR, f"{DOOR}/back?code=1&state=2"):
        answer = browser.get(path)
        assert (answer.status_code, "没有这个页面" in answer.text) == (404, True)


def test_a_rehearsal_knows_no_provider(load_site: Callable[..., Installation], college: College) -> None:
    assert load_site(**given(college)).browser().get(DOOR).status_code == 404
    assert college.asked == []


def test_under_a_sub_path_the_way_back_is_under_it(
    load_site: Callable[..., Installation], college: College
) -> None:
    address = {"public_url": "http://caiji.test/caiji", "root_path": "/caiji"}
    browser = load_site(rehearsal=False, **given(college, **address)).browser()
    returned = there(browser, "/caiji/plan", f"/caiji{DOOR}")
    assert returned.startswith(f"http://caiji.test/caiji{DOOR}/back?")
    assert browser.get(returned, follow_redirects=False).headers["location"] == "/caiji/plan"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/plan?" + "x" * 3000,
        "/plan?" + "啊" * 1000,
    ],
)
def test_the_way_back_never_leads_to_another_site(offered: Installation, target: str) -> None:
    assert back(offered.browser(), target).headers["location"] == "/"


def test_who_has_left_hears_so(offered: Installation) -> None:
    with offered.database.writing() as session:
        take_out(session, "S031", clock.now(session), clock.wall())
    answer = back(offered.browser())
    assert (answer.status_code, "已登记为离任/离校" in answer.text) == (403, True)


def test_an_answer_is_taken_once_and_from_its_own_browser(offered: Installation) -> None:
    browser, other = offered.browser(), offered.browser()
    returned = there(browser)
    there(other)
    for asking in (other, offered.browser()):
        answer = asking.get(returned)
        assert (answer.status_code, "不是从这个浏览器" in answer.text) == (403, True)
    assert browser.get(returned, follow_redirects=False).status_code == 303
    assert browser.get(returned).status_code == 403


def test_what_the_browser_holds_cannot_be_changed(offered: Installation, college: College) -> None:
    browser = offered.browser()
    returned = there(browser, "/plan")
    held = browser.cookies[ATTEMPT].strip('"')
    for changed in (held[:-8] + "AAAAAAA=", "e30=", "WzFd", "?", ""):
        browser.cookies.set(ATTEMPT, changed, domain="caiji.test", path="/")
        assert browser.get(returned, follow_redirects=False).status_code == 403
    assert "/token" not in college.asked


@pytest.mark.parametrize(
    ("seconds", "sentence"), [(590, UNCHECKED), (601, "超过了十分钟"), (-60, "超过了十分钟")]
)
def test_after_ten_minutes_one_begins_again(offered: Installation, seconds: int, sentence: str) -> None:
    at = clock.wall().timestamp() - seconds
    going = json.dumps({"secret": "s", "at": at, "next": "", "kept": ""}).encode()
    attempt = Attempt(urlsafe_b64encode(going).decode())
    browser = offered.browser()
    browser.cookies.set(ATTEMPT, attempt.held, domain="caiji.test", path="/")
    answer = browser.get(f"{DOOR}/back", params={"state": attempt.state, "code": "never given"})
    assert (answer.status_code, sentence in answer.text) == (403, True)


def test_a_code_of_another_attempt_is_worth_nothing(offered: Installation) -> None:
    """Somebody's own code, planted into another's answer, is refused by the provider: PKCE."""
    planted = parse_qs(urlsplit(there(offered.browser())).query)["code"][0]
    browser = offered.browser()
    returned = re.sub(r"code=[^&]+", f"code={planted}", there(browser))
    assert UNCHECKED in browser.get(returned).text


def test_an_answer_of_another_issuer_is_refused(offered: Installation, college: College) -> None:
    browser = offered.browser()
    answer = browser.get(there(browser) + "&iss=https://other.example")
    assert (answer.status_code, "/token" in college.asked) == (403, False)


def test_no_password_and_no_activation_is_needed(offered: Installation) -> None:
    with offered.database.reading() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S031")).one()
        assert person.password_hash == ""
    assert back(offered.browser()).status_code == 303


def test_the_button_bears_the_name_that_the_college_gives(
    load_site: Callable[..., Installation], college: College
) -> None:
    named = load_site(rehearsal=False, **given(college, oidc_label="数字校园"))
    assert "用数字校园登录" in named.browser().get("/sign-in").text


def test_the_doctor_asks_the_provider(college: College) -> None:
    settings = Settings(public_url="http://caiji.test", **given(college))
    assert [(sign.well, sign.remedy) for sign in provider_signs(settings)] == [(True, "")]
    college.discovery = {"issuer": "https://other.example"}
    (sign,) = provider_signs(settings)
    assert (sign.well, UNCHECKED in sign.says, "一字不差" in sign.remedy) == (False, True, True)
    assert list(provider_signs(Settings())) == []
