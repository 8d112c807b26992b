"""`caiji template` and `caiji check`: workbooks without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.console import Json, emit, say, show_table
from models.errors import NotFound
from plans.plan import Plan, PlanTable
from settings import load


def register(parent: typer.Typer) -> None:
    parent.command()(template)
    parent.command()(check)


def template(
    table: Annotated[str, typer.Argument(help="表号，例如 10.1.1")],
    out: Annotated[Path, typer.Argument(help="写到哪个 .xlsx")],
    department: Annotated[str, typer.Option(help="采集部门")] = "",
) -> None:
    """写一份空模板：表头、说明、下拉、文本格式。"""
    from checks.definition import load_definition
    from workbooks.template import TemplateStamp, write_template

    plan = _plan()
    row = _table(plan, table)
    stamp = TemplateStamp(plan.schedule.name, None, table, department or row.collect[0], 0)
    write_template(load_definition(table, row.name), out, stamp=stamp, schedule=plan.schedule)
    say(f"已写入 {out}。")


def check(
    table: Annotated[str, typer.Argument(help="表号，例如 10.1.1")],
    file: Annotated[Path, typer.Argument(help="要检查的工作簿")],
    sources: Annotated[
        Path | None, typer.Option(help="已审核的源表目录（CODE.xlsx）", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """不启动服务，直接检查一份工作簿。"""
    from workbooks.check_file import check_file

    plan = _plan()
    row = _table(plan, table)
    document = check_file(table, file, plan.schedule, sources)
    if as_json:
        emit(document)
    else:
        findings = document["findings"]
        rows = [[f["severity"], f["cell"], f["column"], f["value"], f["message"]] for f in findings]
        show_table(f"{table} {row.name}", ["级别", "单元格", "列", "值", "问题"], rows)
        say(f"{document['rows']} 行，{document['errors']} 处错误，{document['warnings']} 处警告。")
    raise typer.Exit(1 if document["errors"] else 0)


def _plan() -> Plan:
    from plans.load import load_files

    settings = load()
    return load_files(settings.tasks, settings.schedule)


def _table(plan: Plan, code: str) -> PlanTable:
    try:
        return plan.table(code)
    except (KeyError, StopIteration) as error:
        raise NotFound(f"计划里没有表“{code}”。", "用 caiji plan show 查看全部表号。") from error
