"""What cannot apply is taken out of every denominator, and comes back as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from actions.exempt import exempt, unexempt
from actions.late import late_report
from actions.notices import due
from actions.plan_in_force import rules_in_force
from actions.review import RETURN, decide
from actions.submit import report_nothing
from actions.summary import summary
from models import Event
from models.board import board, counts, department_counts, reached_by_day, tables_done
from models.database import Database
from models.errors import Conflict, Refused, Unusable
from models.history import last_return
from models.stages import COLLECTED
from models.worklist import line
from tests.actions.people import holder, office, task
from tests.conftest import SHANGHAI

REASON = "本部门没有此项业务"
LATER = timedelta(days=30)


def whole(session: Session, now: datetime) -> list[int]:
    """Every number that counts what is owed."""
    rules = rules_in_force(session)
    found = counts(session, rules, now)
    late = late_report(session, now)
    return [
        sum(row.number for row in found if row.stage != "exempt"),
        sum(row.number for row in found if row.overdue),
        sum(row[3] for row in department_counts(session, rules, now) if row[1] != "exempt"),
        len(late.late),
        late.due,
        late.total,
        sum(table.missing for table in summary(session).tables),
    ]


def test_the_exempt_leave_every_number_and_come_back(campaign: Database, morning: datetime) -> None:
    now = morning + LATER
    with campaign.writing() as session:
        before, owed = whole(session, now), len(due(session, now))
        who, key = office(session, morning), task(session, "10.5", "学务部").id
        assert exempt(session, who, key, f" {REASON} ", morning).assignment.exempt_reason == REASON
        assert whole(session, now) == [number - 1 for number in before]
        assert "10.5@学务部" not in {each.subject for each in due(session, now)}
        excluded = {(each.code, each.department): each.reason for each in summary(session).excluded}
        assert excluded["10.5", "学务部"] == f"免报：{REASON}"
        back = unexempt(session, who, key, "业务已恢复", morning).assignment
        assert (back.exempt, back.exempt_reason) == (False, "")
        assert (whole(session, now), len(due(session, now))) == (before, owed)


@pytest.mark.both
def test_the_exempt_are_in_no_curve_and_no_table_is_made_of_them(
    campaign: Database, morning: datetime
) -> None:
    with campaign.writing() as session:
        key = task(session, "10.5", "学务部").id
        report_nothing(session, holder(session, "collector", "学务部", morning), key, morning)
        assert sum(reached_by_day(session, SHANGHAI)[COLLECTED].values()) == 1
        done, tables = tables_done(session)
        exempt(session, office(session, morning), key, REASON, morning)
        assert sum(reached_by_day(session, SHANGHAI)[COLLECTED].values()) == 0
        assert tables_done(session) == (done, tables - 1)
        [cell] = [
            cell
            for row in board(session, rules_in_force(session), morning).rows
            for cell in row.cells.values()
            if cell.id == key
        ]
        assert cell.stage == "exempt"


def test_the_office_says_why_and_it_stands_in_the_history(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        who, key = office(session, morning), task(session, "10.5", "学务部").id
        for verb in (exempt, unexempt):
            with pytest.raises(Unusable, match="必须写明原因"):
                verb(session, who, key, "  ", morning)
            with pytest.raises(Refused):
                verb(session, holder(session, "collector", "学务部", morning), key, REASON, morning)
        exempt(session, who, key, REASON, morning)
        unexempt(session, who, key, "业务已恢复", morning)
        events = session.exec(select(Event).where(Event.assignment_id == key).order_by(col(Event.id))).all()
    told = [(event.verb, event.from_stage, event.to_stage, event.reason, event.actor_id) for event in events]
    assert told == [
        ("exempt", "pending", "pending", REASON, who.id),
        ("unexempt", "pending", "pending", "业务已恢复", who.id),
    ]


def test_what_is_so_already_is_a_conflict(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        who, key = office(session, morning), task(session, "10.5", "学务部").id
        with pytest.raises(Conflict):
            unexempt(session, who, key, REASON, morning)
        exempt(session, who, key, REASON, morning)
        with pytest.raises(Conflict):
            exempt(session, who, key, REASON, morning)
        with pytest.raises(Conflict, match="免报"):
            report_nothing(session, holder(session, "collector", "学务部", morning), key, morning)


def test_the_reason_of_a_return_outlives_an_exemption(campaign: Database, morning: datetime) -> None:
    with campaign.writing() as session:
        key = task(session, "10.5", "学务部").id
        report_nothing(session, holder(session, "collector", "学务部", morning), key, morning)
        version = line(session, key).assignment.version_id or 0
        reviewer = holder(session, "reviewer", "学务部", morning)
        decide(session, reviewer, key, version, RETURN, "请补充去年的数据", morning)
        exempt(session, office(session, morning), key, REASON, morning)
        unexempt(session, office(session, morning), key, "业务已恢复", morning)
        [reason] = [each.reason for each in summary(session).excluded if each.code == "10.5"]
        assert reason == "已退回：请补充去年的数据"
        told = last_return(session, key)
        assert told is not None
        assert told.event.reason == "请补充去年的数据"
        assert line(session, key).assignment.returned_at == morning
