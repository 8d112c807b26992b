"""The file of a typical case: a Word document or a PDF, kept before any transaction is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, Request, UploadFile

from actions.cases import demand_collector
from actions.who import Who
from models.errors import Unusable
from web import pending
from web.deps import Me
from web.filenames import name_sent
from web.language import gettext as _
from web.received import stored
from web.site import CurrentSite, Site

WORD, PDF = ".docx", ".pdf"
ACCEPTED = f"{WORD},{PDF}"
WORD_PARTS = (b"[Content_Types].xml", b"word/document.xml")
MACROS = re.compile(rb"vbaproject", re.IGNORECASE)
HEAD = 1024
"""Within how many bytes a PDF says that it is one."""


@dataclass(frozen=True)
class CaseFile:
    """A stored file, and what it was called; ``kept``: its token, empty where it was sent just now."""

    blob: str
    filename: str
    kept: str = ""


async def case_file(
    request: Request,
    site: CurrentSite,
    me: Me,
    file: Annotated[UploadFile | None, File()] = None,
    kept: Annotated[str, Form()] = "",
) -> CaseFile | None:
    """The file sent, or the one kept from an attempt before; None without any.

    Unusable (422) where it is neither a Word document nor a PDF, or no longer kept.
    """
    async with site.queue.place(me.id):
        found = await run_sync(_stored, site, me, file, kept)
    request.state.case_file = found
    return found


SentCaseFile = Annotated[CaseFile | None, Depends(case_file)]


def _stored(site: Site, me: Who, file: UploadFile | None, kept: str) -> CaseFile | None:
    demand_collector(me)
    if file is not None and file.filename:
        return _put(site, file.file.read(), name_sent(file.filename))
    if not kept:
        return None
    before = pending.kept(site, kept, me.id, 0)
    if before is None or not before.filename:
        raise Unusable(_("保留的文件已过期。"), _("请重新选择文件，再报送一次；您填写的内容还在。"))
    return _put(site, before.file.read_bytes(), before.filename, kept)


def _put(site: Site, content: bytes, filename: str, kept: str = "") -> CaseFile:
    demand_document(content, filename)
    with stored():
        return CaseFile(site.blobs.put(content), filename, kept)


def demand_document(content: bytes, filename: str) -> None:
    """Unusable unless the content is what the name says: a Word document without macros, or a PDF."""
    name = filename.lower()
    if name.endswith(PDF) and b"%PDF-" in content[:HEAD]:
        return
    if not name.endswith(WORD) or not _is_word(content):
        raise Unusable(
            _("“%(name)s”不是 .docx 或 .pdf 文件。") % {"name": filename},
            _("请用 Word 或 WPS 另存为 .docx（不设密码），或导出为 PDF，再选择一次；您填写的内容还在。"),
        )
    if MACROS.search(content):
        raise Unusable(
            _("“%(name)s”里有宏，为安全起见不接收。") % {"name": filename},
            _("请另存为不含宏的 .docx 或 PDF，再选择一次；您填写的内容还在。"),
        )


def _is_word(content: bytes) -> bool:
    """The names of a zip's parts stand in it as they are: nothing is unpacked."""
    return content.startswith(b"PK\x03\x04") and all(part in content for part in WORD_PARTS)
