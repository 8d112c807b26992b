"""`caiji template`, `caiji check` and `caiji tables`: workbooks and definitions without a server."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from checks.definition import TABLES
from commands.console import Json, emit, say, show_table, tell_written
from models.errors import NotFound
from models.whole import write_whole
from plans.plan import Plan, PlanTable
from settings import ROOT, load

PAGE = ROOT / "docs" / "tables.md"

app = typer.Typer(help="数据表定义：检查、生成说明", no_args_is_help=True)
Folder = Annotated[
    Path,
    typer.Option("--tables", help="定义所在的目录", show_default="tables/", exists=True, file_okay=False),
]


def register(parent: typer.Typer) -> None:
    parent.command()(template)
    parent.command()(check)
    parent.add_typer(app, name="tables")


@app.command()
def lint(folder: Folder = TABLES, as_json: Json = False) -> None:
    """检查 tables/*.yaml（定义和跨表规则）：哪个文件第几行写错了，应怎样写。"""
    from checks import cross_trial
    from checks.definition_set import codes, faults

    found = faults(folder).found or cross_trial.faults(_plan().schedule, folder).found
    if as_json:
        emit({"tables": len(codes(folder)), "errors": [problem.as_dict() for problem in found]})
    else:
        for problem in found:
            say(problem.sentence())
        say(f"{len(codes(folder))} 张表的定义，{len(found)} 处错误。")
    raise typer.Exit(1 if found else 0)


@app.command()
def docs(
    out: Annotated[Path, typer.Argument(help="写到哪个 .md")] = PAGE,
    folder: Folder = TABLES,
    as_json: Json = False,
) -> None:
    """由定义生成 docs/tables.md。"""
    from checks.definition_page import page
    from checks.definition_set import load_all

    write_whole(out, page(load_all(folder)).encode())
    tell_written(out, as_json=as_json)


def template(
    table: Annotated[str, typer.Argument(help="表号，例如 10.1.1")],
    out: Annotated[Path, typer.Argument(help="写到哪个 .xlsx")],
    department: Annotated[str, typer.Option(help="采集部门")] = "",
    as_json: Json = False,
) -> None:
    """写一份空模板：表头、说明、下拉、文本格式。"""
    from checks.definition import load_definition
    from workbooks.template import TemplateStamp, write_template

    plan = _plan()
    row = _table(plan, table)
    stamp = TemplateStamp(plan.schedule.name, None, table, department or row.collect[0], 0)
    made = BytesIO()
    write_template(load_definition(table, row.name), made, stamp=stamp, schedule=plan.schedule)
    write_whole(out, made.getvalue())
    tell_written(out, as_json=as_json)


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
    from workbooks.marks import WORDS

    plan = _plan()
    row = _table(plan, table)
    document = check_file(table, file, plan.schedule, sources)
    if as_json:
        emit(document)
    else:
        findings = document["findings"]
        rows = [
            [WORDS.get(f["severity"], "说明"), f["cell"], f["column"], f["value"], f["message"]]
            for f in findings
        ]
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
