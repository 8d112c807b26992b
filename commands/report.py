"""`caiji report late` and `caiji export`: what leaves the system."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.console import DataFolder, Json, as_rows, emit, say, show_table
from commands.moments import moment
from commands.store import blobs_of, opened, settings_for
from models.whole import whole_folder

app = typer.Typer(help="报告", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="report")
    parent.command()(export)


@app.callback()
def reports() -> None:
    """报告"""


@app.command()
def late(
    out: Annotated[Path, typer.Option(help="写到哪个目录")],
    at: Annotated[str | None, typer.Option(help="哪一时刻，默认现在", show_default=False)] = None,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """逾期报告：.html、.docx、.xlsx。"""
    from actions.clock import now
    from actions.late import late_report
    from actions.plan_in_force import plan_in_force
    from deadlines.facts import ROSTER
    from mail.report_words import HOLDERS, ROSTER_CODE, due_text
    from mail.reports import file_name, write_report
    from models.stages import SAYS

    with opened(settings_for(data)) as database, database.reading() as session:
        zone = plan_in_force(session).schedule.zone
        shown = now(session)
        report = late_report(session, moment(at, zone) if at else shown, now=shown)
    with whole_folder(out, last=file_name("html")) as part:
        files = write_report(report)
        for name, content in files.items():
            (part / name).write_bytes(content)
    document = report.as_dict()
    if as_json:
        emit(document)
        return
    told = [
        {
            **each,
            "table": ROSTER_CODE if each["table"] == ROSTER else each["table"],
            "due": due_text(datetime.fromisoformat(each["due"])),
            "stage": SAYS[each["stage"]],
            "held_by": HOLDERS[each["held_by"]],
        }
        for each in [*document["rosters"]["late"], *document["late"]]
    ]
    rows = as_rows(told, ["table", "department", "due", "stage", "working_days_late", "held_by"])
    show_table("逾期", ["表", "部门", "截止", "状态", "逾期工作日", "卡在"], rows)
    say(f"按时 {report.on_time} / 共 {report.total}。已写入 {out}。")


def export(
    folder: Annotated[Path, typer.Argument(help="写到哪个目录")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """汇总：只含通过三个阶段的数据，并说明每一项为何不在其中。"""
    from actions.summary import export as write

    settings = settings_for(data)
    with opened(settings) as database, database.reading() as session:
        manifest = write(session, blobs_of(settings), folder)
    if as_json:
        emit(manifest)
    else:
        say(f"已写入 {folder}：{len(manifest['tables'])} 张表，{len(manifest['excluded'])} 项未纳入。")
