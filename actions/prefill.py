"""Last year's rows and explanations for this year's assignments (S6): shown first, then loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete

from actions.inputs import Inputs, inputs_of
from actions.last_export import LastYear, PartOfLastYear, Skipped, Told
from actions.submit import Content, keep_version, latest_version
from actions.typed_rows import Making, content_of_rows
from actions.who import Who, demand_office_or_console
from models import Assignment, Explanation, Prior
from models.blobs import Blobs
from models.database import among
from models.stages import PENDING
from models.worklist import Line, current_campaign, lines
from plans.sentence import Sentence

PRELOAD = "preload"


@dataclass(frozen=True)
class Filled:
    """One assignment with last year's rows; ``preload``: it comes filled in with them, as a first version."""

    line: Line
    part: PartOfLastYear
    known: Inputs
    preload: bool


@dataclass(frozen=True)
class Prefill:
    """What would be loaded, and what is left out with its reason."""

    source: str
    campaign: str
    filled: tuple[Filled, ...]
    told: tuple[tuple[int, Told], ...]
    skipped: tuple[Skipped, ...]

    def as_dict(self) -> dict[str, Any]:
        """The document of `plan prefill --json`."""
        return {
            "source": self.source,
            "assignments": [
                {
                    "table": each.line.table.code,
                    "name": each.line.table.name,
                    "department": each.line.department,
                    "rows": each.part.count,
                    "preloaded": each.preload,
                }
                for each in self.filled
            ],
            "rows": sum(each.part.count for each in self.filled),
            "explanations": len(self.told),
            "skipped": [vars(each) for each in self.skipped],
        }


def impact(session: Session, last: LastYear) -> Prefill:
    """What this export would bring: departments are matched by their names."""
    known = {(line.table.code, line.department): line for line in lines(session)}
    skipped = list(last.skipped)
    filled = []
    for part in last.parts:
        line = known.get((part.code, part.department))
        if line is None:
            skipped.append(
                Skipped(f"{part.code} · {part.department}", Sentence("今年没有这个部门的这项任务。"))
            )
        else:
            filled.append(Filled(line, part, inputs_of(session, line), _comes_filled(session, line)))
    told = []
    for each in last.explanations:
        line = known.get((each["table"], each["department"]))
        if line is None:
            skipped.append(
                Skipped(f"{each['table']} · {each['department']}", Sentence("说明没有对应的任务，不带过来。"))
            )
        else:
            told.append((line.id, each))
    name = current_campaign(session).name
    return Prefill(last.source, name, tuple(filled), tuple(told), tuple(skipped))


def contents(blobs: Blobs, prefill: Prefill) -> dict[int, tuple[str, Content | None]]:
    """The stored rows by assignment, with the version's content where it comes filled in."""
    return {each.line.id: _content(blobs, prefill.campaign, each) for each in prefill.filled}


def load(
    session: Session,
    by: Who | None,
    prefill: Prefill,
    made: dict[int, tuple[str, Content | None]],
    now: datetime,
) -> None:
    """Store it; what an earlier load brought is replaced, what people have done since stays.  ``by`` is of
    the office, or None at the command line."""
    demand_office_or_console(by)
    for each in prefill.filled:
        rows_blob, content = made[each.line.id]
        _keep_prior(session, each, rows_blob, prefill.source, now)
        if content is not None and _comes_filled(session, each.line):
            _preload(session, each.line.id, content, now)
    _offer(session, [each.line.id for each in prefill.filled], prefill.told, now)


def _comes_filled(session: Session, line: Line) -> bool:
    """Tables that the plan marks, as long as nobody has handed anything in."""
    newest = latest_version(session, line.id)
    untouched = newest is None or newest.kind == PRELOAD
    return line.table.preloaded and line.assignment.stage == PENDING and untouched


def _content(blobs: Blobs, campaign: str, each: Filled) -> tuple[str, Content | None]:
    from checks.rows import from_parquet

    rows_blob = blobs.put(each.part.rows)
    if not each.preload:
        return rows_blob, None
    known = replace(each.known, prior=rows_blob)
    making = Making(PRELOAD, clean=False)
    rows = from_parquet(each.part.rows)
    return rows_blob, content_of_rows(blobs, each.line, campaign, rows, known, making)


def _keep_prior(session: Session, each: Filled, rows_blob: str, source: str, now: datetime) -> None:
    session.connection().execute(delete(Prior).where(col(Prior.assignment_id) == each.line.id))
    session.add(
        Prior(
            assignment_id=each.line.id,
            rows_blob=rows_blob,
            row_count=each.part.count,
            source=source,
            loaded_at=now,
        )
    )
    session.flush()


def _preload(session: Session, assignment_id: int, content: Content, now: datetime) -> None:
    newest = latest_version(session, assignment_id)
    if newest is None or newest.rows_blob != content.rows_blob:
        keep_version(session, session.get_one(Assignment, assignment_id), content, None, now)


def _offer(session: Session, ids: Sequence[int], told: Sequence[tuple[int, Told]], now: datetime) -> None:
    """Last year's explanations as offers, in the place of those that nobody has taken over."""
    wanted = {*ids, *(assignment_id for assignment_id, _ in told)}
    session.connection().execute(
        delete(Explanation).where(among(col(Explanation.assignment_id), wanted), col(Explanation.offered))
    )
    for assignment_id, each in told:
        session.add(
            Explanation(
                assignment_id=assignment_id,
                rule=each["rule"],
                sheet=each["sheet"],
                column=each["column"],
                key=each["key"],
                text=each["text"],
                offered=True,
                made_at=now,
            )
        )
    session.flush()
