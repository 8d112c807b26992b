"""Files dropped together: kept for a day for their sender, each with what became of it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from actions import clock
from actions.tidy import kept_folder, still_kept, sweep_kept
from models.errors import NotFound, Unusable
from web.filenames import name_sent
from web.language import gettext as _
from web.pending import is_token
from web.site import Site, site_of

MOST_FILES = 200
ABOUT = "drop.json"
WAITING, KEPT, SUBMITTED = "waiting", "kept", "submitted"
ASKED, PERSONAL, REFUSED = "asked", "personal", "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    ``state``: kept (as a version), submitted too, asked (which table is it?), personal (one person's sheet,
    to be merged), refused, or waiting.  ``label`` names its table and department, ``guess`` the assignment
    that its name speaks of.
    """

    state: str
    assignment: int | None = None
    label: str = ""
    version: int | None = None
    rows: int | None = None
    errors: int | None = None
    warnings: int | None = None
    message: str = ""
    remedy: str = ""
    guess: int | None = None


@dataclass(frozen=True)
class Drop:
    """Files of one person; ``submit``: those without errors are handed in at once."""

    token: str
    folder: Path
    names: Sequence[str]
    submit: bool

    def path(self, number: int) -> Path:
        """Where the file of this number (from 0) lies."""
        return self.folder / f"{number}.xlsx"

    def outcome(self, number: int) -> Outcome:
        """What became of it so far."""
        try:
            return Outcome(**json.loads((self.folder / f"{number}.json").read_text("utf-8")))
        except FileNotFoundError:
            return Outcome(WAITING)

    def settle(self, number: int, outcome: Outcome) -> None:
        """Remember what became of it; whole or not at all."""
        part = self.folder / f"{number}-{secrets.token_hex(4)}.part"
        part.write_text(json.dumps(asdict(outcome), ensure_ascii=False), "utf-8")
        os.replace(part, self.folder / f"{number}.json")

    def items(self) -> list[tuple[int, str, Outcome]]:
        """Every file's number, name and outcome."""
        return [(number, name, self.outcome(number)) for number, name in enumerate(self.names)]

    def waiting(self) -> list[int]:
        """The files nobody has looked at yet."""
        return [number for number, _name, outcome in self.items() if outcome.state == WAITING]


def keep(site: Site, person_id: int, files: Sequence[UploadFile], *, submit: bool) -> Drop:
    """Keep the files; Unusable (422) where there are none or too many."""
    given = [file for file in files if file.filename]
    if not given:
        raise Unusable(_("没有选择文件。"), _("请选择填好的 Excel 工作簿（.xlsx），可以一次选择多份。"))
    if len(given) > MOST_FILES:
        raise Unusable(_("一次最多上传 %(most)s 份文件。") % {"most": MOST_FILES}, _("请分几次上传。"))
    sweep_kept(site.data, clock.wall())
    token = secrets.token_urlsafe(24)
    names = [name_sent(file.filename) for file in given]
    drop = Drop(token, kept_folder(site.data) / token, names, submit)
    drop.folder.mkdir(parents=True)
    for number, file in enumerate(given):
        with drop.path(number).open("wb") as out:
            shutil.copyfileobj(file.file, out)
    about: dict[str, Any] = {"person": person_id, "names": names, "submit": submit}
    (drop.folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")
    return drop


def keep_unsent(request: Request, person_id: int) -> Drop | None:
    """Keep the files of a request that came after the session had ended; None where there are none."""
    form = getattr(request, "_form", None)
    given = [value for _name, value in form.multi_items() if isinstance(value, UploadFile)] if form else []
    if not any(file.filename for file in given) or len(given) > MOST_FILES:
        return None
    for file in given:
        file.file.seek(0)
    return keep(site_of(request), person_id, given, submit=bool(form and form.get("submit")))


def dropped(site: Site, token: str, person_id: int) -> Drop:
    """What this person dropped; NotFound where it isn't his, or its day is over."""
    folder = kept_folder(site.data) / token
    if is_token(token) and (folder / ABOUT).is_file() and still_kept(folder, clock.wall()):
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        if about["person"] == person_id:
            return Drop(token, folder, about["names"], about["submit"])
    raise NotFound(
        _("这批文件已经不在了。"),
        _("上传的一批文件只保留一天；已存成版本的不受影响。请从“我的任务”重新上传。"),
    )
