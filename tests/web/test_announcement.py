"""The announcement on the board and by API: the office's, the same text in both places."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.conftest import Installation


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
