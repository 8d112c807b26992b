"""A version's workbook given back with its findings marked, to be mended and uploaded again."""

from __future__ import annotations

import logging

from actions.plan_in_force import plan_in_force
from actions.who import Who
from models.blobs import Lost
from models.errors import NotFound, Unstorable, Unusable
from models.history import findings
from web.language import gettext as _
from web.pages.assignment import demand_version, seen_by
from web.site import Site

log = logging.getLogger("caiji.web")


def annotated_of(site: Site, me: Who, assignment_id: int, number: int) -> tuple[bytes, str]:
    """The workbook and its file name; it may take seconds, and a limited child process does it."""
    with site.database.reading() as session:
        seen = seen_by(session, me, assignment_id)
        version = demand_version(session, seen, number)
        found = [each.as_found() for each in findings(session, version.id or 0)]
        schedule = plan_in_force(session).schedule
    if version.blob is None or version.rows_blob is None:
        raise NotFound(_("这个版本没有文件。"), _("无数据申报和平台填报确认不含工作簿。"))
    path = site.blobs.path(version.blob)
    if not path.is_file():
        raise Lost(version.blob)
    rows = site.blobs.get(version.rows_blob)
    try:
        done = site.readers.annotate(path, seen.table.code, schedule, found, rows)
    except OSError as error:
        log.exception("a workbook could not be annotated")
        raise Unstorable(
            _("服务器现在写不出带批注的文件（磁盘已满，或数据目录不能写入）。"),
            _("请联系信息中心处理后再下载一次；已保存的数据不受影响。"),
        ) from error
    if done.refused is not None:
        raise Unusable(done.refused.message, done.refused.remedy)
    marked = _("批注")
    return done.content, f"{seen.table.code}-v{number}-{marked}-{version.filename}"
