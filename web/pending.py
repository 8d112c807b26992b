"""What a person sent after the session had ended, kept for the day until the same person signs in again."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from actions import clock
from actions.tidy import kept_folder, still_kept, sweep_kept
from web.filenames import name_sent
from web.numbers import key_of
from web.site import Site, site_of
from web.visitor import visitor_of

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Kept:
    """Fields typed, and the file chosen, for one assignment; ``token`` names it."""

    token: str
    typed: dict[str, str]
    filename: str
    file: Path


def keep(request: Request) -> str | None:
    """Keep the form and its file for the person who sent it or whose session has ended; returns the token."""
    visitor = visitor_of(request)
    person_id = visitor.who.id if visitor.who else visitor.lapsed
    form = getattr(request, "_form", None)
    if person_id is None or form is None:
        return None
    sweep_kept(site_of(request).data, clock.wall())
    folder = _folder(site_of(request), secrets.token_urlsafe(24))
    folder.mkdir(parents=True)
    typed = getattr(request.state, "typed", {})
    assignment_id = key_of(request.path_params.get("assignment_id", "")) or 0
    before = kept(site_of(request), typed.get("kept", ""), person_id, assignment_id)
    about = {
        "person": person_id,
        "typed": typed,
        "filename": _keep_file(form, before, folder / "file"),
        "assignment": assignment_id,
    }
    (folder / "about.json").write_text(json.dumps(about))
    return folder.name


def _keep_file(form: FormData, before: Kept | None, place: Path) -> str:
    """Keep the file sent or, where none was chosen, the one kept before; returns its name, empty without."""
    sent = (value for value in form.values() if isinstance(value, UploadFile) and value.filename)
    upload = next(sent, None)
    if upload is not None:
        upload.file.seek(0)
        with place.open("wb") as out:
            shutil.copyfileobj(upload.file, out)
        return name_sent(upload.filename)
    if before is not None and before.filename:
        shutil.copyfile(before.file, place)
        return before.filename
    return ""


def kept(site: Site, token: str, person_id: int, assignment_id: int) -> Kept | None:
    """What is kept under the token, if it is this person's, for this assignment, and its day is not over.

    It stays until then, so that an upload refused later on loses nothing.
    """
    if not is_token(token):
        return None
    folder = _folder(site, token)
    if not ((folder / "about.json").is_file() and still_kept(folder, clock.wall())):
        return None
    about = json.loads((folder / "about.json").read_text())
    if (about["person"], about["assignment"]) != (person_id, assignment_id):
        return None
    return Kept(token, about["typed"], about["filename"], folder / "file")


def is_token(text: str) -> bool:
    """Whether the text may name something kept; anything may stand in an address."""
    return TOKEN.fullmatch(text) is not None


def _folder(site: Site, token: str) -> Path:
    return kept_folder(site.data) / token
