"""汇总: what the final summary holds, and what it leaves out and why."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from fastapi import APIRouter, Request, Response

from actions import summary as action
from actions.confirmation import confirming
from web.deps import Me, Reading
from web.pages.files import attached
from web.rendering import page
from web.rules import OVERSEER
from web.site import CurrentSite
from web.summary_words import excluded
from web.visitor import CurrentVisitor

SAME_MOMENT = (2020, 1, 1, 0, 0, 0)
"""The same summary is the same archive, whenever it is downloaded."""
SHOWN = 300
"""What is left out is listed so far; the manifest has all of it."""
router = APIRouter(include_in_schema=False)


@router.get("/summary", dependencies=[OVERSEER], name="summary")
def summary(request: Request, me: Me, session: Reading, table: str = "", department: str = "") -> Response:
    found = action.summary(session)
    left_out = [
        each for each in found.excluded if table in ("", each.code) and department in ("", each.department)
    ]
    return page(
        request,
        "summary.html",
        summary=found,
        left_out=left_out[:SHOWN],
        number=len(left_out),
        only=(table, department),
        tables=[(each.code, each.name) for each in found.tables],
        excluded=excluded,
        confirming=confirming(session, me),
    )


@router.get("/summary/download", dependencies=[OVERSEER], name="summary_download")
def download(visitor: CurrentVisitor, site: CurrentSite, session: Reading) -> Response:
    """The whole summary in one zip: a workbook a table, the manifest, the data package."""
    with tempfile.TemporaryDirectory(dir=_room(site.data)) as folder:
        action.export(session, site.blobs, Path(folder))
        content = _zipped(Path(folder))
    return attached(content, f"summary-{visitor.now:%Y%m%d-%H%M}.zip", "application/zip")


def _room(data: Path) -> Path:
    folder = data / "outgoing"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            info = zipfile.ZipInfo(str(file.relative_to(folder)), SAME_MOMENT)
            archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
