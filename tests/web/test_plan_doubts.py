"""The page 计划 doubts what the named people make doubtful."""

from __future__ import annotations

from sqlmodel import select

from models import Grant, Person
from tests.web.conftest import Installation

DOUBT = "S021 既是采集员又是审核员"


def test_a_collector_who_reviews_too_is_a_doubt(site: Installation) -> None:
    office = site.browser("S000")
    assert DOUBT not in office.get("/plan").text
    with site.database.writing() as session:
        person = session.exec(select(Person).where(Person.staff_no == "S021")).one()
        session.add(Grant(person_id=person.id or 0, role="reviewer", department_id=person.department_id))
    assert DOUBT in office.get("/plan").text
