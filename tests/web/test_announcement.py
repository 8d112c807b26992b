"""The announcement on the board and by API: the office's, the same text in both places."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from models import Post
from tests.web.conftest import MORNING, Installation


def shown(html: str) -> str:
    [text] = re.findall(r'<textarea id="announcement-text"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return unescape(text)


def test_the_office_copies_it_from_the_board(site: Installation) -> None:
    html = site.browser("S000").get("/dashboard").text
    lines = shown(html).splitlines()
    assert lines[0] == "【2020年人才培养工作状态数据采集】截至 11月6日（周五）08:00"
    assert lines[1] == "共 189 项，已通过 0 项；72 张表已完成 0 张。"
    assert lines[-2:] == ["咨询：质量部办公室 62809066", "进入系统：http://caiji.test"]
    assert 'href="#announcement" data-copy="announcement-text"' in html


def test_a_program_of_the_office_gets_the_same(site: Installation) -> None:
    answer = site.program("S000").get("/api/v1/announcement").json()
    assert answer["at"].startswith("2020-11-06T08:00:00")
    assert answer["text"] == shown(site.browser("S000").get("/dashboard").text)


@pytest.mark.parametrize("staff_no", ["S001", "S910", "S031"])
def test_it_is_the_offices_alone(site: Installation, staff_no: str) -> None:
    browser = site.browser(staff_no)
    assert browser.get("/api/v1/announcement").status_code == 403
    assert "announcement-text" not in browser.get("/dashboard").text


@pytest.mark.parametrize(("rehearsal", "said"), [(True, True), (False, False)])
def test_what_the_groups_were_told_is_shown_in_the_mailbox(
    load_site: Callable[..., Installation], rehearsal: bool, said: bool
) -> None:
    site = load_site(rehearsal=rehearsal)
    with site.database.writing() as session:
        post = Post(
            campaign_id=1,
            channel="企业微信机器人 a1b2c3",
            rule="group",
            slot_at=MORNING,
            created_at=MORNING,
            state="failed",
            text="【采集】<b>公告</b>",
            answer="93000 invalid webhook url",
        )
        session.add(post)
    html = site.browser("S000").get("/mailbox").text
    for words in ("企业微信机器人 a1b2c3", "发送失败", "&lt;b&gt;公告", "93000 invalid webhook url"):
        assert words in html
    assert ("演练时公告只到这里" in html) == said
