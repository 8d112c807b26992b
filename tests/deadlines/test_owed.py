"""What is owed to be told, to whom, in which order, and what never fires."""

from __future__ import annotations

from datetime import UTC, time

import pytest

from deadlines.course import foresee
from deadlines.facts import Facts, RosterFacts, Wait
from deadlines.owed import Owed, owed
from plans.plan import Rule, Schedule
from tests.deadlines.campaign_2020 import at, facts, on, plain, schedule, source

PLAN = schedule()
HOURLY = "11-12 08:59"


def told(found: Facts, since: str, now: str, plan: Schedule = PLAN) -> list[tuple[str, ...]]:
    """(slot, rule, audience, department, subject) of everything owed in the window."""
    return [
        (f"{each.at:%m-%d %H:%M}", each.rule, each.audience, each.department or "", each.subject)
        for each in owed(plan, found, at(since), at(now))
    ]


def foreseen(found: Facts, since: str, until: str) -> list[tuple[str, ...]]:
    """The same of a clock that runs all the time, without the reports."""
    course = foresee(PLAN, found, at(since), at(until))
    return [
        (f"{each.at:%m-%d %H:%M}", each.rule, each.audience, each.department, each.subject)
        for each in course
        if each.department
    ]


def rules(found: Facts, since: str, now: str) -> list[str]:
    return [each.rule for each in owed(PLAN, found, at(since), at(now))]


def test_one_owed_says_everything() -> None:
    [found] = owed(PLAN, facts(source()), at("11-12 08:50"), at("11-12 09:00").astimezone(UTC))
    assert found == Owed(
        at=at("11-12 09:00"),
        kind="overdue",
        rule="late-collector",
        audience="collector",
        department="教务部",
        subject="7.1.1@教务部",
        assignment_id=1,
        code="7.1.1",
        deadline=at("11-11 23:59:59"),
        occurrence=on("11-12"),
        opens=at("11-12 09:00"),
        holder="collector",
    )


def test_the_first_morning() -> None:
    found = facts(source(), plain(), rosters=(RosterFacts("教务部"), RosterFacts("学务部", True, True)))
    assert told(found, "11-06 08:00", "11-06 09:00") == [
        ("11-06 08:30", "roster-day", "head", "教务部", "roster@教务部"),
        ("11-06 08:30", "three-days", "collector", "教务部", "7.1.1@教务部"),
        ("11-06 08:30", "issue", "collector", "学务部", "8.2@学务部"),
    ]


def test_the_office_is_told_first_at_the_same_moment() -> None:
    found = told(facts(source(), plain()), "11-19 08:00", "11-19 08:30")
    assert found == [
        ("11-19 08:30", "to-office", "office", "学务部", "8.2@学务部"),
        ("11-19 08:30", "report", "office", "", "campaign"),
    ]
    both = owed(PLAN, facts(source(), plain()), at("11-18 09:30"), at("11-18 10:00"))
    assert [(each.rule, each.audience) for each in both] == [("circular", "office")]


def test_a_window_is_open_at_its_start_and_closed_at_its_end() -> None:
    found = facts(source())
    assert rules(found, "11-12 09:00", "11-12 09:29") == []
    assert rules(found, "11-12 08:59", "11-12 09:00") == ["late-collector"]


@pytest.mark.parametrize(
    ("stage", "rule", "audience", "department"),
    [
        ("pending", "late-collector", "collector", "教务部"),
        ("returned", "late-collector", "collector", "教务部"),
        ("failed", "late-collector", "collector", "教务部"),
        ("collected", "late-reviewer", "reviewer", "质量部"),
    ],
)
def test_who_is_told_depends_on_the_stage(stage: str, rule: str, audience: str, department: str) -> None:
    found = facts(source(stage=stage, collected_at=at("11-10 10:00"), returned_at=at("11-10 11:00")))
    assert told(found, HOURLY, "11-12 09:00") == [("11-12 09:00", rule, audience, department, "7.1.1@教务部")]


def test_escalation_goes_to_the_department_that_holds_it() -> None:
    waiting = facts(source(stage="collected", collected_at=at("11-10 10:00")))
    assert ("11-11 13:30", "warn-head", "head", "质量部", "7.1.1@教务部") in told(
        waiting, "11-11 13:00", "11-11 14:00"
    )
    assert ("11-12 10:00", "to-leader", "leader", "质量部", "7.1.1@教务部") in told(
        waiting, "11-12 09:30", "11-12 10:00"
    )


def test_a_review_without_a_reviewing_department_goes_to_the_office() -> None:
    waiting = facts(source(reviewer=None, stage="collected", collected_at=at("11-10 10:00")))
    assert told(waiting, HOURLY, "11-12 09:00") == [
        ("11-12 09:00", "late-reviewer", "office", "", "7.1.1@教务部")
    ]


@pytest.mark.parametrize("settled", [{"stage": "reviewed"}, {"stage": "checked"}, {"exempt": True}])
def test_nothing_is_owed_for_what_is_settled(settled: dict[str, object]) -> None:
    found = facts(source(**settled), source(id=9, code="1.6", stage="checked"))
    assert rules(found, "11-12 08:00", "11-12 12:00") == ["report"]
    assert rules(facts(source(exempt=True)), "11-12 08:00", "11-12 12:00") == []


def test_a_report_follows_each_deadline_and_then_only_what_is_late() -> None:
    settled = facts(source(stage="checked"), plain(stage="checked"))
    assert rules(settled, "11-12 08:00", "11-12 09:00") == ["report"]
    assert rules(settled, "11-13 08:00", "11-13 09:00") == []
    slow_review = facts(source(stage="checked"), plain(stage="collected", collected_at=at("11-09 10:00")))
    assert "report-daily" in rules(slow_review, "11-13 09:00", "11-13 09:30")
    assert "report-daily" not in rules(slow_review, "11-11 09:00", "11-11 09:30")


def test_there_is_one_report_a_day() -> None:
    found = facts(
        source(), plain(), plain(id=3, extended_until=at("11-20 12:00")), rosters=(RosterFacts("甲"),)
    )
    reports = [
        (f"{each.at:%m-%d %H:%M}", f"{each.deadline:%d}", each.occurrence)
        for day in range(9, 25)
        for each in owed(PLAN, found, at(f"11-{day:02} 08:29"), at(f"11-{day:02} 09:30"))
        if each.kind == "report"
    ]
    assert reports[:5] == [
        ("11-09 08:30", "07", 0),
        ("11-10 09:30", "07", on("11-10")),
        ("11-11 09:30", "07", on("11-11")),
        ("11-12 08:30", "11", 0),
        ("11-13 09:30", "11", on("11-13")),
    ]
    assert reports[-2:] == [
        ("11-23 09:30", "20", on("11-23")),
        ("11-24 09:30", "20", on("11-24")),
    ]
    assert len({slot[:5] for slot, *_ in reports}) == len(reports)


def test_a_roster_is_told_like_a_table_until_it_is_complete() -> None:
    found = facts(rosters=(RosterFacts("教务部", has_collector=True),))
    assert told(found, "11-09 08:00", "11-09 09:00") == [
        ("11-09 08:30", "to-office", "office", "教务部", "roster@教务部"),
        ("11-09 08:30", "report", "office", "", "campaign"),
        ("11-09 08:30", "roster-late", "head", "教务部", "roster@教务部"),
    ]
    assert rules(facts(rosters=(RosterFacts("教务部", True, True),)), "11-09 08:00", "11-09 09:00") == []


def test_after_eight_days_only_the_highest_rung_is_told() -> None:
    assert told(facts(source()), "11-09 12:00", "11-19 12:00") == [
        ("11-12 10:00", "to-leader", "leader", "教务部", "7.1.1@教务部"),
        ("11-16 10:00", "to-leaders", "leaders", "教务部", "7.1.1@教务部"),
        ("11-18 10:00", "circular", "office", "教务部", "7.1.1@教务部"),
        ("11-19 09:00", "late-collector", "collector", "教务部", "7.1.1@教务部"),
        ("11-19 09:30", "report-daily", "office", "", "campaign"),
    ]


def test_a_day_and_two_hours_without_a_clock_merge_overdue_slots() -> None:
    found = owed(PLAN, facts(source()), at("11-12 10:01"), at("11-13 12:01"))
    assert [(each.rule, each.occurrence) for each in found] == [
        ("late-collector", on("11-13")),
        ("report-daily", on("11-13")),
    ]


def test_a_missed_reminder_is_told_while_it_is_of_use() -> None:
    assert rules(facts(plain()), "11-13 08:00", "11-17 16:00") == ["eve"]
    assert rules(facts(source()), "11-11 08:00", "11-11 16:00") == ["day", "warn-head"]
    assert rules(facts(source()), "11-11 08:00", "11-12 08:00") == []


def test_slots_before_the_plan_was_applied_never_fire() -> None:
    found = facts(source(), plain(), since="11-06 09:00")
    assert rules(found, "11-06 08:00", "11-06 12:00") == []
    changed = facts(source(), since="11-12 09:10")
    assert rules(changed, "11-12 08:00", "11-12 10:00") == ["report-daily", "to-leader"]


def test_an_extension_moves_what_is_still_to_come() -> None:
    extended = facts(source(extended_until=at("11-13 12:00")))
    assert rules(extended, "11-12 08:00", "11-12 12:00") == ["eve"]
    [late] = owed(PLAN, extended, at("11-16 08:50"), at("11-16 09:00"))
    assert (late.rule, late.deadline, late.occurrence) == ("late-collector", at("11-13 12:00"), on("11-16"))


def test_a_reviewer_is_not_told_of_slots_before_the_work_came() -> None:
    came_at_ten = facts(plain(stage="collected", collected_at=at("11-09 10:00")))
    assert rules(came_at_ten, "11-06 08:00", "11-09 11:00") == []
    assert rules(came_at_ten, "11-10 08:00", "11-10 09:00") == ["review-eve"]
    came_late = facts(source(stage="collected", collected_at=at("11-10 08:45")))
    assert rules(came_late, "11-10 08:00", "11-10 09:00") == []


def test_sending_back_starts_a_ladder_of_its_own() -> None:
    mending = facts(plain(stage="returned", returned_at=at("11-19 10:00")))
    found = owed(PLAN, mending, at("11-20 08:00"), at("11-20 09:00"))
    assert [(each.rule, each.deadline) for each in found if each.kind == "reminder"] == [
        ("day", at("11-20 17:30"))
    ]
    assert "late-collector" in rules(mending, "11-23 08:30", "11-23 09:00")


def test_of_two_rungs_on_one_day_the_highest_is_told_however_fine_the_ticks() -> None:
    rungs = (
        Rule("at-nine", "reminder", "collector", days=-1, at=time(9)),
        Rule("at-eight", "reminder", "collector", days=0, at=time(8, 30)),
    )
    plan, found = schedule(rungs, ()), facts(source(due=at("11-14 12:00")))
    assert told(found, "11-13 08:00", "11-13 12:00", plan) == told(found, "11-13 08:00", "11-13 08:45", plan)
    assert told(found, "11-13 08:45", "11-13 09:15", plan) == []


def test_a_missed_escalation_outweighs_missed_reminders_to_the_same_people() -> None:
    rungs = (Rule("remind", "roster-reminder", "head", days=1, every=1, at=time(9)),)
    plan = schedule(rungs, (Rule("to-head", "escalation", "head", on="deadline"),))
    found = facts(rosters=(RosterFacts("教务部"),))
    assert [slot[1] for slot in told(found, "11-08 12:00", "11-10 16:00", plan)] == ["to-head"]
    assert [slot[1] for slot in told(found, "11-08 12:00", "11-10 09:30", plan)] == ["to-head", "remind"]


def test_who_waits_for_an_addition_is_reminded_until_the_deadline_then_its_owner_is() -> None:
    waits = (Wait("政务部", at("11-10 10:00")),)
    found = facts(source(waits=waits))
    assert foreseen(found, "11-10 08:00", "11-11 18:00") == [
        ("11-10 08:30", "eve", "collector", "教务部", "7.1.1@教务部"),
        ("11-11 08:30", "day", "collector", "教务部", "7.1.1@教务部"),
        ("11-11 13:30", "warn-head", "head", "教务部", "7.1.1@教务部"),
    ]
    assert foreseen(found, "11-12 08:00", "11-12 18:00") == [
        ("11-12 08:30", "to-office", "office", "政务部", "7.1.1@教务部/政务部"),
        ("11-12 09:00", "late-collector", "collector", "政务部", "7.1.1@教务部/政务部"),
        ("11-12 10:00", "to-leader", "leader", "政务部", "7.1.1@教务部/政务部"),
    ]


def test_each_owner_that_is_waited_for_is_told_apart() -> None:
    waits = (Wait("政务部", at("11-10 10:00")), Wait("学务部", at("11-10 11:00")))
    late = [
        each for each in told(facts(source(waits=waits)), "11-12 09:30", "11-12 18:00") if each[2] == "leader"
    ]
    assert [each[3] for each in late] == ["政务部", "学务部"]
    assert len({each[4] for each in late}) == 2


def test_nothing_of_the_time_before_the_asking_is_told_to_an_owner() -> None:
    found = facts(source(waits=(Wait("政务部", at("11-12 09:30")),)))
    assert [each[1] for each in foreseen(found, "11-12 08:00", "11-12 18:00")] == ["to-leader"]


def test_when_the_addition_has_come_the_ladder_goes_on_with_the_asker_from_then() -> None:
    waits = (Wait("政务部", at("11-10 10:00"), at("11-12 09:30")),)
    assert foreseen(facts(source(waits=waits)), "11-12 08:00", "11-13 18:00") == [
        ("11-12 10:00", "to-leader", "leader", "教务部", "7.1.1@教务部"),
        ("11-13 09:00", "late-collector", "collector", "教务部", "7.1.1@教务部"),
    ]


def test_what_waits_for_its_reviewer_waits_for_no_addition() -> None:
    reviewed = source(
        stage="collected", collected_at=at("11-10 09:00"), waits=(Wait("政务部", at("11-10 10:00")),)
    )
    assert {each[3] for each in told(facts(reviewed), "11-12 08:00", "11-12 18:00") if each[3]} == {"质量部"}


def test_nothing_fires_late_for_a_deadline_that_stands_again() -> None:
    found = facts(source(owed_since=at("11-13 11:00")))
    assert [each[:2] for each in foreseen(found, "11-11 23:59", "11-16 18:00")] == [
        ("11-16 09:00", "late-collector"),
        ("11-16 10:00", "to-leaders"),
    ]
