"""A plan rolled on by a year: every date worked, every year in a name followed or told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from deadlines.calendar import WorkingCalendar
from plans.lint import lint
from plans.load import load_plan
from plans.next_year import NextYear, next_year
from plans.plan import CalendarRules, Plan
from plans.year_names import NamedYears

YEARS = NamedYears(frozenset({2019, 2020, 2021}), frozenset({2016, 2017, 2018}))
SCHEDULE, TASKS = "schedule.yaml", "tasks.csv"


def legal(plan: Plan) -> WorkingCalendar:
    return WorkingCalendar(CalendarRules(), plan.schedule.zone)


def rolled(
    plan: Plan, schedule: dict[str, str] | None = None, tasks: dict[str, str] | None = None
) -> NextYear:
    """The plan with pieces of its texts replaced, a year on."""
    texts = plan.text["tasks"], plan.text["schedule"]
    for was, now in (tasks or {}).items():
        assert was in texts[0]
        texts = texts[0].replace(was, now), texts[1]
    for was, now in (schedule or {}).items():
        assert was in texts[1]
        texts = texts[0], texts[1].replace(was, now)
    return next_year(load_plan(*texts), legal(plan))


@pytest.mark.parametrize(
    ("name", "following", "left"),
    [
        ("2020年招生计划", "2021年招生计划", []),
        ("2020年9月1日前在校生", "2021年9月1日前在校生", []),
        ("2019–2020学年", "2020–2021学年", []),
        ("2020-2021学年开设专业", "2021-2022学年开设专业", []),
        ("2019 — 2020 学年", "2020 — 2021 学年", []),
        ("2019-20学年", "2020-21学年", []),
        ("２０２０年招生", "２０２１年招生", []),
        ("2020届毕业生、2018级学生", "2021届毕业生、2019级学生", []),
        ("2018年改建", "2018年改建", ["2018"]),
        ("2015级", "2015级", ["2015"]),
        ("教高〔2019〕5 号文", "教高〔2019〕5 号文", ["2019"]),
        ("2019年版目录", "2019年版目录", ["2019"]),
        ("2019版目录", "2019版目录", ["2019"]),
        ("2019年以来的改革", "2019年以来的改革", ["2019"]),
        ("2016-2020年规划", "2016-2020年规划", ["2016", "2020"]),
        ("截至2020-11", "截至2020-11", ["2020"]),
        ("编号 120201", "编号 120201", []),
        ("基本情况", "基本情况", []),
    ],
)
def test_years_in_names(name: str, following: str, left: list[str]) -> None:
    assert (YEARS.rolled(name), YEARS.left_in(name)) == (following, left)


def test_the_plan_of_2020_becomes_that_of_2021(plan: Plan) -> None:
    found = rolled(plan)
    assert [(each.where, each.was, each.now) for each in found.changes] == [
        (f"{SCHEDULE}: campaign.name", "2020年人才培养工作状态数据采集", "2021年人才培养工作状态数据采集"),
        (f"{SCHEDULE}: campaign.year", "2020", "2021"),
        (f"{SCHEDULE}: campaign.start", "2020-11-06 08:00", "2021-11-05 08:00"),
        (f"{SCHEDULE}: campaign.period.start", "2019-09-01", "2020-09-01"),
        (f"{SCHEDULE}: campaign.period.end", "2020-08-31", "2021-08-31"),
        (f"{SCHEDULE}: deadlines.roster", "2020-11-07 17:30", "2021-11-05 17:30"),
        (f"{SCHEDULE}: campaign.calendar_year", "2019", "2020"),
        (f"{SCHEDULE}: cohorts.printed",
         "2014 级三年级，2015 级一年级，2016 级三年级，2017 级二年级，2018 级一年级，2019 级新生",
         "2016 级三年级，2017 级二年级，2018 级三年级/一年级，2019 级二年级，2020 级一年级，2021 级新生"),
        (f"{TASKS}: due（5 张表）", "2020-11-11", "2021-11-10"),
        (f"{TASKS}: due（67 张表）", "2020-11-18", "2021-11-17"),
        (f"{TASKS}: 8 name", "2020年招生计划", "2021年招生计划"),
        (f"{TASKS}: 9 name", "2020年招生方式", "2021年招生方式"),
        (f"{TASKS}: 10 name", "2020年9月1日前在校生", "2021年9月1日前在校生"),
        (f"{TASKS}: 70 name", "2020-2021学年开设专业", "2021-2022学年开设专业"),
        (f"{TASKS}: 71 name", "2020年9月后入学新生名单", "2021年9月后入学新生名单"),
    ]  # fmt: skip
    schedule = found.plan.schedule
    days = {schedule.start.date(), schedule.roster_due.date(), *(table.due for table in found.plan.tables)}
    assert all(legal(plan).is_workday(day) for day in days)
    assert schedule.departments == plan.schedule.departments
    assert found.plan.table("1.3").printed == "1.3 2021年招生计划"
    unchanged = [replace(table, name="", printed="", due=date.min) for table in plan.tables]
    assert [replace(table, name="", printed="", due=date.min) for table in found.plan.tables] == unchanged


def test_no_doubt_is_left_that_rolling_could_have_avoided(plan: Plan) -> None:
    before = {doubt.id for doubt in lint(plan, legal(plan)).doubts}
    after = {doubt.id for doubt in lint(rolled(plan).plan, legal(plan)).doubts}
    assert before - after == {"stale-cohorts", "five-year-cohorts", "deadline-on-holiday"}
    assert after - before == set()


def test_the_day_for_typical_cases_moves_with_the_others(plan: Plan) -> None:
    asked = {"wanted: []  ": "due: 2020-12-04 17:30\n  wanted: []  "}
    found = rolled(plan, schedule=asked).plan.schedule.cases_due
    assert f"{found:%Y-%m-%d %H:%M}" == "2021-12-03 17:30"


def test_what_needs_a_look_is_told(plan: Plan) -> None:
    doubts = rolled(plan).doubts
    assert doubts[:4] == (
        "名单按同一个星期六是 2021-11-06，为休息日，提前到 2021-11-05。",
        "今年印的年级对照与学年推算不符，下一年的按学年推算写成，请与下一年的方案核对。",
        "报名单的期限与下发同在 2021-11-05，请看是否来得及。",
        "schedule.yaml 的注释照旧，其中第 1、27、37、100 行写着年份或星期，请看是否还对。",
    )
    assert any("是示例部门" in doubt for doubt in doubts)
    assert any("现取 2020 年" in doubt for doubt in doubts)


def test_remarks_stay_in_their_lines(plan: Plan) -> None:
    was, now = (each.text["schedule"].splitlines() for each in (plan, rolled(plan).plan))
    assert len(was) == len(now)
    assert [line.partition("#")[2] for line in was] == [line.partition("#")[2] for line in now]
    assert sum(a != b for a, b in zip(was, now, strict=True)) == 13


def test_the_colleges_own_days_are_emptied(plan: Plan) -> None:
    found = rolled(plan, {"holidays: []": "holidays: [2020-11-20]", "workdays: []": "workdays: [2020-11-21]"})
    assert (found.plan.schedule.calendar.holidays, found.plan.schedule.calendar.workdays) == (set(), set())
    emptied = [(each.where, each.was) for each in found.changes if each.now == "（清空）"]
    assert emptied == [
        (f"{SCHEDULE}: calendar.holidays", "2020-11-20"),
        (f"{SCHEDULE}: calendar.workdays", "2020-11-21"),
    ]
    assert "本院另外放假和上班的日子已清空，请写上下一年的。" in found.doubts


@pytest.mark.parametrize(
    ("due", "moved"),
    [
        ("2020-09-30", "2021-09-29"),
        ("2020-10-09", "2021-10-08"),
        ("2020-10-01", "2021-09-30"),
        ("2020-10-05", "2021-09-30"),
        ("2020-12-31", "2021-12-30"),
        ("2021-01-02", "2021-12-31"),
    ],
)
def test_deadlines_keep_their_weekday_but_for_days_off(plan: Plan, due: str, moved: str) -> None:
    found = rolled(plan, tasks={"2020-11-18": due})
    assert found.plan.table("1.3").due == date.fromisoformat(moved)


def test_days_that_fall_together_are_told(plan: Plan) -> None:
    found = rolled(plan, tasks={"2020-11-11": "2020-10-01", "2020-11-18": "2020-10-05"})
    assert any("落在了同一天" in doubt for doubt in found.doubts)


def test_a_year_that_nobody_knows_yet_is_told(plan: Plan) -> None:
    text = {key: value.replace("2020", "2026").replace("2019", "2025") for key, value in plan.text.items()}
    found = next_year(load_plan(text["tasks"], text["schedule"]), legal(plan))
    assert found.plan.schedule.start.date() == date(2027, 11, 5)
    assert any("没有 2027 年的法定节假日" in doubt for doubt in found.doubts)


def test_a_february_ends_with_its_last_day(plan: Plan) -> None:
    found = rolled(plan, {"start: 2019-09-01": "start: 2019-03-01", "end: 2020-08-31": "end: 2020-02-29"})
    assert (found.plan.schedule.period.start, found.plan.schedule.period.end) == (
        date(2020, 3, 1), date(2021, 2, 28),
    )  # fmt: skip


def test_years_that_do_not_roll_are_told(plan: Plan) -> None:
    found = rolled(
        plan,
        {"name: 学院采集平台交流群": "name: 2020采集群"},
        {"9,1.4,2020年招生方式,1.4 2020年招生方式": "9,1.4,2016年以来的专业,1.4 2016年以来的专业"},
    )
    assert found.plan.table("1.4").printed == "1.4 2016年以来的专业"
    assert [doubt for doubt in found.doubts if "没有改动" in doubt] == [
        "tasks.csv: 9 name：“2016年以来的专业”里的 2016 没有改动，看不出它是否随学年变化。",
        "schedule.yaml：“2020采集群”里的年份没有改动，请看是否还对。",
    ]


def test_labels_of_the_colleges_own_only_move_on(plan: Plan) -> None:
    found = rolled(plan, {"three_year: 一年级": "three_year: 大一"})
    assert [(each.entry, each.three_year, each.five_year) for each in found.plan.schedule.cohorts] == [
        (each.entry + 1, each.three_year and each.three_year.replace("一年级", "大一"), each.five_year)
        for each in plan.schedule.cohorts
    ]
    assert any("推算不出" in doubt for doubt in found.doubts)


def test_three_years_on_it_is_still_a_plan(plan: Plan) -> None:
    found = rolled(plan)
    for _ in range(2):
        found = next_year(found.plan, legal(plan))
    schedule = found.plan.schedule
    assert (schedule.name[:5], schedule.year, schedule.period.end) == ("2023年", 2023, date(2023, 8, 31))
    assert found.plan.table("11.5").name == "2023-2024学年开设专业"
    assert [each.entry for each in schedule.cohorts] == [2018, 2019, 2020, 2021, 2022, 2023]
