"""What goes with roles that change hands is in the taker's next digest, whatever had been told before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from actions.plan_in_force import rules_in_force
from actions.queued_mails import Enclosure, Wish, queue_all
from deadlines.facts import COLLECTOR, REVIEWER
from models import Assignment, DataTable, Grant, Notice, Person
from models.notice import DIGEST

TOLD = ("reminder", "overdue")
OF_A_DEPARTMENT = {COLLECTOR: Assignment.department_id, REVIEWER: Assignment.reviewer_id}
"""Which department an assignment has in that of each role's holder."""


def tell_taker(
    session: Session, taker: Person, rights: Iterable[Grant], since: datetime, now: datetime
) -> None:
    """Queue a digest for the first working hours in which he holds them, or let the one that waits then tell
    of the work, too.  It is written when it goes: with nothing to do there is no mail."""
    own = [right for right in rights if right.role in OF_A_DEPARTMENT]
    if not own or not taker.email:
        return
    first = rules_in_force(session).calendar.next_working_moment(since)
    wish = Wish(taker, DIGEST, first.date().isoformat(), opens=[first])
    wish.notice_ids = sorted({key for right in own for key in _told(session, right)})
    queue_all(session, [wish], now, Enclosure())


def _told(session: Session, right: Grant) -> Iterable[int]:
    """The notices by which others have been told of what this right brings."""
    statement = (
        select(col(Notice.id))
        .join(Assignment, col(Notice.assignment_id) == Assignment.id)
        .join(DataTable, col(Assignment.table_id) == DataTable.id)
        .where(col(OF_A_DEPARTMENT[right.role]) == right.department_id, col(Notice.audience) == right.role)
        .where(col(Notice.kind).in_(TOLD))
    )
    if right.table_code is not None:
        statement = statement.where(col(DataTable.code) == right.table_code)
    return (key for key in session.exec(statement) if key is not None)
