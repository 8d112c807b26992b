"""The local mailbox: his own mail for everybody, all of it for the office, each time by its clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from mail.catcher import FOLDER
from models import Mail
from models.worklist import current_campaign
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation
from tests.web.transport import Browser


@pytest.fixture
def office(site: Installation) -> Browser:
    return site.browser("S000")


def test_caught_mail_is_read_in_a_frame_that_only_opens_links(site: Installation, office: Browser) -> None:
    folder = site.settings.data / FOLDER
    folder.mkdir()
    text = "From: a@b.c\nTo: s031@sample.example\nSubject: hello\nMessage-ID: <1@b.c>\n"
    (folder / "1604620800000000000-1.eml").write_text(
        f"{text}Content-Type: text/html\n\n<p>body<script>x</script></p>\n"
    )
    listed = office.get("/mailbox").text
    (path,) = set(re.findall(r'href="(/mailbox/[^"]+)"', listed))
    assert "<iframe" in office.get(path).text
    frame = office.get(f"{path}/html")
    allowed = frame.headers["content-security-policy"].partition("sandbox ")[2].split()
    assert allowed == ["allow-popups", "allow-popups-to-escape-sandbox"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in office.get(path).text
    assert frame.text.startswith('<base target="_blank"><p>body')
    assert office.get("/mailbox/none.eml").status_code == 404
    stranger, own = site.browser("S041"), site.browser("S031")
    assert path not in stranger.get("/mailbox").text
    assert {stranger.get(each).status_code for each in (path, f"{path}/html", f"{path}/files/a")} == {404}
    assert path in own.get("/mailbox", params={"to": "nobody"}).text
    assert {own.get(each).status_code for each in (path, f"{path}/html")} == {200}
    assert own.get(f"{path}/files/a").status_code == 404


def test_in_a_rehearsal_each_time_says_which_clock_it_is_of(site: Installation, office: Browser) -> None:
    folder = site.settings.data / FOLDER
    folder.mkdir()
    for number in (1, 2):
        text = f"To: s031@sample.example\nSubject: s{number}\nMessage-ID: <{number}@b.c>\n\nbody"
        (folder / f"160462080000000000{number}-{number}.eml").write_text(text)
    queued = datetime(2020, 11, 9, 8, 30, tzinfo=SHANGHAI)
    with site.database.writing() as session:
        fields = {"campaign_id": current_campaign(session).id, "address": "s031@sample.example"}
        sent = {"kind": "digest", "slot": "2020-11-09", "state": "sent", "message_id": "<1@b.c>"}
        session.add(Mail(**fields, **sent, created_at=queued, sent_at=queued + timedelta(days=2000)))
    listed = site.browser("S031").get("/mailbox").text
    assert re.findall(r'task-due">([^<]*)<', listed) == ["11月06日 08:00（真实时间）", "11月09日 08:30"]
    assert "排队（演练时间）" in office.get("/notices").text
    assert office.get("/notices/mails/1").text.count("2026-05-02 08:30（真实时间）") == 1
