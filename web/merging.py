"""Many people's workbooks, read one after another and merged before any transaction is opened (P11)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, UploadFile
from sqlmodel import Session

from actions.merge import REPLACE, Gathering, Hand, Refusal, content_of_hands
from actions.submit import Content, latest_version
from actions.who import Who
from checks.finding import Finding
from models import Version
from models.errors import Conflict, Unusable
from models.version import found_at_upload
from models.worklist import Line, current_campaign, lines
from web.deps import Me
from web.dropped import MOST_FILES, PERSONAL, dropped
from web.filenames import name_sent
from web.language import gettext as _
from web.language import sentence
from web.numbers import Amount, Key
from web.received import Order, on_disk, order_of, read, stored
from web.site import CurrentSite, Site


@dataclass(frozen=True)
class Book:
    """A workbook that was sent: the name it had, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class Ground:
    """What the books are merged into: the assignment, its newest version, the other departments' rows."""

    order: Order
    campaign: str
    former: Version | None
    found: Sequence[Finding]
    others: Sequence[tuple[str, str]]


async def merging(
    assignment_id: Key,
    site: CurrentSite,
    me: Me,
    files: Annotated[list[UploadFile] | None, File()] = None,
    mode: Annotated[Literal["add", "replace"], Form()] = "add",
    newest: Annotated[Amount, Form()] = 0,
    kept: Annotated[str, Form(max_length=64)] = "",
) -> Content:
    """The content that the files sent make up, or the one-person sheets among those that were ``kept``.

    ``newest``: the number of the newest version that the page has seen (0: none); a newer one is not replaced
    (409).  All wait for one reader together, like an upload, so that none is lost for want of another.
    """
    ground = await run_sync(_ground, site, me, assignment_id)
    if mode == REPLACE:
        _demand_seen(ground, newest)
    given = [file for file in files or () if file.filename]
    with ExitStack() as disk:
        with stored():
            books = [
                Book(name_sent(file.filename), disk.enter_context(on_disk(site, file))) for file in given
            ]
        books += _kept(site, me, assignment_id, kept) if kept else []
        _demand_some(len(books))
        async with site.queue.place(me.id):
            return await run_sync(_merged, site, ground, mode, books)


Merging = Annotated[Content, Depends(merging)]


def _kept(site: Site, me: Who, assignment_id: int, token: str) -> list[Book]:
    drop = dropped(site, token, me.id)
    return [
        Book(name, drop.path(number))
        for number, name, outcome in drop.items()
        if outcome.state == PERSONAL and outcome.assignment == assignment_id
    ]


def _ground(site: Site, me: Who, assignment_id: int) -> Ground:
    order = order_of(site, me, assignment_id)
    with site.database.reading() as session:
        former = latest_version(session, assignment_id)
        found = found_at_upload(session, former.id or 0) if former else []
        return Ground(order, current_campaign(session).name, former, found, _others(session, order.line))


def _others(session: Session, own: Line) -> list[tuple[str, str]]:
    """What the other departments have handed in for the same table."""
    return [
        (each.department, each.version.rows_blob)
        for each in lines(session, table=own.table.code)
        if each.id != own.id and each.version is not None and each.version.rows_blob
    ]


def _demand_seen(ground: Ground, newest: int) -> None:
    number = ground.former.number if ground.former else 0
    if number != newest:
        raise Conflict(
            _("打开页面之后又存入了第 %(number)s 版，没有替换它。") % {"number": number},
            _("请刷新页面，核对后再决定是加入还是替换；您的文件仍在您的电脑上。"),
            newest=number,
        )


def _demand_some(count: int) -> None:
    if count == 0:
        raise Unusable(_("没有选择文件。"), _("请选择各人填好的 Excel 工作簿（.xlsx），可以一次选择多份。"))
    if count > MOST_FILES:
        raise Unusable(
            _("一次最多合并 %(most)s 份文件。") % {"most": MOST_FILES},
            _("请分几次合并，后几次选“加入现有数据”。"),
        )


def _read(site: Site, order: Order, book: Book) -> Hand | Refusal:
    from checks.rows import from_parquet

    try:
        with stored():
            result = read(site, order, book.path)
    except Unusable as refused:
        return Refusal(book.name, sentence(refused.message), sentence(refused.remedy))
    person = result.stamp.person if result.stamp else ""
    return Hand(book.name, person, from_parquet(result.rows), result.findings)


def _merged(site: Site, ground: Ground, mode: str, books: Sequence[Book]) -> Content:
    found = [_read(site, ground.order, book) for book in books]
    hands = [each for each in found if isinstance(each, Hand)]
    refused = [each for each in found if isinstance(each, Refusal)]
    gathering = Gathering(mode, hands, refused, ground.former, ground.found, ground.others)
    order = ground.order
    with stored():
        return content_of_hands(site.blobs, order.line, ground.campaign, order.known, gathering)
