"""The template of an assignment: stamped, and holding what was handed in before."""

from __future__ import annotations

from io import BytesIO

from sqlmodel import Session

from actions.plan_in_force import plan_in_force
from actions.submit import latest_version
from models.worklist import Line, current_campaign
from web.site import Site


def template_of(site: Site, session: Session, seen: Line) -> tuple[bytes, str]:
    """The workbook to fill in and its file name; it carries the version that it was made from."""
    from checks.definition import load_definition
    from workbooks.template import TemplateStamp, write_template

    latest = latest_version(session, seen.id)
    stamp = TemplateStamp(
        campaign=current_campaign(session).name,
        assignment_id=seen.id,
        table=seen.table.code,
        department=seen.department,
        version=latest.number if latest else 0,
    )
    definition = load_definition(seen.table.code, seen.table.name)
    prior = site.blobs.get(latest.rows_blob) if latest and latest.rows_blob else None
    out = BytesIO()
    schedule = plan_in_force(session).schedule
    write_template(definition, out, stamp=stamp, schedule=schedule, prior=prior)
    return out.getvalue(), f"{seen.table.code} {seen.table.name}-{seen.department}.xlsx"
