"""A kept file that cannot be read: a sentence for whoever asked, an incident for the office."""

from __future__ import annotations

import logging

from actions.clock import wall
from models.blobs import Lost
from models.errors import Overloaded
from models.incidents import FILE, open_incidents, tell_lost
from web.language import gettext as _
from web.site import Site

log = logging.getLogger("caiji.web")


def told(site: Site, lost: Lost) -> Overloaded:
    """Tell the office, once; the error to show.  Not for use while the write lock is held."""
    log.error("%s", lost, exc_info=lost)
    with site.database.reading() as session:
        known = any(each.subject.endswith(lost.name) for each in open_incidents(session, [FILE]))
    if not known:
        with site.database.writing() as session:
            tell_lost(session, lost.name, wall())
    return Overloaded(
        _("原文件暂时读不到。"), _("数据没有改动，质量部已收到提醒。请稍后再试；急用请联系信息中心。")
    )
