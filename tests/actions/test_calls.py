"""The call list: whom, about what, what was said; a promise that was not kept comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlmodel import Session, col, delete, select, update

from actions.calls import BROKEN, CALLED, OPEN, PROMISED, Callee, call_list
from actions.late import late_report
from actions.phoned import Said, log_call
from actions.receipts import confirmed
from models import Addition, Answer, Assignment, Department, Grant, Person, Receipt
from models.database import Database
from models.errors import Conflict, NotFound, PeopleError, Refused, Unusable
from models.late import Receipted
from tests.actions.people import holder, office, task
from tests.conftest import SHANGHAI


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2020-{text}").replace(tzinfo=SHANGHAI)


NOW = moment("11-12T09:00")
FRIDAY = date(2020, 11, 13)


@pytest.fixture
def session(campaign: Database) -> Iterator[Session]:
    with campaign.writing() as found:
        yield found


def whom(session: Session, at: datetime = NOW) -> dict[str, Callee]:
    """The list by staff number; who has nobody to call by department."""
    found = call_list(session, at).callees
    return {each.person.staff_no if each.person else each.department: each for each in found}


def told(callee: Callee) -> list[tuple[str, str, int]]:
    return [(each.table, each.turn, each.days_late) for each in callee.matters]


def call(
    session: Session,
    staff_no: str,
    at: datetime = NOW,
    *,
    reached: bool = True,
    by: date | None = None,
    note: str = "",
    newest: int = 0,
    about: tuple[str, ...] = (),
) -> Receipt:
    callee = whom(session, at)[staff_no]
    keys = [each.id for each in callee.matters if each.id and (not about or each.table in about)]
    rosters = [each.department for each in callee.matters if not each.id]
    assert callee.person is not None
    said = Said(keys, rosters, reached, by, note)
    return log_call(session, office(session, at), callee.person.id or 0, said, newest, at)


def stage(session: Session, code: str, department: str, **values: object) -> int:
    key = task(session, code, department).id
    session.connection().execute(update(Assignment).where(col(Assignment.id) == key).values(**values))
    session.expire_all()
    return key


def test_before_a_deadline_it_says_that_it_is_too_early(session: Session) -> None:
    early = call_list(session, moment("11-09T09:00"))
    assert (early.callees, early.late, early.at_risk) == ((), 0, 0)
    assert early.undecided


def test_it_is_the_late_report_by_person(session: Session) -> None:
    found = whom(session)
    assert {staff_no: told(each) for staff_no, each in found.items()} == {
        "S011": [("1.6", "collector", 1), ("6.1", "collector", 1)],
        "S021": [("7.1.1", "collector", 1), ("7.2", "collector", 1)],
        "S031": [("10.1.1", "collector", 1)],
    }
    assert {each.state for each in found.values()} == {OPEN}
    assert call_list(session, NOW).late == len(late_report(session, NOW).late) == 5


def test_what_waits_for_a_review_is_the_reviewer_s(session: Session) -> None:
    stage(session, "10.1.1", "学务部", stage="collected", collected_at=moment("11-11T10:00"))
    found = whom(session)
    assert "S031" not in found
    assert told(found["S032"]) == [("10.1.1", "reviewer", 1)]


def test_what_the_system_check_holds_calls_for_nobody(session: Session) -> None:
    stage(session, "10.1.1", "学务部", stage="reviewed", reviewed_at=moment("11-11T10:00"))
    assert {"S031", "S032"}.isdisjoint(whom(session))
    assert call_list(session, NOW).checking == 1


def test_who_waits_for_an_addition_is_left_alone_and_its_owner_called(session: Session) -> None:
    key, owner = task(session, "10.1.1", "学务部").id, task(session, "6.1", "政务部").id
    waiting = Addition(
        assignment_id=key,
        owner_id=owner,
        table_code="6.1",
        column="教工号",
        value="2003",
        asked_at=moment("11-10T10:00"),
    )
    session.add(waiting)
    session.flush()
    found = whom(session)
    assert "S031" not in found
    assert ("10.1.1", "owner", 1) in told(found["S011"])
    call(session, "S011", by=FRIDAY, about=("10.1.1",))
    later = whom(session, moment("11-16T09:00"))["S011"]
    assert [each.table for each in later.matters if each.broken] == ["10.1.1"]
    report = late_report(session, moment("11-16T09:00"))
    assert [each.broken for line in report.late if line.table == "10.1.1" for each in line.receipts] == [True]
    waiting.state, waiting.closed_at = "added", moment("11-16T08:00")
    session.add(waiting)
    session.flush()
    assert whom(session, moment("11-16T09:00"))["S011"].state == OPEN


def test_a_roster_is_the_head_s(session: Session) -> None:
    session.exec(delete(Grant).where(col(Grant.role) == "collector", col(Grant.department_id) == 3))
    found = whom(session)["S032"]
    assert told(found) == [("", "roster", 4), ("10.1.1", "collector", 1)]
    call(session, "S032", by=FRIDAY)
    assert session.exec(select(Receipt)).one().about["rosters"] == ["学务部"]
    assert whom(session, moment("11-16T09:00"))["S032"].state == BROKEN


def test_where_nobody_is_named_that_is_told(session: Session) -> None:
    key = session.exec(select(Department.id).where(Department.name == "学务部")).one()
    session.exec(delete(Grant).where(col(Grant.department_id) == key))
    assert whom(session)["学务部"].person is None


def test_of_several_who_has_a_telephone_is_called(session: Session, morning: datetime) -> None:
    first = session.get_one(Person, holder(session, "collector", "学务部", morning).id)
    deputy = Person(staff_no="T1", name="代理", email="t1@sample.example", phone="8888")
    first.phone = ""
    session.add_all([first, deputy])
    session.flush()
    key = session.exec(select(Department.id).where(Department.name == "学务部")).one()
    session.add(Grant(person_id=deputy.id or 0, role="collector", department_id=key))
    session.flush()
    found = whom(session)
    assert "S031" not in found
    assert [each.staff_no for each in found["T1"].others] == ["S031"]


def test_a_promise_rests_until_its_day_and_then_comes_first(session: Session) -> None:
    call(session, "S031", by=FRIDAY, note="等辅导员核对")
    resting = whom(session)["S031"]
    assert (resting.state, list(whom(session))[-1]) == (PROMISED, "S031")
    assert resting.last is not None
    assert (resting.last.note, resting.last.phone) == ("等辅导员核对", True)
    later = moment("11-16T09:00")
    assert (next(iter(whom(session, later))), whom(session, later)["S031"].state) == ("S031", BROKEN)
    call(session, "S031", later, by=date(2020, 11, 17))
    assert whom(session, later)["S031"].state == PROMISED


def test_a_promise_kept_is_not_on_the_list(session: Session) -> None:
    call(session, "S031", by=FRIDAY)
    stage(session, "10.1.1", "学务部", stage="collected", collected_at=moment("11-13T10:00"))
    later = moment("11-16T09:00")
    assert "S031" not in whom(session, later)
    assert [each.broken for each in confirmed(session, later, 9).newest] == [False]


def test_a_promise_for_some_leaves_the_others_open(session: Session) -> None:
    call(session, "S011", by=FRIDAY, about=("1.6",))
    found = whom(session)["S011"]
    assert found.state == CALLED
    assert {each.table: bool(each.said) for each in found.matters} == {"1.6": True, "6.1": False}
    assert whom(session, moment("11-13T09:00"))["S011"].state == OPEN


def test_who_was_not_reached_was_called_all_the_same(session: Session) -> None:
    made = call(session, "S031", reached=False, note="同事说出差")
    found = whom(session)["S031"]
    assert (found.state, found.today and found.today.receipt.id) == (CALLED, made.id)
    assert found.last is not None
    assert (found.last.seen_at, found.last.note) == (None, "同事说出差")
    assert session.exec(select(Answer)).all() == []


def test_nobody_calls_a_second_time_unknowingly(session: Session) -> None:
    first = call(session, "S031", reached=False)
    with pytest.raises(
        Conflict, match=r"质量部管理员（示例）今天 09:00 已给学务部采集员（示例）打过电话，没有接通"
    ):
        call(session, "S031", by=FRIDAY)
    second = call(session, "S031", by=FRIDAY, newest=first.id or 0)
    assert second.id != first.id
    tomorrow = moment("11-13T09:00")
    assert call(session, "S031", tomorrow).made_at == tomorrow


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        (Said([], [], True), Unusable, "没有勾选"),
        (Said([9999], ["学务部"], True), Conflict, "都已完成"),
        (Said([1], [], False, FRIDAY), Unusable, "没有接通，就没有承诺"),
        (Said([1], [], True, date(2020, 11, 11)), Unusable, "11月11日已经过去"),
        (Said([1], [], True, date(2030, 1, 1)), Unusable, "太远了"),
    ],
)
def test_what_cannot_be_is_told(
    session: Session, said: Said, error: type[PeopleError], sentence: str
) -> None:
    person = holder(session, "collector", "政务部", NOW).id
    with pytest.raises(error, match=sentence):
        log_call(session, office(session, NOW), person, said, 0, NOW)


def test_only_the_office_logs_and_only_people_who_are_there(session: Session) -> None:
    collector = holder(session, "collector", "政务部", NOW)
    with pytest.raises(Refused):
        log_call(session, collector, collector.id, Said([1], [], True), 0, NOW)
    with pytest.raises(NotFound):
        log_call(session, office(session, NOW), 9999, Said([1], [], True), 0, NOW)


def test_the_report_tells_it_beside_the_receipts_as_known_then(session: Session) -> None:
    call(session, "S031", by=FRIDAY, note="等辅导员核对")

    def receipts(at: datetime) -> tuple[Receipted, ...]:
        [line] = [each for each in late_report(session, at).late if each.table == "10.1.1"]
        return line.receipts

    assert receipts(moment("11-12T08:59")) == ()
    by = moment("11-13T23:59:59")
    said = Receipted("collector", 1, 1, by, phone=True, note="等辅导员核对")
    assert receipts(NOW) == (said,)
    assert receipts(moment("11-16T09:00"))[0].broken
