"""The draft of a college-wide notice, downloaded by the office at any moment."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import docx
import pytest

from actions.clock import jump
from tests.conftest import MORNING
from tests.web.conftest import Installation


def test_the_office_downloads_it_as_things_stand(site: Installation) -> None:
    with site.database.writing() as session:
        jump(session, MORNING.replace(day=13, hour=9))
    office = site.browser("S000")
    assert "/reports/circular.docx" in office.get("/reports").text
    answer = office.get("/reports/circular.docx")
    assert quote("通报草稿-2020-11-13.docx") in answer.headers["content-disposition"]
    said = "\n".join(each.text for each in docx.Document(BytesIO(answer.content)).paragraphs)
    assert "截至2020年11月13日（周五）09:00" in said
    assert "列入本通报的 5 项，涉及 3 个部门" in said


@pytest.mark.parametrize("staff_no", ["S910", "S001", "S031"])
def test_nobody_else(site: Installation, staff_no: str) -> None:
    browser = site.browser(staff_no)
    assert browser.get("/reports/circular.docx").status_code == 403
    assert "circular.docx" not in browser.get("/reports").text
