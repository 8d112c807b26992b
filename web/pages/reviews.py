"""What waits for my review, and approving nil returns in bulk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import review
from models.errors import PeopleError, Unusable
from models.prior import prior_counts
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import key_of
from web.rendering import page, see
from web.rules import SIGNED_IN
from web.tasks import Task, to_review
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(include_in_schema=False)
SHOWN = 300
"""Of each list, the most urgent: the others move up as these are decided."""


@router.get("/reviews", dependencies=[SIGNED_IN], name="reviews")
def reviews(request: Request, session: Reading) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    visitor = visitor_of(request)
    waiting = to_review(session, visitor.who, visitor.now) if visitor.who else []
    nils, others = list[Task](), list[Task]()
    for task in waiting:
        nil = task.line.version is not None and task.line.version.kind == "nil"
        (nils if nil else others).append(task)
    had = prior_counts(session, [task.id for task in nils[:SHOWN]])
    return page(
        request,
        "reviews.html",
        nils=nils,
        had=had,
        waiting=others,
        most=SHOWN,
        problem=problem,
        typed=typed,
    )


@router.post("/reviews/nil", dependencies=[SIGNED_IN], name="approve_nils")
@reshown_by(_show)
def approve_nils(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    chosen: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Approve each chosen nil return on the version that was seen: all of them, or none."""
    if not chosen:
        raise Unusable(_("没有选择任何一项。"), _("请勾选要通过的“无数据申报”。"))
    for choice in chosen:
        assignment_id, version_id = _pair(choice)
        review.decide(session, me, assignment_id, version_id, review.APPROVE, "", visitor.now)
    return see(request, "reviews", done="bulk")


def _pair(choice: str) -> tuple[int, int]:
    first, _colon, second = choice.partition(":")
    assignment_id, version_id = key_of(first), key_of(second)
    if assignment_id is None or version_id is None:
        raise Unusable(_("选择的内容无法识别。"), _("请刷新页面后重新勾选。"))
    return assignment_id, version_id
