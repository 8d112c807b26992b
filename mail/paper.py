"""A document filled into one of the Word templates that the office may edit."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from mail.report_layout import keep_together
from mail.visible import all_visible

FOLDER = Path(__file__).parent.parent / "templates" / "reports"


def filled(name: str, told: Mapping[str, Any]) -> bytes:
    """The template of this name as .docx, with what is ``told`` in its places."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(FOLDER / name)
    template.render({key: all_visible(value) for key, value in told.items()}, autoescape=True)
    keep_together(template.docx)
    out = BytesIO()
    template.save(out)
    return out.getvalue()
