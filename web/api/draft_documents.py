"""The JSON shapes of a draft and of the table that it is typed into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions.draft_rules import MOST_ROWS, only_cells
from actions.drafts import may_type
from actions.plan_in_force import plan_in_force
from actions.submit import latest_version
from models import Draft, DraftRow, Person, Version
from models.cell_remark import sent_remarks
from models.draft import draft_of, rows_of
from models.history import findings, versions
from models.stages import RETURNED
from models.worklist import Line
from plans.plan import Schedule
from web.api import documents
from web.comparison import compare
from web.drafting import definition_of, prior_rows, stored_rows
from web.language import gettext as _
from web.language import sentence
from web.site import Site

if TYPE_CHECKING:
    from checks.definition import Definition, Field

FINDINGS_SHOWN = 2_000
Places = dict[tuple[str, int | None], int | None]
"""The draft's rows by sheet and row number of the base version."""


def draft_document(site: Site, session: Session, seen: Line) -> dict[str, Any]:
    """The draft, its rows, and what the page shows beside them; ``rev`` 0 where none has been opened."""
    draft = draft_of(session, seen.id) if may_type(seen) else None
    newest = latest_version(session, seen.id)
    rows = rows_of(session, draft) if draft else stored_rows(site, session, seen)
    stale = draft is not None and newest is not None and newest.number > draft.base
    places: Places = {(row.sheet, row.base_row): row.id for row in rows if row.base_row is not None}
    return {
        **_state(session, draft, plan_in_force(session).schedule.zone),
        "newest": newest.number if newest else 0,
        "editable": may_type(seen),
        "stale": stale,
        "difference": _difference(site, session, seen, draft, newest) if stale else None,
        "limit": MOST_ROWS,
        "rows": [_row(row) for row in rows],
        "findings": _findings(session, draft, newest, places),
        "remarks": _remarks(session, seen, places),
        "cells_only": only_cells(seen),
        "prior": prior_rows(site, session, seen),
    }


def sheets_document(definition: Definition, schedule: Schedule) -> list[dict[str, Any]]:
    """The table's sheets and columns as the page lays them out."""
    return [
        {
            "name": sheet.name,
            "title": sheet.title,
            "columns": [_column(field, schedule) for field in sheet.fields],
        }
        for sheet in definition.sheets
    ]


def _column(field: Field, schedule: Schedule) -> dict[str, Any]:
    from workbooks.template import choices, meaning

    return {
        "name": field.name,
        "unit": field.unit,
        "note": meaning(field, schedule),
        "hint": _hint(field),
        "required": field.required,
        "number": field.type in ("integer", "number"),
        "identity": field.identity,
        "choices": list(choices(field, schedule)),
    }


def _hint(field: Field) -> str:
    """What to know where the field's form shows the rest: how a date or a number is written, the note."""
    from checks.definition import DATE_FORMATS

    known = (
        sentence(DATE_FORMATS.get(field.format, "")),
        _("编号按文本填写，开头的 0 不能丢") if field.identity else "",
    )
    return " · ".join(part for part in (*known, field.note) if part)


def _state(session: Session, draft: Draft | None, zone: ZoneInfo) -> dict[str, Any]:
    if draft is None:
        return {"rev": 0, "base": 0, "saved_at": None, "saved_by": None}
    by = session.get(Person, draft.saved_by) if draft.saved_by else None
    return {
        "rev": draft.rev,
        "base": draft.base,
        "saved_at": draft.saved_at.astimezone(zone).isoformat() if draft.saved_by else None,
        "saved_by": by.name if by else None,
    }


def _row(row: DraftRow) -> dict[str, Any]:
    return {"id": row.id, "sheet": row.sheet, "place": row.place, "cells": row.cells}


def _findings(
    session: Session,
    draft: Draft | None,
    newest: Version | None,
    places: Places,
) -> list[dict[str, Any]] | None:
    """Those of the version that the draft still is; None where something was typed since."""
    if newest is None or draft is None or draft.saved_by is not None or draft.base != newest.number:
        return None
    found = findings(session, newest.id or 0, limit=FINDINGS_SHOWN)
    return [told | {"row_id": places.get((told["sheet"], told["row"]))} for told in documents.findings(found)]


def _remarks(session: Session, seen: Line, places: Places) -> list[dict[str, Any]]:
    """The reviewer's, once he has sent the table back."""
    if seen.assignment.stage != RETURNED:
        return []
    return [
        {"row_id": places.get((remark.sheet, remark.row)), "column": remark.column, "text": remark.text}
        for remark in sent_remarks(session, seen.id)
    ]


def _difference(
    site: Site, session: Session, seen: Line, draft: Draft | None, newest: Version | None
) -> dict[str, Any] | None:
    """What the newest version changed against the one that the draft was begun from."""
    if draft is None or newest is None:
        return None
    base = next((k.version for k in versions(session, seen.id) if k.version.number == draft.base), None)
    if base is None:
        return None
    found = compare(site, base, newest, definition_of(seen).key)
    return {**vars(found), "cells": [vars(cell) for cell in found.cells]}
