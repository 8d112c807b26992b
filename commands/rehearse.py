"""`caiji rehearse`: the whole campaign, event by event, before it starts; sends and writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from commands.console import DataFolder, Json, as_rows, emit, show_table
from commands.store import settings_for
from models.errors import Unusable
from settings import load

DAYS_AFTER_LAST = 14


def register(parent: typer.Typer) -> None:
    parent.command()(rehearse)


def rehearse(
    from_: Annotated[str | None, typer.Option("--from", help="从何时", show_default=False)] = None,
    to: Annotated[str | None, typer.Option("--to", help="到何时", show_default=False)] = None,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """预演：假定谁都不做事，列出每一封提醒、催办和报告。"""
    from commands.foresight import foresee_campaign
    from plans.load import load_files

    settings = settings_for(data)
    plan = load_files(load().tasks, load().schedule)
    begin = _moment(from_, plan.schedule.start - timedelta(minutes=1))
    last = max(plan.schedule.due_at(table.due) for table in plan.tables)
    end = _moment(to, last + timedelta(days=DAYS_AFTER_LAST))
    events = foresee_campaign(plan, begin, end, settings)
    if as_json:
        emit({"events": events})
    else:
        events = [event | {"count": len(event["tables"])} for event in events]
        rows = as_rows(events, ["at", "kind", "audience", "department", "count", "subject"])
        show_table("预演", ["时间", "种类", "对象", "部门", "表数", "标题"], rows)


def _moment(text: str | None, otherwise: datetime) -> datetime:
    if text is None:
        return otherwise
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unusable(f"看不懂时间“{text}”。", "请写成 2020-11-06T08:00 这样的形式。") from error
    return found if found.tzinfo else found.replace(tzinfo=otherwise.tzinfo)
