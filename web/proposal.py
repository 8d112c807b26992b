"""A changed plan as it was uploaded: either file, the other one staying as it is in force."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from fastapi import UploadFile
from sqlmodel import Session

from actions.load_plan import loaded_campaign, proposed_plan
from models.errors import Unusable
from plans.importing import import_plan
from plans.plan import Plan
from plans.tasks_file import write_tasks
from web.language import gettext as _

LARGEST = 20_000_000


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
    path = place / Path(str(file.filename)).name
    path.write_bytes(file.file.read(LARGEST))
    kind = path.suffix.lower()
    if kind in (".yaml", ".yml"):
        path.replace(folder / "schedule.yaml")
    elif kind == ".csv":
        path.replace(folder / "tasks.csv")
    else:
        (folder / "tasks.csv").write_text(write_tasks(import_plan(path, year).tables), encoding="utf-8")
