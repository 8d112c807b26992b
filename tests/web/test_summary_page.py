"""The summary's page: what is in, and for all else why it is left out."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.web.conftest import Installation


def test_the_summary_says_why_something_is_missing(site: Installation) -> None:
    office = site.browser("S000")
    assert "未采集：采集部门尚未提交" in office.get("/summary").text
    archive = zipfile.ZipFile(io.BytesIO(office.get("/summary/download").content))
    assert {"manifest.json", "datapackage.json"} <= set(archive.namelist())


def test_what_is_left_out_is_listed_by_table_and_department(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = site.browser("S000")

    def listed(query: str) -> tuple[int, str]:
        html = office.get(f"/summary{query}").text
        return html.count("未采集：采集部门尚未提交</td>"), html

    assert listed("")[0] == 189
    assert listed("?table=9.6.1")[0] == 6
    number, html = listed("?table=9.6.1&department=示例一系（信息工程）")
    assert (number, "<option selected>示例一系（信息工程）</option>" in html) == (1, True)
    assert "没有未纳入的任务。" in listed("?department=没有的部门")[1]
    monkeypatch.setattr("web.pages.summary.SHOWN", 5)
    number, html = listed("")
    assert (number, "只列出前 5 项" in html, ">189</span>" in html) == (5, True, True)
