"""A changed plan as it was uploaded: either file, the other one staying as it is in force."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fastapi import UploadFile
from sqlmodel import Session

from actions.load_plan import proposed_plan
from models.errors import Unusable
from models.worklist import loaded_campaign
from plans.importing import import_plan
from plans.plan import Plan
from plans.tasks_file import write_tasks
from web.language import gettext as _

LARGEST = 20_000_000
LARGEST_TEXT = 1_000_000
TEXTS = (".yaml", ".yml", ".csv")
KIND = re.compile(r"\.[A-Za-z]{2,4}\Z")


def proposed(session: Session, files: Sequence[UploadFile]) -> Plan:
    """The plan that the uploaded files and the plan in force make up; PlanError where it cannot be used."""
    given = [file for file in files if file.filename]
    campaign = loaded_campaign(session)
    if not given:
        raise Unusable(_("没有选择文件。"), _("请选择 tasks.csv、schedule.yaml 或计划的 Word/Excel 文件。"))
    if campaign is None and len(given) < 2:
        raise Unusable(
            _("还没有载入过计划，需要同时上传两个文件。"), _("请一并选择 tasks.csv 和 schedule.yaml。")
        )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "plan"
        folder.mkdir()
        for file in given:
            _put(file, Path(place), folder, campaign.year if campaign else None)
        return proposed_plan(session, folder)


def _put(file: UploadFile, place: Path, folder: Path, year: int | None) -> None:
    """Lay the file into the folder under the name that it is known by."""
    kind = _kind(str(file.filename))
    path = place / f"upload{kind}"
    path.write_bytes(_content(file, LARGEST_TEXT if kind in TEXTS else LARGEST))
    if kind in (".yaml", ".yml"):
        path.replace(folder / "schedule.yaml")
    elif kind == ".csv":
        path.replace(folder / "tasks.csv")
    else:
        (folder / "tasks.csv").write_text(write_tasks(import_plan(path, year).tables), encoding="utf-8")


def _kind(filename: str) -> str:
    """What the sender's name says of the kind; nothing else of the name is used."""
    found = KIND.search(filename)
    return found[0].lower() if found else ""


def _content(file: UploadFile, most: int) -> bytes:
    content = file.file.read(most + 1)
    if len(content) > most:
        raise Unusable(
            _("计划文件超过了 %(limit)s MB。") % {"limit": most // 1_000_000},
            _("一份计划通常只有几十 KB：请检查是否选错了文件，或另存一份、去掉图片后再上传。"),
        )
    return content
