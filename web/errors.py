"""Errors as people meet them: a sentence and a remedy, on a page or in JSON; what was typed stays."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from starlette.exceptions import HTTPException

from models.blobs import Lost
from models.errors import PeopleError
from plans.problems import PlanError
from web import pending
from web.dropped import keep_unsent
from web.language import gettext as _
from web.language import sentence
from web.lost import told
from web.rendering import link, page
from web.rules import SAFE, SignInNeeded
from web.site import site_of
from web.visitor import visitor_of

Reshow = Callable[[Request, Session, PeopleError, dict[str, str]], Response]
Route = Callable[..., Any]
UNTYPED = re.compile(
    r"csrf|version|seen|answering|extension|stage|rule|rows|sheet|column|key|explained|kept|finding|newest|base|rev|wish|next|mode|decision|"
    r"about-\d+|roster-.+|reached|verdict|scope|wanted|severity|offset|owner|chosen|submit|confirmed|back|state|username|replaces|keep_file|department|"
    r".*(password|secret|token).*"
)
"""Fields that pages fill in themselves, buttons, and what nobody is to read over a shoulder."""
PROBLEMS_TOLD = 200
"""Of a wrong file that has hundreds of thousands: the message counts them all."""
_RESHOWN: dict[Route, Reshow] = {}
log = logging.getLogger("caiji.web")


def reshown_by(show: Reshow) -> Callable[[Route], Route]:
    """Where this route is refused, show this page again, with the error and what was typed."""

    def mark(route: Route) -> Route:
        _RESHOWN[route] = show
        return route

    return mark


def install(app: FastAPI) -> None:
    """Every error that may reach the edge has its answer."""
    app.add_exception_handler(PeopleError, _people_error)
    app.add_exception_handler(PlanError, _plan_error)
    app.add_exception_handler(RequestValidationError, _bad_input)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OverflowError, _too_far)
    app.add_exception_handler(Lost, _lost)
    app.add_exception_handler(DBAPIError, _database_silent)


def wants_json(request: Request) -> bool:
    """Whether a program asks."""
    root = str(request.scope.get("root_path", ""))
    path = request.url.path.removeprefix(root)
    return path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def incident_page(request: Request, number: str) -> Response:
    """The answer to an error of ours; its number stands in the log."""
    problem = PeopleError(
        _("系统出了点问题，这次操作没有完成。"),
        _("您的数据没有丢失。请稍后再试；仍不行时，请把编号 %(number)s 告诉质量部。") % {"number": number},
        incident=number,
    )
    problem.status = 500
    try:
        return _answer(request, problem)
    except Exception:
        log.exception("incident %s: its page failed too", number)
        return Response(f"{problem.message}{problem.remedy}", 500, media_type="text/plain; charset=utf-8")


def _people_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PeopleError)
    if error.status in (403, 404):
        who = visitor_of(request).who
        log.info("%s for %s: %s", error.status, who.staff_no if who else "-", asked(request))
    if isinstance(error, SignInNeeded) and not wants_json(request):
        return _to_sign_in(request)
    return _answer(request, error)


def asked(request: Request) -> str:
    """The route that was asked for, never the path: an activation link's secret stands in it."""
    route = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', '?')} {request.path_params.get('assignment_id', '')}"


def _database_silent(request: Request, error: Exception) -> Response:
    """Whoever asks what is up hears that the database isn't; anybody else meets an error of ours."""
    if getattr(request.scope.get("route"), "name", "") != "readyz":
        raise error
    return JSONResponse(dict.fromkeys(("database", "worker", "prefect", "mail"), False), 503)


def _plan_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlanError)
    told = error.problems[:PROBLEMS_TOLD]
    problems = [vars(each) | {"message": sentence(each.message)} for each in told]
    sentences = [sentence(each.sentence()) for each in told]
    problem = PeopleError(error.message, error.remedy, problems=problems, sentences=sentences)
    problem.status = error.status
    return _answer(request, problem)


def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [f"“{_place(item)}”{_complaint(item)}" for item in error.errors()[:5]]
    problem = PeopleError(_("%(wrong)s。") % {"wrong": _("；").join(wrong)}, _("请改正后再提交。"))
    problem.status = 422
    return _answer(request, problem)


def _lost(request: Request, error: Exception) -> Response:
    assert isinstance(error, Lost)
    return _answer(request, told(site_of(request), error))


def _too_far(request: Request, error: Exception) -> Response:
    """The net under all bounds: a number that the database or the calendar cannot hold."""
    log.warning("%s: %s", asked(request), error)
    problem = PeopleError(_("这个数字或时间超出了可用的范围。"), _("请改正后再提交。"))
    problem.status = 422
    return _answer(request, problem)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    limit = site_of(request).settings.upload_megabytes
    sentences = {
        404: (_("没有这个页面。"), _("请检查地址，或从首页重新进入。")),
        405: (_("这个地址不支持这种操作。"), _("请从页面上的按钮操作。")),
        413: (
            _("文件超过了 %(limit)s MB 的上限。") % {"limit": limit},
            _("请删去多余的工作表或图片后再上传；如数据确实很多，请联系质量部。"),
        ),
    }
    message, remedy = sentences.get(
        error.status_code, (_("这个请求无法处理。"), _("请返回上一页，刷新后再试。"))
    )
    problem = PeopleError(message, remedy)
    problem.status = error.status_code
    return _answer(request, problem)


def _answer(request: Request, problem: PeopleError) -> Response:
    translate(problem)
    if wants_json(request):
        body = {"error": problem.message, "remedy": problem.remedy, **problem.detail}
        challenge = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
        return JSONResponse(body, problem.status, challenge | _pause(problem))
    show = _RESHOWN.get(request.scope.get("endpoint", _answer))
    if show is not None:
        reshown = _reshow(request, show, problem)
        if reshown is not None:
            return reshown
    answer = page(request, "error.html", problem.status, problem=problem, kept=_told(request))
    answer.headers.update(_pause(problem))
    return answer


def translate(problem: PeopleError) -> None:
    """Say it in the language of this request, and each of its problems, where they are sentences."""
    problem.message, problem.remedy = sentence(problem.message), sentence(problem.remedy)
    problems = problem.detail.get("problems")
    if problems:
        told = [sentence(each) if isinstance(each, str) else each for each in problems]
        problem.detail["problems"] = told


def _pause(problem: PeopleError) -> dict[str, str]:
    """When to try again, where that is known."""
    return {"Retry-After": str(problem.detail["seconds"])} if "seconds" in problem.detail else {}


def _reshow(request: Request, show: Reshow, problem: PeopleError) -> Response | None:
    typed = getattr(request.state, "typed", {})
    try:
        with site_of(request).database.reading() as session:
            answer = show(request, session, problem, typed)
    except (PeopleError, Lost):
        return None
    except Exception:
        log.exception("%s: the page to show again failed", asked(request))
        return None
    answer.status_code = problem.status
    answer.headers.update(_pause(problem))
    return answer


def _told(request: Request) -> list[str]:
    """What a person wrote into the form that was sent: told again, so that it can be copied."""
    typed = getattr(request.state, "typed", {})
    return [text for name, text in typed.items() if text.strip() and not UNTYPED.fullmatch(name)]


def _to_sign_in(request: Request) -> Response:
    query = {"next": _back(request)}
    lapsed = visitor_of(request).lapsed
    if lapsed is not None:
        query["lapsed"] = "1"
        query |= _kept(request, lapsed) if request.method not in SAFE else {}
    return RedirectResponse(f"{link(request, 'sign_in')}?{urlencode(query)}", 303)


def _kept(request: Request, person_id: int) -> dict[str, str]:
    """Where what was sent waits for the person to come back."""
    if getattr(request.scope.get("route"), "name", "") == "upload_many":
        drop = keep_unsent(request, person_id)
        return {"next": link(request, "dropped", token=drop.token)} if drop else {}
    kept = pending.keep(request)
    return {"kept": kept} if kept else {}


def _back(request: Request) -> str:
    """Where to come back to: the page itself, or the assignment that a form belongs to."""
    if request.method in SAFE:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if getattr(request.scope.get("route"), "name", "") == "hand_in_case":
        return link(request, "cases")
    assignment = request.path_params.get("assignment_id")
    return link(request, "assignment", assignment_id=assignment) if assignment else link(request, "home")


def _place(item: dict[str, Any]) -> str:
    return str(item["loc"][-1]) if item.get("loc") else "?"


def _complaint(item: dict[str, Any]) -> str:
    kind = str(item.get("type", ""))
    if kind == "missing":
        return _("没有填写")
    if kind.startswith("int"):
        return _("应为整数")
    if kind in ("greater_than_equal", "less_than_equal"):
        return _("超出了可用的范围")
    if kind.startswith(("date", "time")):
        return _("不是可以识别的日期时间，例如 2020-11-18 09:00")
    return _("的值无法识别")
