"""A dropped file finds its assignment, is read, and becomes a version in a transaction of its own."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from sqlmodel import Session

from actions import clock
from actions.submit import Content, submit, upload
from actions.who import Who
from models.blobs import Lost
from models.errors import Overloaded, PeopleError, TooMany
from models.worklist import Line
from web.confining import confined_rows
from web.deps import writing_now
from web.dropped import ASKED, KEPT, PERSONAL, REFUSED, SUBMITTED, WAITING, Drop, Outcome
from web.language import gettext as _
from web.language import sentence
from web.lost import told
from web.received import Order, content_of, order_of, stored
from web.site import Site
from web.templates_out import own_lines

if TYPE_CHECKING:
    from workbooks.reading import Identified
    from workbooks.stamp import TemplateStamp

CODE = re.compile(r"(?<![\d.])\d+(?:\.\d+)*(?![\d.]*\d)")
log = logging.getLogger("caiji.web")


async def take_waiting(site: Site, me: Who, drop: Drop, most: int | None = None) -> bool:
    """Take the files nobody has looked at, at most so many; False where there was no room for one."""
    try:
        await _identify(site, me, drop)
        for number in drop.waiting()[:most]:
            await take(site, me, drop, number)
    except (TooMany, Overloaded):
        return False
    return True


async def _identify(site: Site, me: Who, drop: Drop) -> None:
    """Find the assignments of all files that have none yet, by one look into all of them."""
    unknown = [number for number in drop.waiting() if drop.outcome(number).assignment is None]
    if unknown:
        async with site.queue.place(me.id):
            await run_sync(_find_places, site, me, drop, unknown)


def _find_places(site: Site, me: Who, drop: Drop, numbers: list[int]) -> None:
    with stored():
        found = site.readers.identify([drop.path(number) for number in numbers])
    with site.database.reading() as session:
        own = own_lines(session, me)
    for number, identified in zip(numbers, found, strict=True):
        drop.settle(number, _place(own, identified, drop.names[number]))


async def take(site: Site, me: Who, drop: Drop, number: int, chosen: int | None = None) -> None:
    """Take one file for the assignment that was chosen, else for the one found for it.

    TooMany or Overloaded where there is no room to read it: it goes on waiting.  Whatever else is wrong with
    it becomes its outcome.
    """
    try:
        outcome = await _taken(site, me, drop, number, chosen)
    except Lost as lost:
        outcome = _refused(await run_sync(told, site, lost))
    except (TooMany, Overloaded):
        raise
    except PeopleError as refused:
        outcome = _refused(refused)
    except Exception:
        incident = secrets.token_hex(4).upper()
        log.exception("incident %s: a dropped file", incident)
        remedy = _("请再上传一次；仍不行时，请把编号 %(number)s 告诉质量部。") % {"number": incident}
        outcome = Outcome(REFUSED, message=_("系统出了点问题，这份文件没有存入。"), remedy=remedy)
    await run_sync(drop.settle, number, outcome)


def _refused(problem: PeopleError) -> Outcome:
    return Outcome(REFUSED, message=sentence(problem.message), remedy=sentence(problem.remedy))


async def _taken(site: Site, me: Who, drop: Drop, number: int, chosen: int | None) -> Outcome:
    async with site.queue.place(me.id):
        order, content = await run_sync(_read, site, me, drop, number, chosen)
        confined = await run_sync(confined_rows, site, order.line.id, content.rows_blob)
    hand_in = partial(submit, blobs=site.blobs, confined=confined) if drop.submit else None
    async with writing_now(site) as session:
        return await run_sync(_kept, session, me, order.line, content, hand_in)


def _read(site: Site, me: Who, drop: Drop, number: int, chosen: int | None) -> tuple[Order, Content]:
    order = order_of(site, me, chosen or drop.outcome(number).assignment or 0)
    return order, content_of(site, order, drop.path(number), drop.names[number])


def _place(own: list[Line], found: Identified, name: str) -> Outcome:
    """Waiting with the assignment that the file belongs to; else why there is none."""
    if found.refused is not None:
        return Outcome(
            REFUSED, message=sentence(found.refused.message), remedy=sentence(found.refused.remedy)
        )
    if found.stamp is not None and found.stamp.department:
        return _stamped(found.stamp, own)
    fitting = [line for line in own if line.table.code == found.code]
    return _asked(found.code, own, name) if len(fitting) != 1 else _found(fitting[0])


def _found(line: Line) -> Outcome:
    return Outcome(WAITING, assignment=line.id, label=line.label)


def _stamped(stamp: TemplateStamp, own: list[Line]) -> Outcome:
    """By table and department: an id alone could be another year's."""
    line = next(
        (each for each in own if (each.table.code, each.department) == (stamp.table, stamp.department)), None
    )
    if line is None:
        theirs = {"table": stamp.table, "department": stamp.department}
        return Outcome(
            REFUSED,
            message=_("这份工作簿属于“%(department)s”的数据表 %(table)s，不在您的任务里。") % theirs,
            remedy=_("请交给该部门的采集员；选错文件的，请换成自己部门的工作簿。"),
        )
    if stamp.person:
        return Outcome(
            PERSONAL,
            assignment=line.id,
            label=line.label,
            message=_("这是“%(person)s”一个人的表，要与其他人的合并，没有单独存成一版。")
            % {"person": stamp.person},
        )
    return _found(line)


def _asked(code: str, own: list[Line], name: str) -> Outcome:
    """Nobody knows which table it is; the file's name may give a hint."""
    named = [line for found in CODE.findall(name) for line in own if line.table.code == found]
    if code:
        message = _("看起来是数据表 %(table)s，但不能确定是您的哪一项任务。") % {"table": code}
    else:
        message = _("文件里没有标识，认不出是哪张表。")
    return Outcome(ASKED, message=message, guess=named[0].id if named else None)


def _kept(
    session: Session, me: Who, line: Line, content: Content, hand_in: Callable[..., Line] | None
) -> Outcome:
    now = clock.now(session)
    version = upload(session, me, line.id, content, now)
    state, refusal = KEPT, PeopleError("")
    if hand_in and not version.errors:
        try:
            hand_in(session, me, line.id, version.id or 0, now)
            state = SUBMITTED
        except PeopleError as refused:
            refusal = refused
    return Outcome(
        state,
        assignment=line.id,
        label=line.label,
        version=version.number,
        rows=version.row_count,
        errors=version.errors,
        warnings=version.warnings,
        message=sentence(refusal.message),
        remedy=sentence(refusal.remedy),
    )
