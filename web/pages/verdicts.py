"""平台结论: the national platform's verdicts pasted in bulk, shown by line, then recorded together (S16)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from actions.verdicts import Proposed, awaiting, count_awaiting, propose, record_verdicts, stamp_of
from models.errors import PeopleError, Unusable
from models.worklist import Line
from plans.excel import excel_grids
from plans.importing import opened
from web.deps import Me, Reading, Writing
from web.errors import reshown_by
from web.language import gettext as _
from web.language import sentence
from web.rendering import page, see
from web.rules import OFFICE
from web.visitor import CurrentVisitor

router = APIRouter(prefix="/verdicts", include_in_schema=False)
LARGEST = 5_000_000
LONGEST = 1_000_000
Text = Annotated[str, Form(max_length=LONGEST)]


@router.get("", dependencies=[OFFICE], name="verdicts")
def verdicts(request: Request, session: Reading, fill: bool = False) -> Response:
    """The empty box, or with everything that waits for a verdict written into it."""
    waiting = awaiting(session)
    typed = {"pasted": "\n".join(map(_to_fill, waiting))} if fill else {}
    return page(
        request,
        "verdicts.html",
        waiting=len(waiting),
        found=[],
        typed=typed,
        problem=None,
        seen="",
        said=sentence,
    )


def _show(request: Request, session: Session, problem: PeopleError | None, typed: dict[str, str]) -> Response:
    """The box with what was pasted, and what each of its lines would do."""
    found: list[Proposed] = []
    try:
        found = propose(session, typed.get("pasted", ""))
    except Unusable as error:
        problem = problem or error
    return _page(request, count_awaiting(session), found, typed, problem)


def _page(
    request: Request, waiting: int, found: list[Proposed], typed: dict[str, str], problem: PeopleError | None
) -> Response:
    return page(
        request,
        "verdicts.html",
        problem.status if problem else 200,
        waiting=waiting,
        found=found,
        typed=typed,
        problem=problem,
        seen=stamp_of(found),
        said=sentence,
    )


@router.post("/preview", dependencies=[OFFICE], name="verdicts_preview")
@reshown_by(_show)
def preview(
    request: Request,
    session: Reading,
    pasted: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    texts = [pasted.strip("\r\n"), _lines_of(file) if file is not None and file.filename else ""]
    return _show(request, session, None, {"pasted": "\n".join(each for each in texts if each)})


@router.post("", dependencies=[OFFICE], name="verdicts_record")
@reshown_by(_show)
def record(
    request: Request,
    visitor: CurrentVisitor,
    me: Me,
    session: Writing,
    pasted: Text = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    record_verdicts(session, me, pasted, seen, visitor.now)
    return see(request, "verdicts", done="verdicts")


def _to_fill(line: Line) -> str:
    return f"{line.table.code} {line.table.name}\t{line.department}\t"


def _lines_of(file: UploadFile) -> str:
    """The first sheet's rows as lines with tabs."""
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unusable(_("文件太大。"), _("请只留表号、部门、结论、平台提示四列，另存后再试。"))
    _text, grids = opened(excel_grids, content, str(file.filename), _("Excel 工作簿（.xlsx）"))
    rows = grids[0] if grids else []
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows if any(row))
