"""Signing in and out, activating an account, choosing a language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from actions import clock
from actions import sign_in as action
from models.errors import PeopleError, Refused
from web import passwords, pending
from web.deps import Reading, Writing
from web.errors import reshown_by
from web.language import COOKIE, LANGUAGES
from web.language import gettext as _
from web.rendering import link, page, see, set_cookie
from web.rules import PUBLIC
from web.site import CurrentSite
from web.visitor import SESSION, CurrentVisitor

router = APIRouter(include_in_schema=False)


def safe_next(request: Request, wanted: str) -> str:
    """Where to go after signing in: a page of this site, else the home page."""
    home = link(request, "home")
    inside = wanted.startswith(home) and not wanted.startswith("//")
    return wanted if inside and "\\" not in wanted and not any(ord(c) < 32 for c in wanted) else home


def guess(
    request: Request,
    site: CurrentSite,
    staff_no: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1000)],
) -> tuple[str, int | None]:
    """The staff number, and the person whose password this is; no transaction is held while it is hashed."""
    with site.database.reading() as session:
        action.demand_patience(session, staff_no.strip(), _address(request), clock.wall())
        person_id, password_hash = action.password_hash_of(session, staff_no.strip())
    return staff_no.strip(), person_id if passwords.fits(password_hash, password) else None


def chosen_password(
    site: CurrentSite,
    secret: str,
    password: Annotated[str, Form(max_length=1000)],
    again: Annotated[str, Form(max_length=1000)],
) -> str:
    """The hash of the password chosen, hashed before a transaction is opened."""
    with site.database.reading() as session:
        staff_no = action.link_owner(session, secret, clock.wall()).staff_no
    action.demand_good_password(password, again, staff_no)
    return passwords.hash_password(password)


Chosen = Annotated[str, Depends(chosen_password)]
Guess = Annotated[tuple[str, int | None], Depends(guess)]


@router.get("/sign-in", dependencies=[PUBLIC], name="sign_in")
def sign_in(request: Request, visitor: CurrentVisitor, next: str = "", kept: str = "") -> Response:
    if visitor.rehearsal:
        target = link(request, "rehearsal_sign_in")
        return RedirectResponse(f"{target}?{request.url.query}", 303)
    return sign_in_form(request, next=next, kept=kept)


def _form_again(request: Request, _session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    return sign_in_form(
        request,
        next=typed.get("next", ""),
        kept=typed.get("kept", ""),
        problem=problem,
        staff_no=typed.get("staff_no", ""),
    )


@router.post("/sign-in", dependencies=[PUBLIC], name="sign_in_post")
@reshown_by(_form_again)
def sign_in_post(
    request: Request,
    site: CurrentSite,
    guessed: Guess,
    session: Writing,
    next: Annotated[str, Form()] = "",
    kept: Annotated[str, Form()] = "",
) -> Response:
    staff_no, person_id = guessed
    if person_id is None:
        action.note_failure(session, staff_no, _address(request), clock.wall())
        wrong = Refused(_("工号或密码不正确。"), _("请检查后重试；忘记密码请联系质量部获取新的激活链接。"))
        return sign_in_form(request, next=next, kept=kept, problem=wrong, staff_no=staff_no, status=401)
    return enter(request, site, session, person_id, next, kept)


@router.post("/sign-out", dependencies=[PUBLIC], name="sign_out")
def sign_out(request: Request, visitor: CurrentVisitor, session: Writing) -> Response:
    action.sign_out(session, visitor.secret)
    answer = see(request, "sign_in", done="signed-out")
    answer.delete_cookie(SESSION, path=request.app.state.site.settings.root_path or "/")
    return answer


@router.get("/activate/{secret}", dependencies=[PUBLIC], name="activate")
def activate(request: Request, session: Reading, secret: str) -> Response:
    person = action.link_owner(session, secret, clock.wall())
    return page(request, "activate.html", person=person, problem=None)


def _activation_again(
    request: Request, session: Session, problem: PeopleError, typed: dict[str, str]
) -> Response:
    person = action.link_owner(session, request.path_params["secret"], clock.wall())
    return page(request, "activate.html", person=person, problem=problem)


@router.post("/activate/{secret}", dependencies=[PUBLIC], name="activate_post")
@reshown_by(_activation_again)
def activate_post(
    request: Request, site: CurrentSite, chosen: Chosen, session: Writing, secret: str
) -> Response:
    person_id = action.activate(session, secret, chosen, clock.wall())
    return enter(request, site, session, person_id, "", "", done="activated")


@router.post("/language/{language}", dependencies=[PUBLIC], name="choose_language")
def choose_language(
    request: Request, site: CurrentSite, language: str, back: Annotated[str, Form()] = ""
) -> Response:
    answer = RedirectResponse(safe_next(request, back), 303)
    if language in LANGUAGES:
        set_cookie(answer, site, COOKIE, language)
    return answer


def enter(
    request: Request,
    site: CurrentSite,
    session: Session,
    person_id: int,
    next: str,
    kept: str,
    done: str = "",
) -> RedirectResponse:
    """Open a session for the person, and go where he was going."""
    secret = action.sign_in(session, person_id, clock.wall(), site.settings.session_hours)
    target = safe_next(request, next)
    extra = f"kept={kept}" if pending.is_token(kept) else f"done={done}" if done else ""
    joint = "&" if "?" in target else "?"
    answer = RedirectResponse(target + (joint + extra if extra else ""), 303)
    set_cookie(answer, site, SESSION, secret)
    return answer


def sign_in_form(
    request: Request,
    *,
    next: str,
    kept: str,
    problem: PeopleError | None = None,
    staff_no: str = "",
    status: int = 200,
) -> Response:
    """The page to sign in on; single sign-on is offered where it is set up."""
    settings = request.app.state.site.settings
    lapsed = "lapsed" in request.query_params
    return page(
        request,
        "sign_in.html",
        status,
        next=next,
        kept=kept,
        lapsed=lapsed,
        problem=problem,
        staff_no=staff_no,
        provider=(settings.oidc_label or _("统一身份认证")) if settings.oidc_issuer else "",
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
