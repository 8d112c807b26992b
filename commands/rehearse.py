"""`caiji rehearse`: the whole campaign, event by event, before it starts; sends and writes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from commands.console import DataFolder, Json, as_rows, emit, show_table
from commands.moments import moment
from commands.store import settings_for

DAYS_AFTER_LAST = 14


def register(parent: typer.Typer) -> None:
    parent.command()(rehearse)


def rehearse(
    from_: Annotated[str | None, typer.Option("--from", help="从何时", show_default=False)] = None,
    to: Annotated[str | None, typer.Option("--to", help="到何时", show_default=False)] = None,
    sample: Annotated[bool, typer.Option(help="按示例过程预演，而不是假定谁都不做事")] = False,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """预演：列出每一封提醒、催办和报告；不加 --sample 就假定谁都不做事。"""
    from commands.foresight import foresee_campaign
    from plans.load import load_files

    settings = settings_for(data)
    plan = load_files(settings.tasks, settings.schedule)
    zone = plan.schedule.zone
    begin = moment(from_, zone) if from_ else plan.schedule.start - timedelta(minutes=1)
    last = max(plan.schedule.due_at(table.due) for table in plan.tables)
    end = moment(to, zone) if to else last + timedelta(days=DAYS_AFTER_LAST)
    events = foresee_campaign(plan, begin, end, settings, sample=sample)
    if as_json:
        emit({"events": events})
    else:
        events = [event | {"count": len(event["tables"])} for event in events]
        rows = as_rows(events, ["at", "kind", "audience", "department", "count", "subject"])
        show_table("预演", ["时间", "种类", "对象", "部门", "表数", "标题"], rows)
