"""An uploaded workbook, read by a limited child process before any transaction is opened."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, UploadFile

from actions import clock
from actions.acceptance import demand_open
from actions.inputs import source_rows
from actions.plan_in_force import plan_in_force
from actions.submit import Content
from actions.who import Who, demand_collector
from models.blobs import Lost
from models.errors import Unstorable, Unusable
from models.stages import APPROVED, stage_conflict
from models.worklist import Line, line
from plans.plan import Schedule
from web import pending
from web.deps import Me
from web.language import gettext as _
from web.numbers import Key
from web.site import CurrentSite, Site

if TYPE_CHECKING:
    from workbooks.stamp import TemplateStamp

log = logging.getLogger("caiji.web")


async def received(
    assignment_id: Key,
    site: CurrentSite,
    me: Me,
    file: Annotated[UploadFile | None, File()] = None,
    kept: Annotated[str, Form()] = "",
) -> Content:
    """The content of the workbook sent, or of the one kept from before signing in again.

    Unusable (422) where it cannot be read or belongs to another table or department; it waits for a reader
    without holding a thread.
    """
    async with site.queue.place(me.id):
        return await run_sync(_stored, site, me, assignment_id, file, kept)


Received = Annotated[Content, Depends(received)]


def _stored(site: Site, me: Who, assignment_id: int, file: UploadFile | None, kept: str) -> Content:
    try:
        return _content(site, me, assignment_id, file, kept)
    except Lost:
        raise
    except OSError as error:
        log.exception("an upload for assignment %s could not be kept", assignment_id)
        raise Unstorable(
            _("服务器现在存不下这份文件（磁盘已满，或数据目录不能写入），没有保存任何内容。"),
            _("文件仍在您的电脑上：请联系信息中心处理后再上传一次。"),
        ) from error


def _content(site: Site, me: Who, assignment_id: int, file: UploadFile | None, kept: str) -> Content:
    seen, schedule, sources = _permitted(site, me, assignment_id)
    if kept:
        found = pending.kept(site, kept, me.id, assignment_id)
        if found is None or not found.filename:
            raise Unusable(_("保留的文件已过期。"), _("请重新选择文件上传。"))
        return read(site, found.file, found.filename, seen, schedule, sources)
    if file is None or not file.filename:
        raise Unusable(_("没有选择文件。"), _("请选择填好的 Excel 工作簿（.xlsx）再上传。"))
    with _on_disk(site, file) as path:
        return read(site, path, file.filename, seen, schedule, sources)


def read(
    site: Site, path: Path, filename: str, seen: Line, schedule: Schedule, sources: dict[str, str]
) -> Content:
    """Read the workbook, keep its bytes and typed rows, and say what was found."""
    approved = {code: _present(site, blob) for code, blob in sources.items()}
    result = site.readers.read(path, seen.table.code, schedule, approved)
    if result.unreadable:
        first = result.findings[0]
        raise Unusable(first.message, first.remedy, rule=first.rule)
    _demand_own(result.stamp, seen)
    return Content(
        kind="upload",
        blob=site.blobs.put(path.read_bytes()),
        rows_blob=site.blobs.put(result.rows),
        filename=Path(filename).name[:200],
        row_count=result.row_count,
        findings=result.findings,
        base=result.stamp.version if result.stamp else None,
    )


def _present(site: Site, blob: str) -> Path:
    path = site.blobs.path(blob)
    if not path.is_file():
        raise Lost(blob)
    return path


def _demand_own(stamp: TemplateStamp | None, seen: Line) -> None:
    """Unusable where the template says that it is another department's (the reader knows the table)."""
    if stamp is not None and stamp.department and stamp.department != seen.department:
        raise Unusable(
            _("这份工作簿属于“%(theirs)s”，不属于“%(ours)s”。")
            % {"theirs": stamp.department, "ours": seen.department},
            _("请使用从本页面下载的模板填报。"),
        )


def _permitted(site: Site, me: Who, assignment_id: int) -> tuple[Line, Schedule, dict[str, str]]:
    """Ask before reading, so that nobody makes a child process work for what will be refused."""
    with site.database.reading() as session:
        seen = line(session, assignment_id)
        demand_collector(me, seen.assignment)
        if seen.assignment.stage in APPROVED:
            raise stage_conflict("submit", seen.assignment.stage)
        demand_open(session, seen, clock.now(session))
        return seen, plan_in_force(session).schedule, source_rows(session, seen.table.code)


@contextmanager
def _on_disk(site: Site, file: UploadFile) -> Iterator[Path]:
    folder = site.data / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "workbook.xlsx"
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        yield path
