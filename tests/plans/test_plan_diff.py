"""What changes between two plans, and the document of one."""

from __future__ import annotations

from plans.diff import PlanDiff, diff
from plans.show import as_document
from tests.plans.small_plan import OTHER, SOURCE, row_with, schedule_with, small_plan

THIRD = row_with("no", "3", row_with("code", "2.1"))


def test_the_same_plan_changes_nothing() -> None:
    found = diff(small_plan(), small_plan())
    assert found == PlanDiff()
    assert found.empty


def test_a_first_plan_adds_everything() -> None:
    found = diff(None, small_plan())
    assert (found.added, found.removed, found.settings) == (("1.1", "1.2"), (), ())
    assert found.assignments_added == (("1.1", "教务部"), ("1.2", "一系"), ("1.2", "二系"))
    assert found.departments == {"教务部", "一系", "二系"}
    assert not found.empty


def test_a_table_that_comes_and_one_that_goes() -> None:
    found = diff(small_plan(SOURCE, OTHER), small_plan(SOURCE, THIRD))
    assert (found.added, found.removed, found.changed) == (("2.1",), ("1.2",), ())
    assert found.assignments_added == (("2.1", "一系"), ("2.1", "二系"))
    assert found.assignments_closed == (("1.2", "一系"), ("1.2", "二系"))
    assert found.deadlines_moved == ()


def test_a_moved_deadline_is_a_change_of_the_table_and_of_each_assignment() -> None:
    found = diff(small_plan(), small_plan(SOURCE, row_with("due", "2020-11-20")))
    assert [change.as_dict() for change in found.changed] == [
        {"code": "1.2", "field": "due", "from": "2020-11-18", "to": "2020-11-20"}
    ]
    assert found.deadlines_moved == (("1.2", "一系"), ("1.2", "二系"))
    assert found.departments == {"一系", "二系", "教务部"}


def test_another_time_of_day_moves_every_deadline() -> None:
    later = small_plan(schedule=schedule_with("17:30\ncal", '17:30\n  due_time: "18:00"\ncal'))
    found = diff(small_plan(), later)
    assert (len(found.deadlines_moved), found.changed, found.settings) == (3, (), ("due_time",))


def test_other_collectors_close_and_open_assignments() -> None:
    found = diff(small_plan(), small_plan(SOURCE, row_with("collect", "一系、教务部")))
    assert found.assignments_added == (("1.2", "教务部"),)
    assert found.assignments_closed == (("1.2", "二系"),)
    assert found.changed[0].as_dict() == {
        "code": "1.2",
        "field": "collect",
        "from": ["各系部"],
        "to": ["一系", "教务部"],
    }


def test_a_department_that_joins_a_group_owes_its_tables() -> None:
    more = schedule_with("groups:\n  各", "  - {name: 三系, groups: [teaching]}\ngroups:\n  各")
    found = diff(small_plan(), small_plan(schedule=more))
    assert found.assignments_added == (("1.2", "三系"),)
    assert found.changed == ()
    assert found.settings == ("departments", "groups")
    assert found.departments == {"三系", "教务部"}


def test_another_reviewer_touches_both_reviewers() -> None:
    found = diff(small_plan(), small_plan(row_with("review", "一系", SOURCE), OTHER))
    assert [(change.field, change.old, change.new) for change in found.changed] == [
        ("review", "教务部", "一系")
    ]
    assert found.departments == {"教务部", "一系"}
    assert found.assignments_added == found.assignments_closed == ()


def test_another_default_reviewer_touches_who_relied_on_it() -> None:
    rows = (row_with("review", "", SOURCE), OTHER)
    other = small_plan(*rows, schedule=schedule_with("default: 教务部", "default: 二系"))
    found = diff(small_plan(*rows), other)
    assert (found.settings, found.changed) == (("default_reviewer",), ())
    assert found.departments == {"教务部", "二系"}


def test_a_setting_that_moves_nobody_touches_nobody() -> None:
    found = diff(small_plan(), small_plan(schedule=schedule_with("college: 某学院", "college: 某某学院")))
    assert (found.settings, found.departments, found.empty) == (("college",), frozenset(), False)


def test_the_document_of_a_difference_counts_its_impact() -> None:
    found = diff(small_plan(), small_plan(SOURCE, row_with("due", "2020-11-20"), THIRD))
    assert found.as_dict(people_notified=4) == {
        "added": ["2.1"],
        "removed": [],
        "changed": [{"code": "1.2", "field": "due", "from": "2020-11-18", "to": "2020-11-20"}],
        "settings": [],
        "evidence": {"assignments": 0, "handed_in": 0},
        "impact": {
            "assignments_added": 2,
            "assignments_closed": 0,
            "deadlines_moved": 2,
            "people_notified": 4,
        },
    }


def test_the_document_of_a_plan() -> None:
    document = as_document(small_plan())
    assert document["campaign"] == {
        "name": "试采集",
        "year": 2020,
        "timezone": "Asia/Shanghai",
        "period": {"start": "2019-09-01", "end": "2020-08-31"},
    }
    assert document["assignments"] == 3
    assert document["tables"][0] == {
        "no": 1,
        "code": "1.1",
        "name": "机构",
        "printed": "1.1机构",
        "directory": None,
        "step": 1,
        "collect": ["教务部"],
        "review": "教务部",
        "due": "2020-11-11T23:59:59+08:00",
        "due_stage": "reviewed",
        "source": True,
        "evidence": "upload",
        "preloaded": True,
    }
    assert document["tables"][1]["collect"] == ["各系部"]
