"""数据确认表: a department's sheet to sign, or all of them as one zip."""

from __future__ import annotations

from fastapi import APIRouter, Response

from actions import confirmation as action
from mail.confirmation import FILE_NAME, as_confirmation
from mail.file_names import shown_name
from models.confirmation import Confirmation
from web.deps import Me, Reading
from web.filenames import fit
from web.language import gettext as _
from web.numbers import Key
from web.pages.files import attached
from web.rules import OVERSEER, SIGNED_IN
from web.site import CurrentSite
from web.templates_out import as_zip
from web.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)


@router.get("/confirmations/{department_id}", dependencies=[SIGNED_IN], name="confirmation")
def one(visitor: CurrentVisitor, me: Me, session: Reading, department_id: Key) -> Response:
    sheet = action.confirmation(session, me, department_id, visitor.now)
    return attached(as_confirmation(sheet), _name(sheet), "application/octet-stream")


@router.get("/confirmations", dependencies=[OVERSEER], name="confirmations")
def everybody(visitor: CurrentVisitor, site: CurrentSite, session: Reading) -> Response:
    sheets = action.confirmations(session, visitor.now)
    files = ((as_confirmation(sheet), _name(sheet)) for sheet in sheets)
    day = visitor.now.astimezone(visitor.zone).date()
    title = _("数据确认表")
    return as_zip(site, files, f"{title}-{day}.zip")


def _name(sheet: Confirmation) -> str:
    stem, dot, kind = shown_name(FILE_NAME, sheet.at.date()).rpartition(".")
    return fit(f"{stem}-{sheet.department}") + dot + kind
