"""Plan files that somebody uploads to break the page: their names, their size, what they unpack to."""

from __future__ import annotations

import io
import zipfile

import pytest

from settings import ROOT
from tests.web.conftest import Installation

TASKS = (ROOT / "tasks.csv").read_bytes()


def previewed(site: Installation, name: str, content: bytes) -> tuple[int, str]:
    """Status and page after the upload of one plan file."""
    answer = site.browser("S000").form("/plan/preview", files={"files": (name, content)})
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", ["..", ".", "/", "x" * 300, "..\\", "a/..", "计划.doc", "x.tar.gz"])
def test_a_name_of_no_known_kind_is_refused(site: Installation, name: str) -> None:
    status, page = previewed(site, name, TASKS)
    assert (status, "只能导入 .docx、.xlsx 或 .csv" in page) == (422, True)


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "../../tasks.CSV", "/etc/a.csv", "..csv"])
def test_a_name_is_never_a_path(site: Installation, name: str) -> None:
    status, _page = previewed(site, name, TASKS)
    assert status == 200


@pytest.mark.parametrize("name", ["a.yaml", "a.csv"])
def test_a_text_that_is_too_long_is_refused_rather_than_cut(site: Installation, name: str) -> None:
    status, page = previewed(site, name, TASKS + b"\n" * 1_000_000)
    assert (status, "计划文件超过了 1 MB" in page) == (422, True)


@pytest.mark.parametrize(("name", "part"), [("a.docx", "word/document.xml"), ("a.xlsx", "xl/workbook.xml")])
def test_what_unpacks_to_more_than_a_plan_is_never_unpacked(site: Installation, name: str, part: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"<a/>" * 4_000_000)
    status, page = previewed(site, name, packed.getvalue())
    assert (status, "解开后超过 10 MB" in page) == (422, True)


@pytest.mark.parametrize("text", ["[" * 12_000, "- " * 12_000, "{" * 12_000, "? " * 12_000])
def test_a_schedule_nested_deeper_than_any_is_refused_at_once(site: Installation, text: str) -> None:
    status, page = previewed(site, "a.yaml", text.encode())
    assert (status, "嵌套" in page) == (422, True)
