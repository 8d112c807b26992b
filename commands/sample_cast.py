"""The people of the sample course: each deed is done through the action that a page would call."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from actions.additions import ask, refuse
from actions.examine import examine
from actions.explained import EXPLAIN
from actions.explanations import Target, explain
from actions.inputs import inputs_of
from actions.releases import release_rule
from actions.review import decide
from actions.sample_course import APPROVE, ASK, NOTHING, REFUSE, RELEASE, RETURN, WRONG, Deed
from actions.submit import Content, latest_version, report_nothing, submit, upload
from actions.who import Who, who_is
from checks.definition import load_definition
from checks.rows import from_parquet
from commands.sample_books import Book, Books
from commands.sample_prior import EXPLAINED, SAME
from flows.station import Station
from models import Addition, Assignment, Department, Grant, StoredFinding
from models.explanation import unexplained
from models.person import in_force
from models.worklist import Line, line

ALL = 1000
NOTE = "请把这位老师补录到 6.1，他去年 9 月从企业调入。"
REFUSED = "查人事档案，该老师的教工号登记有误，请按 6.1 中的教工号填写。"
STALE_COHORTS = "方案所印的年级对照表比采集学年晚一年，已与教务部、学务部商定按采集学年推算。"


class Cast:
    """Collectors, reviewers and the office, with the workbooks that they hand in."""

    def __init__(self, station: Station, books: Books) -> None:
        self._blobs = station.blobs
        self._books = books

    def do(self, session: Session, id: int, deed: Deed, at: datetime) -> None:
        """Do one deed of the assignment's story."""
        seen = line(session, id)
        if deed.what in (RETURN, APPROVE):
            who = _holder(session, "reviewer", seen.assignment.reviewer_id, at)
            decide(session, who, id, seen.assignment.version_id or 0, deed.what, deed.reason, at)
        elif deed.what == RELEASE:
            release_rule(session, _office(session, at), "cohort", seen.table.code, STALE_COHORTS, at)
        elif deed.what == REFUSE:
            self._refuse(session, seen, at)
        else:
            self._collect(session, seen, deed, at)

    def _collect(self, session: Session, seen: Line, deed: Deed, at: datetime) -> None:
        who = _holder(session, "collector", seen.assignment.department_id, at)
        if deed.what == NOTHING:
            report_nothing(session, who, seen.id, at)
        elif deed.what == ASK:
            ask(session, who, seen.id, _missing(session, seen), NOTE, at)
        else:
            book = self._books[seen.id, deed.what]
            version = upload(session, who, seen.id, self._content(session, seen, book), at)
            if deed.what != WRONG:
                _explain(session, who, seen, version.id or 0, at)
                submit(session, who, seen.id, version.id or 0, at, self._blobs)

    def _refuse(self, session: Session, seen: Line, at: datetime) -> None:
        asked = session.exec(select(Addition).where(Addition.assignment_id == seen.id)).one()
        owner = session.get_one(Assignment, asked.owner_id)
        refuse(session, _holder(session, "collector", owner.department_id, at), asked.id or 0, REFUSED, at)

    def _content(self, session: Session, seen: Line, book: Book) -> Content:
        """What reading found, checked against what is known at the moment of the upload."""
        rows = book.result.rows or b""
        definition, known = load_definition(seen.table.code, seen.table.name), inputs_of(session, seen)
        rows_blob = self._blobs.put(rows)
        return Content(
            kind="upload",
            blob=self._blobs.put(book.content),
            rows_blob=rows_blob,
            filename=book.filename,
            row_count=book.result.row_count,
            findings=examine(self._blobs, definition, from_parquet(rows), known),
            base=book.result.stamp.version if book.result.stamp else None,
            inputs_hash=known.hash_of(definition.code, rows_blob),
        )


def _explain(session: Session, who: Who, seen: Line, version_id: int, at: datetime) -> None:
    """Say why what must be explained stands."""
    _, found = unexplained(session, seen.id, version_id, EXPLAIN, ALL)
    for rule, sheet, column in dict.fromkeys((each.rule, each.sheet, each.column) for each in found):
        text = SAME if rule == "untouched-prefill" else EXPLAINED
        explain(session, who, seen.id, version_id, Target(rule, sheet, column), text, at)


def _missing(session: Session, seen: Line) -> int:
    """The finding that says what the source table lacks."""
    version = latest_version(session, seen.id)
    statement = select(StoredFinding.id).where(
        StoredFinding.version_id == (version.id if version else None),
        StoredFinding.rule == "reference",
        col(StoredFinding.check_run_id).is_(None),
    )
    return session.exec(statement).first() or 0


def _holder(session: Session, role: str, department_id: int | None, at: datetime) -> Who:
    statement = (
        select(Grant.person_id)
        .join(Department)
        .where(Grant.role == role, Grant.department_id == department_id, in_force(at))
    )
    who = who_is(session, session.exec(statement).first() or 0, at)
    if who is None:
        raise LookupError(f"no sample {role} of department {department_id}")
    return who


def _office(session: Session, at: datetime) -> Who:
    statement = select(Grant.person_id).where(Grant.role == "office", in_force(at))
    who = who_is(session, session.exec(statement).first() or 0, at)
    if who is None:
        raise LookupError("no sample office")
    return who
