"""上年汇总: last year's summary becomes this year's starting point, its impact shown before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from actions.prefill import Prefill, contents, impact, load
from actions.submit import Content
from models.errors import Conflict, NotFound, PeopleError
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.last_year import Sent, stamp_of, waiting
from web.pages.plan import show_plan
from web.rendering import page, see
from web.rules import OFFICE
from web.site import CurrentSite, site_of
from web.visitor import CurrentVisitor, visitor_of

router = APIRouter(prefix="/plan/prefill", include_in_schema=False)


@dataclass(frozen=True)
class Ready:
    """What is to be loaded, with the stored rows and contents by assignment."""

    prefill: Prefill
    made: dict[int, tuple[str, Content | None]]


@router.post("", dependencies=[OFFICE], name="prefill_preview")
@reshown_by(show_plan)
def preview(request: Request, token: Sent) -> Response:
    return see(request, "prefill", token=token)


@router.get("/{token}", dependencies=[OFFICE], name="prefill")
def prefill(request: Request, session: Reading, token: str) -> Response:
    return _show(request, session, None, {})


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    who = visitor_of(request).who
    token = request.path_params["token"]
    if who is None:
        raise NotFound("没有这个页面。", "请从首页重新进入。")
    found = impact(session, waiting(site_of(request), token, who.id))
    return page(
        request, "prefill.html", found=found, token=token, seen=stamp_of(found), problem=problem, typed=typed
    )


def ready(site: CurrentSite, me: Me, token: str, seen: Annotated[str, Form(max_length=64)] = "") -> Ready:
    """Worked out before the transaction; Conflict (409) where the impact is another than the one seen."""
    last = waiting(site, token, me.id)
    with site.database.reading() as session:
        found = impact(session, last)
    if stamp_of(found) != seen:
        raise Conflict(
            _("您查看之后，任务有了变动，影响与您看到的不同。"), _("下面是最新的影响：核对后再载入。")
        )
    return Ready(found, contents(site.blobs, found))


@router.post("/{token}", dependencies=[OFFICE], name="prefill_load")
@reshown_by(_show)
def load_it(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    asked: Annotated[Ready, Depends(ready)],
    session: Writing,
) -> Response:
    load(session, me, asked.prefill, asked.made, visitor.now)
    return see(request, "plan", done="prefilled")
