"""在线填写: a table's rows typed on the page, in a grid or, where it is one record, in a form."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from actions.drafts import may_type
from actions.plan_in_force import plan_in_force
from actions.who import demand_collector
from models.worklist import Line, line
from web.api.draft_documents import sheets_document
from web.asked import answers_about
from web.definition_changes import definition_changes
from web.deps import Me, Reading
from web.drafting import definition_of
from web.grid_words import words
from web.numbers import Key
from web.pages import form
from web.rendering import link, page
from web.rules import SIGNED_IN

router = APIRouter(include_in_schema=False)


@router.get("/assignments/{assignment_id}/fill", dependencies=[SIGNED_IN], name="fill")
def fill(request: Request, me: Me, assignment_id: Key, session: Reading) -> Response:
    seen = line(session, assignment_id)
    demand_collector(me, seen.assignment)
    if definition_of(seen).records == "one":
        return form.show(request, session, seen)
    return page(request, "grid.html", **_content(request, session, seen))


def _content(request: Request, session: Session, seen: Line) -> dict[str, Any]:
    definition = definition_of(seen)
    return {
        "line": seen,
        "definition": definition,
        "editable": may_type(seen),
        "answers": answers_about(session, seen),
        "defined": definition_changes(session, seen),
        "table": {"sheets": sheets_document(definition, plan_in_force(session).schedule)},
        "address": link(request, "read_draft", assignment_id=seen.id),
        "words": words(),
    }
