"""`caiji plan prefill`: last year's export becomes this year's starting point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import DataFolder, Json, ask, emit, say
from commands.store import blobs_of, opened, settings_for
from settings import Settings

if TYPE_CHECKING:
    from actions.last_export import LastYear
    from models.database import Database


def prefill(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="去年 caiji export 写出的目录")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """载入去年的汇总：供比较、预置和说明；先显示影响，确认后在一个事务里载入。"""
    from actions.clock import now
    from actions.prefill import contents, impact, load

    settings = settings_for(data)
    with opened(settings) as database:
        last = read_last_year(settings, database, folder)
        with database.reading() as session:
            found = impact(session, last)
        if not (as_json and yes):
            _tell(found.as_dict())
        if not (yes or ask("确认载入？")):
            say("没有载入。不经询问就载入，请加 --yes。")
            raise typer.Exit(1)
        made = contents(blobs_of(settings), found)
        with database.writing() as session:
            load(session, None, found, made, now(session))
    if as_json:
        emit(found.as_dict())
    else:
        say("已载入。")


def read_last_year(settings: Settings, database: Database, folder: Path) -> LastYear:
    """What the export in ``folder`` holds for the plan of this database."""
    from actions.last_export import read_export
    from actions.plan_in_force import plan_in_force
    from workbooks.reading import Limits, Readers

    with database.reading() as session:
        plan = plan_in_force(session)
    limits = Limits(seconds=settings.read_seconds, megabytes=settings.read_megabytes)
    names = {table.code: table.name for table in plan.tables}
    with Readers(limit=1, limits=limits, folder=settings.data / "reading") as readers:
        return read_export(readers, folder, plan.schedule, names)


def _tell(document: dict[str, Any]) -> None:
    for each in document["assignments"]:
        mark = "（预置，等采集部门更新）" if each["preloaded"] else ""
        say(f"+ {each['table']} {each['name']} · {each['department']}：{each['rows']} 行{mark}")
    for each in document["skipped"]:
        say(f"- {each['where']}：{each['why']}")
    say(
        f"来自“{document['source']}”：{len(document['assignments'])} 项任务，{document['rows']} 行，"
        f"{document['explanations']} 条说明；{len(document['skipped'])} 处没有带过来。"
    )
