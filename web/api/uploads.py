"""`/api/v1/uploads`: many workbooks at once; each finds its assignment, one bad file stops no other."""

from __future__ import annotations

import shutil
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, File, Form, UploadFile

from web.deps import Me
from web.dropped import WAITING, Outcome, keep
from web.language import gettext as _
from web.queueing import SECONDS
from web.rules import SIGNED_IN
from web.site import CurrentSite
from web.taking import take_waiting

router = APIRouter(prefix="/api/v1/uploads", tags=["work"])


@router.post("", dependencies=[SIGNED_IN])
async def upload_many(
    me: Me,
    site: CurrentSite,
    files: Annotated[list[UploadFile], File()],
    submit: Annotated[bool, Form()] = False,
) -> dict[str, Any]:
    """Keep each workbook as a version; ``submit``: hand those in that have no errors.

    ``state`` is kept, submitted, asked (no telling which table it is: send it to its assignment), personal
    (one person's sheet), refused, or waiting (no room now: send it again).
    """
    drop = await run_sync(lambda: keep(site, me.id, files, submit=submit))
    try:
        await take_waiting(site, me, drop)
        return {"items": [_item(name, outcome) for _number, name, outcome in drop.items()]}
    finally:
        await run_sync(lambda: shutil.rmtree(drop.folder, ignore_errors=True))


def _item(name: str, outcome: Outcome) -> dict[str, Any]:
    message = outcome.message
    if outcome.state == WAITING:
        message = _("现在上传的人很多，这份文件没有收下：请过 %(seconds)s 秒再传。") % {"seconds": SECONDS}
    return {
        "filename": name,
        "state": outcome.state,
        "assignment": outcome.assignment,
        "label": outcome.label,
        "version": outcome.version,
        "rows": outcome.rows,
        "errors": outcome.errors,
        "warnings": outcome.warnings,
        "message": message,
        "remedy": outcome.remedy,
    }
