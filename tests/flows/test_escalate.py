"""The draft of a notice goes to the office with the rung that asks for it; the office hears first."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO

import docx
from sqlmodel import col, select, update

from actions.clock import jump
from actions.hold import hold
from flows.tick import tick
from models import Assignment, Mail, Person
from tests.actions.people import office, task
from tests.conftest import MORNING
from tests.flows.stations import Stage


def tick_at(stage: Stage, day: int, hour: int = 8, minute: int = 31) -> None:
    with stage.database.writing() as session:
        jump(session, MORNING.replace(day=day, hour=hour, minute=minute))
    tick(stage.station)


def escalations(stage: Stage) -> list[Mail]:
    statement = select(Mail).where(Mail.kind == "escalation").order_by(col(Mail.id))
    with stage.database.reading() as session:
        return list(session.exec(statement))


def files(stage: Stage) -> list[tuple[str, tuple[str, ...]]]:
    return [(mail.slot.split()[0], tuple(mail.attachments)) for mail in escalations(stage)]


def test_the_draft_goes_with_its_rung_and_with_no_other(stage: Stage) -> None:
    tick_at(stage, 11, 16)
    tick_at(stage, 18)  # one decision for all that was missed
    assert Counter(files(stage)) == {
        ("leader-1-after", ()): 1,
        ("leaders-3-after", ()): 2,
        ("draft-notice", ("circular-draft.docx",)): 1,
    }
    [mail] = [mail for mail in escalations(stage) if mail.attachments]
    draft = stage.station.blobs.get(mail.attachments["circular-draft.docx"])
    said = "\n".join(each.text for each in docx.Document(BytesIO(draft)).paragraphs)
    assert "截至2020年11月18日（周三）08:31" in said
    assert "列入本通报的 5 项，涉及 3 个部门" in said


def test_it_leaves_out_what_is_held_back(stage: Stage) -> None:
    tick_at(stage, 17, 16)
    with stage.database.writing() as session:
        who = office(session, MORNING)
        hold(session, who, task(session, "1.6", "政务部").id, date(2020, 11, 20), "住院", MORNING)
    tick_at(stage, 18)
    draft = stage.station.blobs.get(escalations(stage)[-1].attachments["circular-draft.docx"])
    said = "\n".join(each.text for each in docx.Document(BytesIO(draft)).paragraphs)
    assert "列入本通报的 4 项" in said
    assert "另有 1 项因故暂缓" in said


def test_the_office_is_written_to_before_the_leaders_and_before_any_digest(stage: Stage) -> None:
    tick_at(stage, 11, 16)
    stage.station.outbox.claim(stage.station.wall(), 100)
    tick_at(stage, 12)
    with stage.database.reading() as session:
        statement = select(Mail, Person.staff_no).join(Person).where(col(Mail.slot).contains("2020-11-12"))
        order = [(mail.kind, number) for mail, number in session.exec(statement.order_by(col(Mail.id)))]
    assert order[:2] == [("escalation", "S000"), ("escalation", "S910")]
    assert [kind for kind, _ in order[2:]] == ["report", *["digest"] * (len(order) - 3)]
    claimed = stage.station.outbox.claim(stage.station.wall(), 100)
    assert [each.content.to for each in claimed[:2]] == ["s000@sample.example", "s910@sample.example"]


def test_work_done_between_deciding_and_sending_stops_it(stage: Stage) -> None:
    tick_at(stage, 11, 16)
    tick_at(stage, 12)
    with stage.database.writing() as session:
        session.connection().execute(update(Assignment).values(stage="checked"))
    assert [each.content.to for each in stage.station.outbox.claim(stage.station.wall(), 100)] == [
        "s000@sample.example"
    ]
    assert {mail.state for mail in escalations(stage)} == {"moot"}
