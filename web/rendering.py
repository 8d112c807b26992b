"""Pages from templates: links that know the sub-path, times in the campaign's zone, two languages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from models.stages import STAGES
from web import board_words, call_words, mail_words, plan_words, words
from web.done_words import done
from web.language import gettext, ngettext, ours, sentence, spoken
from web.site import Site, site_of
from web.visitor import VISIT, visitor_of

ROOT = Path(__file__).parent.parent
STATIC = Path(__file__).parent / "static"


def page(request: Request, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """A whole page, with what every page shows around its content."""
    visitor = visitor_of(request)
    around = {"request": request, "me": visitor, "done": done(request.query_params.get("done", ""))}
    site = site_of(request)
    around["mail_off"] = visitor.office and site.settings.mail_paused
    html = (
        environment()
        .get_template(f"pages/{template}")
        .render(
            **around, prefect=site.prefect, language=spoken.get(), typed=content.pop("typed", {}), **content
        )
    )
    answer = HTMLResponse(html, status)
    if visitor.new_visit:
        set_cookie(answer, site, VISIT, visitor.new_visit)
    return answer


def see(
    request: Request, name: str, /, *, done: str = "", told: Mapping[str, int] | None = None, **params: Any
) -> RedirectResponse:
    """Send the browser on to the page of this name after something has been done; ``told``: in numbers."""
    query = urlencode({"done": done, **(told or {})}) if done else ""
    return RedirectResponse(link(request, name, **params) + (f"?{query}" if query else ""), 303)


def link(request: Request, name: str, /, **params: Any) -> str:
    """The path of a route, under the sub-path that the site is served from."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return root + _path(request.app, name, {key: str(value) for key, value in params.items()})


def _path(app: FastAPI, name: str, params: dict[str, str]) -> str:
    """Its form is looked for among all routes once; pages of people have thousands of links."""
    if not all(value and "/" not in value for value in params.values()):
        return str(app.url_path_for(name, **params))
    forms: dict[tuple[str, ...], str] = app.state.paths
    key = name, *params
    if key not in forms:
        forms[key] = str(app.url_path_for(name, **{each: f"{{{each}}}" for each in params}))
    return forms[key].format(**params)


def absolute(request: Request, name: str, /, **params: Any) -> str:
    """The whole address of a route, to be opened elsewhere."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    base = site_of(request).public_url or str(request.base_url)
    return base.rstrip("/").removesuffix(root) + link(request, name, **params)


def set_cookie(
    answer: HTMLResponse | RedirectResponse, site: Site, name: str, value: str, seconds: int | None = None
) -> None:
    """A cookie that scripts cannot read and other sites' requests don't carry; kept for ``seconds``, else
    until the browser is closed."""
    settings = site.settings
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=settings.root_path or "/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


@cache
def environment() -> Environment:
    """The templates' environment: everything escaped, unknown names refused."""
    loader = FileSystemLoader(ROOT / "templates")
    found = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.globals.update(url=_url, static=_static, stages=STAGES)
    found.globals.update(words=words, plan_words=plan_words, mail_words=mail_words, call_words=call_words)
    found.globals.update(board_words=board_words)
    found.filters.update(
        sentence=sentence,
        ours=ours,
        moment=_moment,
        instant=datetime.fromisoformat,
        day=_day,
        clock=_clock,
        until=_until,
        real=_real,
    )
    translating: Any = found
    translating.install_gettext_callables(gettext, ngettext, newstyle=True)
    return found


@pass_context
def _url(context: Context, name: str, /, **params: Any) -> str:
    return link(context["request"], name, **params)


@pass_context
def _static(context: Context, name: str) -> str:
    root = str(context["request"].scope.get("root_path", "")).rstrip("/")
    return f"{root}/static/{name}?v={_print_of(name)}"


@cache
def _print_of(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "none"


@pass_context
def _moment(context: Context, at: datetime | None) -> str:
    return "—" if at is None else _local(context, at).strftime(gettext("%m月%d日 %H:%M"))


@pass_context
def _day(context: Context, at: datetime | None) -> str:
    return "—" if at is None else _local(context, at).strftime(gettext("%m月%d日"))


@pass_context
def _clock(context: Context, at: datetime) -> str:
    return _local(context, at).strftime("%Y-%m-%d %H:%M")


@pass_context
def _real(context: Context, shown: str) -> str:
    """A shown time of the wall's clock: said to be so where the campaign's clock is moved."""
    return gettext("%(at)s（真实时间）") % {"at": shown} if context["me"].rehearsal else shown


@pass_context
def _until(context: Context, at: datetime | None) -> str:
    return "" if at is None else words.until(at, context["me"].now)


def _local(context: Context, at: datetime) -> datetime:
    return at.astimezone(context["me"].zone)
