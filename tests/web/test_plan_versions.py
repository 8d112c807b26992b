"""历次计划 on the plan's page: files of then, and one button back to them through the usual preview."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

from actions.load_plan import apply
from actions.plan_in_force import plan_in_force
from plans.load import load_plan
from plans.plan import Plan
from plans.tasks_file import write_tasks
from tests.web.conftest import MORNING, Installation


def moved(plan: Plan, day: int) -> Plan:
    tables = [replace(each, due=date(2020, 11, day)) if each.code == "10.5" else each for each in plan.tables]
    return load_plan(write_tasks(tables), plan.text["schedule"])


def test_back_to_an_earlier_version(site: Installation) -> None:
    with site.database.writing() as session:
        first = plan_in_force(session)
        apply(session, moved(first, 20), None, MORNING)
    office = site.browser("S000")
    listed = office.get("/plan").text.partition('id="versions"')[2]
    assert re.findall(r'data-label="版次">(\d+)<', listed) == ["2", "1"]
    assert "截止日期：10.5" in listed
    preview = office.form("/plan/versions/1/preview", {})
    assert "<del>2020-11-20</del></td><td><ins>2020-11-18</ins>" in preview.text
    fields = re.findall(r'<textarea name="(\w+)" hidden>(.*?)</textarea>', preview.text, re.DOTALL)
    [base] = re.findall(r'name="base" value="(\d+)"', preview.text)
    office.form("/plan/apply", {"base": base, **{name: unescape(text) for name, text in fields}})
    with site.database.reading() as session:
        assert plan_in_force(session).table("10.5").due == first.table("10.5").due
    assert 'data-label="版次">3<' in office.get("/plan").text


def test_the_files_of_each_version(site: Installation) -> None:
    with site.database.writing() as session:
        first = plan_in_force(session)
        apply(session, moved(first, 20), None, MORNING)
    office = site.browser("S000")
    one, two = (office.get(f"/plan/versions/{n}/tasks.csv").text for n in (1, 2))
    assert ("2020-11-20" in one, "2020-11-20" in two) == (False, True)
    assert office.get("/plan/versions/1/schedule.yaml").text == first.text["schedule"]
    assert office.get("/plan/versions/1/secrets.txt").status_code == 404
    missing = office.get("/plan/versions/7/tasks.csv")
    assert (missing.status_code, "没有第 7 版计划" in missing.text) == (404, True)


def test_only_the_office_sees_them(site: Installation) -> None:
    assert 'id="versions"' not in site.browser("S011").get("/plan").text


def test_many_versions_are_folded(site: Installation) -> None:
    with site.database.writing() as session:
        plan = plan_in_force(session)
        for n in range(11):
            apply(session, moved(plan, 19 + n % 2), None, MORNING)
    office = site.browser("S000")
    for path, shown in (("/plan", 10), ("/plan?versions=all", 12)):
        assert office.get(path).text.count('data-label="版次">') == shown


def test_the_preview_tells_how_many_change_their_way_of_handing_in(site: Installation) -> None:
    with site.database.reading() as session:
        schedule = plan_in_force(session).text["schedule"]
    sent = {"files": ("schedule.yaml", schedule.replace("evidence: upload", "evidence: attest").encode())}
    html = site.browser("S000").form("/plan/preview", files=sent).text
    assert "189 项任务换填报方式。" in html
    assert "<del>上传工作簿</del></td><td><ins>平台填报后确认</ins>" in html
