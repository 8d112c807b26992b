"""Who may ask for what: every route names exactly one of these rules, a test holds it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from actions.calendar_address import demand_reader
from actions.receipts import demand_receipt
from models.digest import digest
from models.errors import NotFound, PeopleError, Refused, Unusable
from web.language import gettext as _
from web.site import Site, site_of
from web.visitor import Visitor, visitor_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NUL = "\x00"
RULES: dict[Callable[..., Any], str] = {}


class SignInNeeded(PeopleError):
    """Nobody is signed in, or the session has ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_("请先登录。"), _("登录后会回到刚才的页面。"))


async def genuine(request: Request) -> None:
    """Refused for an unsafe request that doesn't repeat the page's token; remembers what was typed.

    Only a token that names somebody stands in for the page's; a wrong one is refused whatever it asks for.
    It asks for nothing but the request: each of 140 routes would look through what else it asked for.
    """
    visitor, site = await run_in_threadpool(visitor_of, request), site_of(request)
    if visitor.rehearsal and not _at_home(request.headers.get("host", ""), site):
        raise PeopleError(_("演练只在本机使用，不接受这个网址。"), _("请打开启动时显示的地址。"))
    if request.method in SAFE:
        return
    if visitor.bearer and visitor.who is None:
        raise SignInNeeded()
    form = await _form(request)
    typed = {_whole(name): _whole(value) for name, value in form.items() if isinstance(value, str)}
    request.state.typed = typed
    if not visitor.bearer and not _same_site(request, site):
        raise Refused(_("这个请求来自另一个网站，已被拒绝。"), _("请在本系统的页面里操作。"))
    given = request.headers.get("x-csrf-token") or typed.get("csrf", "")
    if not visitor.bearer and not hmac.compare_digest(str(given).encode(), visitor.csrf.encode()):
        raise Refused(
            _("无法确认这个请求来自本系统的页面。"),
            _("可能已重新登录或页面打开过久：请返回上一页，刷新后再试；您填写的内容还在浏览器里。"),
        )
    _demand_storable(form)


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "")
    sent = kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))
    return await request.form() if sent else FormData()


def _demand_storable(form: FormData) -> None:
    """Unusable with the one character that PostgreSQL keeps in no text; what is shown again is without it."""
    if any(NUL in text for pair in form.multi_items() for text in pair if isinstance(text, str)):
        raise Unusable(
            _("填写的内容里有一个不能保存的字符（NUL，看不见），这次没有保存。"),
            _("请去掉这个字符再提交；页面重新显示的内容里已经去掉。"),
        )


def _whole(text: str) -> str:
    """The text without NUL, and a mark for each half of a character: a page that shows it must be sent."""
    return text.encode(errors="replace").decode().replace(NUL, "")


def _at_home(host: str, site: Site) -> bool:
    """Whether a rehearsal is asked for under its own name: any other may be a foreign page's, led here."""
    if host and host == _place(site.public_url):
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _place(address: str) -> str:
    """Host and port of an address; empty where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _same_site(request: Request, site: Site) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    known = {request.headers.get("host", ""), _place(site.public_url)}
    return _place(origin) in known - {""}


Genuine = Annotated[None, Depends(genuine)]


def rule(name: str, demand: Callable[[Visitor], None]) -> Any:
    """A rule as a route's dependency: first the token of unsafe requests, then the demand."""

    def ask(request: Request, _genuine: Genuine) -> None:
        demand(visitor_of(request))

    RULES[ask] = name
    return Depends(ask)


def _anybody(_visitor: Visitor) -> None:
    """Nothing more is demanded."""


def _signed_in(visitor: Visitor) -> None:
    if visitor.who is None:
        raise SignInNeeded()


def _overseer(visitor: Visitor) -> None:
    _signed_in(visitor)
    if not visitor.overseer:
        raise Refused(
            _("这个页面只对质量部、审计和院领导开放。"), _("您的任务在“我的任务”里；如需权限，请联系质量部。")
        )


def _office(visitor: Visitor) -> None:
    _signed_in(visitor)
    if not visitor.office:
        raise Refused(_("只有质量部可以进行此操作。"), _("如确需办理，请联系质量部。"))


def _rehearsal(visitor: Visitor) -> None:
    if not visitor.rehearsal:
        raise NotFound(_("没有这个页面。"), _("请从首页重新进入。"))


def _calendar(request: Request, _genuine: Genuine) -> None:
    """The secret in the address stands for the person: calendar programs send neither cookies nor tokens."""
    site = site_of(request)
    secret = str(request.path_params["secret"])
    site.pace.demand(f"calendar:{digest(secret)}")
    with site.database.reading() as session:
        request.state.reader = demand_reader(session, secret)


def _receipt(request: Request, _genuine: Genuine) -> None:
    """Who holds the link of a mail speaks for its addressee; whoever guesses is slowed down, and nobody else
    behind the same address of a proxy or a campus."""
    site = site_of(request)
    try:
        with site.database.reading() as session:
            demand_receipt(session, str(request.path_params["secret"]))
    except NotFound:
        site.guesses.demand(f"receipt:{request.client.host if request.client else ''}")
        raise


PUBLIC = rule("public", _anybody)
SIGNED_IN = rule("signed_in", _signed_in)
OVERSEER = rule("overseer", _overseer)
OFFICE = rule("office", _office)
REHEARSAL = rule("rehearsal", _rehearsal)
CALENDAR = Depends(_calendar)
RULES[_calendar] = "calendar"
RECEIPT = Depends(_receipt)
RULES[_receipt] = "receipt"
