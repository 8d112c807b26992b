"""Signing in at the college's own provider, and coming back from there."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from actions import clock
from actions import sign_in as action
from models.errors import NotFound, PeopleError, Refused
from web.deps import Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.pages.sign_in import enter, sign_in_form
from web.rendering import absolute, set_cookie
from web.rules import PUBLIC
from web.site import CurrentSite, Site
from web.visitor import visitor_of

if TYPE_CHECKING:
    from web.oidc import Attempt

router = APIRouter(include_in_schema=False)
ATTEMPT = "caiji_attempt"
GOOD_FOR = 600
"""Seconds from going there to coming back."""
LONGEST = 2000
"""Characters of where to go afterwards: what is longer fits in no cookie."""


@dataclass(frozen=True)
class Arrived:
    """Whom the provider vouches for, and where he was going."""

    staff_no: str
    next: str
    kept: str


def _again(request: Request, _session: Session, problem: PeopleError, _typed: dict[str, str]) -> Response:
    """The page to sign in on; an attempt that failed is over."""
    if isinstance(problem, NotFound):
        raise problem
    going = _going(request.cookies.get(ATTEMPT, ""))
    answer = sign_in_form(request, next=going.get("next", ""), kept=going.get("kept", ""), problem=problem)
    return _over(request, answer)


@router.get("/sign-in/provider", dependencies=[PUBLIC], name="provider")
@reshown_by(_again)
async def provider(request: Request, site: CurrentSite, next: str = "", kept: str = "") -> Response:
    await run_in_threadpool(_demand_offered, request, site)
    from web import oidc

    attempt = oidc.Attempt(_held(next, kept))
    way = await oidc.way_there(site.settings, attempt, absolute(request, "provider_back"))
    answer = RedirectResponse(way, 303)
    set_cookie(answer, site, ATTEMPT, attempt.held, GOOD_FOR)
    return answer


async def arrived(
    request: Request, site: CurrentSite, state: str = "", code: str = "", error: str = "", iss: str = ""
) -> Arrived:
    """Whom the provider vouches for; it is asked before any transaction is opened."""
    await run_in_threadpool(_demand_offered, request, site)
    from web import oidc

    attempt = oidc.Attempt(request.cookies.get(ATTEMPT, ""))
    going = _demand_ours(attempt, state)
    if error or not code or iss not in ("", site.settings.oidc_issuer):
        raise _not_granted(error)
    back = absolute(request, "provider_back")
    staff_no = await oidc.staff_no_of(site.settings, attempt, code, back, clock.wall())
    return Arrived(staff_no, going["next"], going["kept"])


@router.get("/sign-in/provider/back", dependencies=[PUBLIC], name="provider_back")
@reshown_by(_again)
def provider_back(
    request: Request, site: CurrentSite, who: Annotated[Arrived, Depends(arrived)], session: Writing
) -> Response:
    person_id = action.known_elsewhere(session, who.staff_no)
    return _over(request, enter(request, site, session, person_id, who.next, who.kept))


def _demand_offered(request: Request, site: Site) -> None:
    """NotFound without a provider, and in a rehearsal, whose people are made up."""
    if not site.settings.oidc_issuer or visitor_of(request).rehearsal:
        raise NotFound(_("没有这个页面。"), _("请从首页重新进入。"))


def _held(next: str, kept: str) -> str:
    """What the browser keeps meanwhile: a secret, when it was, and where its person was going."""
    going = {
        "secret": secrets.token_urlsafe(32),
        "at": clock.wall().timestamp(),
        "next": next if len(json.dumps(next)) <= LONGEST else "",
        "kept": kept[:64],
    }
    return urlsafe_b64encode(json.dumps(going).encode()).decode()


def _going(held: str) -> dict[str, str]:
    try:
        said = json.loads(urlsafe_b64decode(held.encode()))
        float(said["at"])
        return {name: str(said[name]) for name in ("at", "next", "kept")}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _demand_ours(attempt: Attempt, state: str) -> dict[str, str]:
    """Refused where this browser did not set out for this answer, or too long ago.

    The state is a hash of all that the browser holds, so neither can be changed without the other.
    """
    going = _going(attempt.held)
    ours = hmac.compare_digest(attempt.state.encode(), state.encode(errors="replace"))
    if not going or not ours or not 0 <= clock.wall().timestamp() - float(going["at"]) <= GOOD_FOR:
        raise Refused(
            _("这次登录不是从这个浏览器的登录页开始的，或已经用过、超过了十分钟。"),
            _("请在本页重新登录。"),
        )
    return going


def _not_granted(error: str) -> PeopleError:
    if error == "access_denied":
        return Refused(_("统一身份认证没有允许这次登录。"), _("请重新登录并同意；或用工号和密码登录。"))
    return Refused(
        _("统一身份认证没有完成这次登录。"),
        _("请重新登录一次；仍不行时用工号和密码登录，并请管理员核对身份认证平台上登记的回调地址。"),
    )


def _over(request: Request, answer: Response) -> Response:
    answer.delete_cookie(ATTEMPT, path=request.app.state.site.settings.root_path or "/")
    return answer
