"""典型案例: departments hand in cases for the quality report; the office takes them in or sends them back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from actions import cases as action
from actions.plan_in_force import plan_in_force
from actions.who import Who
from models.errors import NotFound, PeopleError
from models.typical_case import THERE, Case, editions
from web import case_words, pending
from web.acting import Reason
from web.case_file import ACCEPTED, SentCaseFile
from web.case_overview import Overview, seen_cases
from web.cases_out import files_of, list_of, unreadable
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.numbers import Key, key_of
from web.pages.files import attached
from web.rendering import page, see
from web.rules import OFFICE, SIGNED_IN, SignInNeeded
from web.site import CurrentSite, Site, site_of
from web.templates_out import as_zip
from web.visitor import CurrentVisitor, Visitor, visitor_of

router = APIRouter(prefix="/cases", include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("", dependencies=[SIGNED_IN], name="cases")
def every(request: Request, session: Reading, kept: str = "") -> Response:
    before = _kept_before(request, kept)
    return _show_all(request, session, None, before.typed | _file_of(before) if before else {})


def _show_all(
    request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    who = _who(request)
    replaced = key_of(typed.get("replaces", ""))
    if replaced is not None:
        return _show_one(request, session, replaced, problem, typed)
    mine = action.departments_of(session, who, collecting=True)
    if problem and not mine:
        raise problem  # as where one case's form is not shown any more
    found, seen = seen_cases(session, who)
    content: dict[str, Any] = {
        "found": found,
        "overview": seen,
        "mine": mine,
        "may_decide": who.office,
    }
    return page(request, "cases.html", problem=problem, typed=typed, **_form_content(session), **content)


def _show_again(request: Request, session: Session, problem: PeopleError, typed: dict[str, str]) -> Response:
    """The form as it was sent; its file is kept, so that it need not be chosen again."""
    sent = getattr(request.state, "case_file", None)
    token = (sent.kept or pending.keep(request) or "") if sent is not None else typed.get("kept", "")
    return _show_all(request, session, problem, typed | _file_of(_kept_before(request, token)))


def _kept_before(request: Request, token: str) -> pending.Kept | None:
    return pending.kept(site_of(request), token, _who(request).id, 0)


def _file_of(before: pending.Kept | None) -> dict[str, str]:
    """What the form says of the file that need not be chosen again."""
    if before is None or not before.filename:
        return {"kept_file": ""}
    return {"kept": before.token, "kept_file": before.filename}


@router.post("", dependencies=[SIGNED_IN], name="hand_in_case")
@reshown_by(_show_again)
def hand_in(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    file: SentCaseFile,
    session: Writing,
    department: Annotated[Key, Form()],
    theme: Text = "",
    title: Text = "",
    text: Text = "",
    replaces: Text = "",
    keep_file: Annotated[bool, Form()] = False,
) -> Response:
    blob, filename = (file.blob, file.filename) if file else (None, "")
    written = action.Written(department, theme, title, text, blob, filename)
    old = key_of(replaces)
    action.hand_in(session, me, written, visitor.now, replaces=old, keep_file=keep_file)
    return see(request, "cases", done="case-replaced" if old else "case-handed")


@router.get("/all.zip", dependencies=[SIGNED_IN], name="all_cases")
def all_cases(visitor: CurrentVisitor, me: Me, site: CurrentSite, session: Reading) -> Response:
    """Every case that this person sees and that counts, with the list of all."""
    found, seen = seen_cases(session, me)
    whose = _("典型案例")
    return as_zip(site, _books(site, visitor, found, seen), f"{whose}-{visitor.now:%Y%m%d}.zip")


@router.get("/{case_id}", dependencies=[SIGNED_IN], name="case")
def one(request: Request, session: Reading, case_id: Key) -> Response:
    return _show_one(request, session, case_id, None, {})


def _show_one(
    request: Request, session: Session, case_id: int, problem: PeopleError | None, typed: dict[str, str]
) -> Response:
    who = _who(request)
    seen = action.seen_case(session, who, case_id)
    changeable, decidable = action.changeable(who, seen.case), who.office and seen.case.state in THERE
    if problem and (("title" in typed and not changeable) or ("reason" in typed and not decidable)):
        raise problem  # the page of all errors tells what was typed: the form for it is none of this one's
    content: dict[str, Any] = {
        "each": seen,
        "older": editions(session, seen.case),
        "changeable": changeable,
        "decidable": decidable,
    }
    return page(request, "case.html", problem=problem, typed=typed, **_form_content(session), **content)


def _show_decided(
    request: Request, session: Session, problem: PeopleError, typed: dict[str, str]
) -> Response:
    return _show_one(request, session, key_of(request.path_params["case_id"]) or 0, problem, typed)


@router.get("/{case_id}/file", dependencies=[SIGNED_IN], name="case_file")
def file(case_id: Key, me: Me, site: CurrentSite, session: Reading) -> Response:
    made = action.seen_case(session, me, case_id).case
    if made.blob is None:
        raise NotFound(_("这篇案例没有文件。"), _("它的正文写在页面上。"))
    return attached(site.blobs.get(made.blob), made.filename, "application/octet-stream")


@router.post("/{case_id}/withdraw", dependencies=[SIGNED_IN], name="withdraw_case")
@reshown_by(_show_decided)
def withdraw(request: Request, visitor: CurrentVisitor, me: Me, case_id: Key, session: Writing) -> Response:
    action.withdraw(session, me, case_id, visitor.now)
    return see(request, "cases", done="case-withdrawn")


@router.post("/{case_id}/take", dependencies=[OFFICE], name="take_case")
@reshown_by(_show_decided)
def take(request: Request, visitor: CurrentVisitor, me: Me, case_id: Key, session: Writing) -> Response:
    action.take_in(session, me, case_id, visitor.now)
    return see(request, "cases", done="case-taken")


@router.post("/{case_id}/return", dependencies=[OFFICE], name="return_case")
@reshown_by(_show_decided)
def send_back(
    request: Request, visitor: CurrentVisitor, me: Me, case_id: Key, session: Writing, reason: Reason = ""
) -> Response:
    action.send_back(session, me, case_id, reason, visitor.now)
    return see(request, "cases", done="case-returned")


def _who(request: Request) -> Who:
    who = visitor_of(request).who
    if who is None:
        raise SignInNeeded()
    return who


def _form_content(session: Session) -> dict[str, Any]:
    """What the form for a case needs to know."""
    return {
        "themes": plan_in_force(session).schedule.case_themes,
        "accepted": ACCEPTED,
        "longest_title": action.LONGEST_TITLE,
        "longest_text": action.LONGEST_TEXT,
        "case_words": case_words,
    }


def _books(site: Site, visitor: Visitor, found: list[Case], seen: Overview) -> Iterator[tuple[bytes, str]]:
    name, gone = _("案例清单"), unreadable(site, found)
    yield list_of(found, seen, visitor, gone), f"{name}.xlsx"
    for number, each in enumerate(found, 1):
        if each.case.state in THERE:
            yield from files_of(site, number, each, gone)
