"""下一年 on the plan's page: the office sees the plan a year on and takes its two files away."""

from __future__ import annotations

import re

from actions.plan_in_force import plan_in_force
from plans.load import load_plan
from tests.web.conftest import Installation


def test_the_office_sees_what_would_be_rolled(site: Installation) -> None:
    office = site.browser("S000")
    assert 'href="/plan/next-year"' in office.get("/plan").text
    shown = office.get("/plan/next-year").text
    assert "<del>2020-11-18</del></td><td><ins>2021-11-17</ins>" in shown
    look = shown.partition('data-testid="look"')[2].partition("</ul>")[0]
    assert "报名单的期限与下发同在 2021-11-05" in look
    assert len(re.findall("<li>", look)) > 4


def test_both_files_make_next_years_plan(site: Installation) -> None:
    office = site.browser("S000")
    texts = [office.get(f"/plan/next-year/{name}").text for name in ("tasks.csv", "schedule.yaml")]
    plan = load_plan(*texts)
    assert (plan.schedule.year, plan.table("1.3").name) == (2021, "2021年招生计划")
    assert office.get("/plan/next-year/other.txt").status_code == 404
    with site.database.reading() as session:
        assert plan_in_force(session).schedule.year == 2020


def test_it_is_the_offices_alone(site: Installation) -> None:
    collector = site.browser("S021")
    assert "/plan/next-year" not in collector.get("/plan").text
    assert collector.get("/plan/next-year").status_code == 403
