"""Deadlines are moved in their cells; whatever else the college wrote stays."""

from __future__ import annotations

from datetime import date

from plans.due_days import due_days, with_due_days
from plans.tasks_file import load_tasks
from settings import ROOT

TASKS = (ROOT / "tasks.csv").read_text(encoding="utf-8")
FIRST, LAST, NEW = date(2020, 11, 11), date(2020, 11, 18), date(2020, 11, 20)


def test_they_are_counted() -> None:
    assert due_days(load_tasks(TASKS)) == {FIRST: 5, LAST: 67}


def test_nothing_moved_changes_nothing() -> None:
    assert with_due_days(TASKS, {FIRST: FIRST, LAST: LAST}) is TASKS


def test_one_day_moves_for_all_its_tables() -> None:
    moved = with_due_days(TASKS, {FIRST: FIRST, LAST: NEW})
    assert due_days(load_tasks(moved)) == {FIRST: 5, NEW: 67}
    assert moved == TASKS.replace(",2020-11-18,", ",2020-11-20,")


def test_two_days_may_change_places() -> None:
    assert due_days(load_tasks(with_due_days(TASKS, {FIRST: LAST, LAST: FIRST}))) == {FIRST: 67, LAST: 5}


def test_other_columns_and_their_order_stay() -> None:
    text = '\ufeff备注,Due,no\n"一,二",2020年11月18日,1\n\n三,2020/11/11,2\n'
    assert with_due_days(text, {LAST: NEW}) == '\ufeff备注,Due,no\n"一,二",2020-11-20,1\n\n三,2020/11/11,2\n'
