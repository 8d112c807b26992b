"""Last year's summary, sent as one zip: unpacked within bounds, read, kept for a day until it is loaded."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Annotated
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from anyio.to_thread import run_sync
from fastapi import Depends, File, UploadFile

from actions import clock
from actions.last_export import LastYear, PartOfLastYear, Skipped, read_export
from actions.plan_in_force import plan_in_force
from actions.prefill import Prefill
from actions.summary import EXPLANATIONS, MANIFEST
from actions.tidy import kept_folder, still_kept, sweep_kept
from models.errors import NotFound, Unusable
from plans.sentence import Sentence
from web.deps import Me
from web.filenames import name_sent
from web.language import gettext as _
from web.pending import is_token
from web.received import stored
from web.site import CurrentSite, Site

MOST_FILES = 300
LARGEST_TEXT = 20_000_000
TOGETHER = 10
"""All files together may have as many times the bytes of one upload."""
PIECE = 1 << 20
ABOUT = "last-year.json"
WORKBOOK = re.compile(r"\d{1,3}(\.\d{1,3}){0,5}\.xlsx")
WAYS = (ZIP_STORED, ZIP_DEFLATED)
"""The others are rare, and what is damaged in them looks like a disk that fails."""
ZIPPED_BY = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$)")
BROKEN = (BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError)


async def sent(site: CurrentSite, me: Me, file: Annotated[UploadFile | None, File()] = None) -> str:
    """Read the zip that was sent; the token under which it waits to be loaded.

    Unusable (422) where it is no summary; it waits for a reader like an upload.
    """
    if file is None or not file.filename:
        raise Unusable(_("没有选择文件。"), _("请选择去年汇总的压缩包（.zip）。"))
    async with site.queue.place(me.id):
        return await run_sync(_kept, site, me.id, file.file)


Sent = Annotated[str, Depends(sent)]


def waiting(site: Site, token: str, person_id: int) -> LastYear:
    """What this person sent; NotFound where it isn't his, or its day is over."""
    folder = kept_folder(site.data) / token
    if is_token(token) and (folder / ABOUT).is_file() and still_kept(folder, clock.wall()):
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        if about["person"] == person_id:
            parts = (
                PartOfLastYear(code, department, (folder / f"{number}.parquet").read_bytes(), count)
                for number, (code, department, count) in enumerate(about["parts"])
            )
            skipped = (Skipped(**each) for each in about["skipped"])
            return LastYear(about["source"], tuple(parts), tuple(about["told"]), tuple(skipped))
    raise NotFound(_("这份汇总已经不在了。"), _("上传的汇总只保留一天：请在“计划”页面重新上传压缩包。"))


def stamp_of(found: Prefill) -> str:
    """What an impact says, in short: loading names it, so that it is what was seen."""
    return hashlib.sha256(json.dumps(found.as_dict(), sort_keys=True).encode()).hexdigest()[:16]


def _kept(site: Site, person_id: int, file: IO[bytes]) -> str:
    with site.database.reading() as session:
        plan = plan_in_force(session)
    sweep_kept(site.data, clock.wall())
    place = site.data / "incoming"
    place.mkdir(parents=True, exist_ok=True)
    names = {table.code: table.name for table in plan.tables}
    with stored(), tempfile.TemporaryDirectory(dir=place) as folder:
        left = unpacked(file, Path(folder), site.settings.upload_megabytes * 1_000_000)
        last = read_export(site.readers, Path(folder), plan.schedule, names)
        return _keep(site, person_id, replace(last, skipped=(*left, *last.skipped)))


def _keep(site: Site, person_id: int, last: LastYear) -> str:
    token = secrets.token_urlsafe(24)
    folder = kept_folder(site.data) / token
    folder.mkdir(parents=True)
    for number, part in enumerate(last.parts):
        (folder / f"{number}.parquet").write_bytes(part.rows)
    about = {
        "person": person_id,
        "source": last.source,
        "parts": [(part.code, part.department, part.count) for part in last.parts],
        "told": last.explanations,
        "skipped": [vars(each) for each in last.skipped],
    }
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")
    return token


def unpacked(file: IO[bytes], folder: Path, most: int) -> list[Skipped]:
    """Lay the summary's files into the folder, whatever folder of the zip they stand in; what isn't taken.

    ``most``: bytes of one file.  Unusable where it is no zip, holds no summary, or too much.
    """
    try:
        with ZipFile(file) as package:
            entries = [each for each in package.infolist() if not _unasked(each)]
            _demand_few(len(entries) <= MOST_FILES and sum(e.file_size for e in entries) <= TOGETHER * most)
            left = [_unpack(package, entry, folder, most) for entry in entries]
    except BROKEN as error:
        raise Unusable(
            _("这不是可以打开的压缩包：文件已损坏、加了密码，或不是 .zip。"),
            _("请在去年的系统里重新下载汇总；用 caiji export 导出的目录，请不设密码压缩成 .zip。"),
        ) from error
    if not (folder / MANIFEST).is_file():
        raise Unusable(
            _("压缩包里没有 %(name)s，不是本系统的汇总。") % {"name": MANIFEST},
            _("请用“汇总”页面下载的压缩包，或把 caiji export 导出的整个目录压缩成 .zip。"),
        )
    return [each for each in left if each is not None]


def _unasked(entry: ZipInfo) -> bool:
    return entry.is_dir() or ZIPPED_BY.search(entry.filename) is not None


def _demand_few(few: bool) -> None:
    if not few:
        raise Unusable(
            _("压缩包里的文件太多或太大，没有读取。"),
            _("请只压缩汇总的目录：一份 manifest.json 和各表的工作簿。"),
        )


def _unpack(package: ZipFile, entry: ZipInfo, folder: Path, most: int) -> Skipped | None:
    """Why the file is not taken; None where it is, or isn't needed."""
    name = PurePosixPath(entry.filename.replace("\\", "/")).name
    if name == "datapackage.json":
        return None
    told = name_sent(name)
    if name not in (MANIFEST, EXPLANATIONS) and not WORKBOOK.fullmatch(name):
        return Skipped(told, Sentence("不是汇总里的文件，没有读取。"))
    path = folder / name
    if path.exists():
        return Skipped(told, Sentence("压缩包里有不止一个这样的文件，只读了第一个。"))
    limit = most if name.endswith(".xlsx") else LARGEST_TEXT
    if entry.file_size > limit or not _copied(package, entry, path, limit):
        path.unlink(missing_ok=True)
        return Skipped(told, Sentence("超过了 %(most)s MB，没有读取。", most=limit // 1_000_000))
    return None


def _copied(package: ZipFile, entry: ZipInfo, path: Path, limit: int) -> bool:
    """Whether the file has no more bytes than the limit, whatever it declares."""
    size = 0
    if entry.compress_type not in WAYS:
        raise BadZipFile(entry.filename)
    with package.open(entry) as source, path.open("wb") as out:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > limit:
                return False
            out.write(piece)
    return True
