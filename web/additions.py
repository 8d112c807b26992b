"""What a page shows of additions to source tables (P2): asked for here, asked of here, still to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from actions.additions import may_answer, owners_of
from actions.deciding import is_own
from actions.who import Who, may_collect, may_review
from checks.definition import load_definition
from models import Version
from models.addition import OPEN, Request, requests
from models.history import first_of_each_value
from models.stages import APPROVED
from models.worklist import Line, lines

MOST = 50


@dataclass(frozen=True)
class Missing:
    """A value that the approved source table lacks, by the finding that says so, and who may add it."""

    finding_id: int
    column: str
    value: str
    owners: Sequence[Line]


@dataclass(frozen=True)
class Additions:
    """``mine``: what this assignment asked for; ``theirs``: what is asked of it; ``missing``: what may still
    be asked for; ``answers``, ``reopens`` and ``withdraws``: whether this person may."""

    mine: Sequence[Request] = ()
    theirs: Sequence[Request] = ()
    missing: Sequence[Missing] = ()
    answers: bool = False
    reopens: bool = False
    withdraws: bool = False

    @property
    def any(self) -> bool:
        return bool(self.mine or self.theirs or self.missing)


def additions_of(session: Session, who: Who, seen: Line, shown: Version | None) -> Additions:
    """What the assignment's page shows of them."""
    mine = requests(session, of=seen.id)
    theirs = requests(session, to=[seen.id])
    own = seen.version is None or is_own(session, who, seen.version)
    may_reopen = may_review(who, seen.assignment, seen.table) and not own
    asks = may_collect(who, seen.assignment) and seen.assignment.stage not in APPROVED
    return Additions(
        mine=mine,
        theirs=theirs,
        missing=_missing(session, seen, shown, mine) if asks and shown else (),
        answers=may_answer(who, seen),
        reopens=may_reopen and seen.assignment.stage in APPROVED,
        withdraws=may_collect(who, seen.assignment),
    )


def asked_of(session: Session, who: Who) -> list[Request]:
    """The open requests that wait for this person's department to answer or to add."""
    departments = who.departments("collector")
    own = lines(session, department_ids=departments) if departments else []
    for department in sorted(who.departments("reviewer")):
        own += lines(session, reviewer_id=department)
    owned = {each.id for each in own if may_answer(who, each)}
    return requests(session, to=owned, states=OPEN) if owned else []


def _missing(session: Session, seen: Line, shown: Version, mine: Sequence[Request]) -> list[Missing]:
    """Each missing value once, in the order of the cells; what is being waited for is left out."""
    waiting = {request.addition.value for request in mine if request.open}
    fields = load_definition(seen.table.code).fields
    links = {field.name: field.reference for field in fields if field.reference is not None}
    found = first_of_each_value(session, shown.id or 0, "reference", links, waiting, MOST)
    asked = {link.table: link for link in (links[each.column] for each in found)}
    owners = {table: owners_of(session, link) for table, link in asked.items()}
    return [
        Missing(each.id or 0, each.column, each.value, owners[links[each.column].table]) for each in found
    ]
