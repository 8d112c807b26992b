"""`caiji plan`: show, check, import, export, compare and apply plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import DataFolder, Json, as_rows, ask, emit, say, show_table, tell_written
from commands.prefill import prefill
from commands.store import has_database, opened, settings_for
from models.errors import Conflict
from models.whole import whole_folder, write_whole
from settings import load

if TYPE_CHECKING:
    from sqlmodel import Session

    from plans.lint_people import DepartmentRoles
    from plans.plan import Plan

app = typer.Typer(help="采集计划：查看、检查、导入、比较、应用、预置", no_args_is_help=True)
app.command()(prefill)

Schedule = Annotated[Path | None, typer.Option(help="schedule.yaml 的位置", show_default=False)]
Tasks = Annotated[Path | None, typer.Option(help="tasks.csv 的位置", show_default=False)]


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="plan")


@app.command()
def show(schedule: Schedule = None, tasks: Tasks = None, as_json: Json = False) -> None:
    """显示计划文件里的全部数据表。"""
    from plans.show import as_document

    document = as_document(_files(tasks, schedule))
    if as_json:
        emit(document)
        return
    shown = [
        table | {"collect": "、".join(table["collect"]), "due": table["due"][:10]}
        for table in document["tables"]
    ]
    rows = as_rows(shown, ["no", "code", "name", "collect", "review", "due"])
    show_table(document["campaign"]["name"], ["序号", "编号", "数据表", "采集", "审核", "截止"], rows)
    say(f"共 {len(document['tables'])} 张表，展开后 {document['assignments']} 项采集任务。")


@app.command()
def lint(
    schedule: Schedule = None, tasks: Tasks = None, data: DataFolder = None, as_json: Json = False
) -> None:
    """检查计划文件和已载入的人员：错误必须改，疑点请质量部确认。"""
    from deadlines.calendar import WorkingCalendar
    from plans.lint import lint as check
    from plans.problems import PlanError

    document: dict[str, Any] = {"errors": [], "doubts": []}
    try:
        plan = _files(tasks, schedule)
    except PlanError as error:
        document["errors"] = [problem.as_dict() for problem in error.problems]
    else:
        found = check(plan, WorkingCalendar(plan.schedule.calendar, plan.schedule.zone), _roles(data))
        document["errors"] = [problem.as_dict() for problem in found.errors]
        document["doubts"] = [problem.as_dict() for problem in found.doubts]
    if as_json:
        emit(document)
    else:
        _tell_lint(document)
    raise typer.Exit(1 if document["errors"] else 0)


@app.command("import")
def import_plan(
    file: Path,
    out: Annotated[Path, typer.Option("-o", "--out", help="写到哪个 CSV")] = Path("tasks.csv"),
    year: Annotated[
        int | None, typer.Option(help="文件没有写年份时，截止日期的年份", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """从 Word、Excel 或 CSV 的任务分解表生成 tasks.csv。"""
    from plans.importing import import_plan as read
    from plans.tasks_file import write_tasks

    imported = read(file, year)
    write_whole(out, write_tasks(imported.tables).encode())
    if as_json:
        doubts = [doubt.as_dict() for doubt in imported.doubts]
        emit({"tables": len(imported.tables), "doubts": doubts})
        return
    say(f"已写入 {out}：{len(imported.tables)} 张表。")
    for doubt in imported.doubts:
        say(f"？ {doubt.sentence()}")


@app.command()
def export(
    folder: Path,
    number: Annotated[
        int | None, typer.Option("--version", help="第几版；省略则为现行", show_default=False)
    ] = None,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """把已载入的计划写回 tasks.csv 和 schedule.yaml。"""
    from actions.plan_in_force import plan_in_force
    from actions.plan_versions import plan_again

    with opened(settings_for(data)) as database, database.reading() as session:
        text = (plan_in_force(session) if number is None else plan_again(session, number)).text
    files = {"tasks.csv": text["tasks"], "schedule.yaml": text["schedule"]}
    with whole_folder(folder, last="schedule.yaml") as part:
        for name, content in files.items():
            (part / name).write_bytes(content.encode())
    tell_written(*(folder / name for name in files), as_json=as_json)


@app.command()
def history(data: DataFolder = None, as_json: Json = False) -> None:
    """历次应用的计划；要回到其中一版：export --version N 写出文件，再 apply。"""
    from actions.plan_in_force import plan_in_force
    from actions.plan_versions import plan_versions
    from web.plan_words import plan_change

    with opened(settings_for(data)) as database, database.reading() as session:
        zone = plan_in_force(session).schedule.zone
        told = [
            {
                "number": each.number,
                "at": each.version.applied_at.astimezone(zone).isoformat(timespec="seconds"),
                "by": each.by,
                "said": plan_change(each.changed, each.number == 1),
            }
            for each in plan_versions(session)
        ]
    if as_json:
        emit({"versions": told})
    else:
        rows = as_rows(told, ["number", "at", "by", "said"])
        show_table("历次计划", ["版次", "应用时间", "谁", "改了什么"], rows)


@app.command()
def diff(
    new: Annotated[Path, typer.Argument(help="新的 tasks.csv、schedule.yaml，或含这两个文件的目录")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """比较计划文件与已载入的计划；什么也不应用。"""
    with opened(settings_for(data)) as database, database.reading() as session:
        document = _impact(session, _proposed(session, new))
    if as_json:
        emit(document)
    else:
        _tell_impact(document)


@app.command()
def apply(
    new: Annotated[Path | None, typer.Argument(help="新计划；省略则用计划文件")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """先显示影响，确认后在一个事务里应用；已做的工作都保留。"""
    from actions.plan_in_force import plan_number

    with opened(settings_for(data)) as database:
        with database.reading() as session:
            seen = plan_number(session)
            proposed = _proposed(session, new) if new else _files(None, None)
            document = _impact(session, proposed)
        if not (as_json and yes):
            _tell_impact(document)
        if not (yes or ask("确认应用这些变化？")):
            say("没有应用。不经询问就应用，请加 --yes。")
            raise typer.Exit(1)
        with database.writing() as session:
            _apply_on(session, seen, proposed)
    if as_json:
        emit(document)
    else:
        say("已应用。")


def _impact(session: Session, proposed: Plan) -> dict[str, Any]:
    """The document of what would change, the notices still to come included (null: too many to foresee)."""
    from actions.changed_notices import changed_by_plan
    from actions.clock import now
    from actions.load_plan import impact

    notices = changed_by_plan(session, proposed, now(session))
    return impact(session, proposed).as_dict() | {"notices": notices and notices.as_dict()}


def _apply_on(session: Session, seen: int | None, proposed: Plan) -> None:
    """Apply what was shown, on the plan on which it was shown."""
    from actions.clock import now
    from actions.load_plan import apply as load_into
    from actions.plan_in_force import plan_number

    if plan_number(session) != seen:
        raise Conflict(
            "计划在显示影响之后又被改动过。", "请重新运行 caiji plan apply，查看新的影响后再应用。"
        )
    load_into(session, proposed, None, now(session))


def _roles(data: Path | None) -> dict[str, DepartmentRoles] | None:
    """Whom the departments have named, where there is a database; one that is asked for must be there."""
    from actions.clock import now
    from models.rosters import named_roles

    settings = settings_for(data)
    if data is None and not has_database(settings):
        return None
    with opened(settings) as database, database.reading() as session:
        return named_roles(session, now(session))


def _files(tasks: Path | None, schedule: Path | None) -> Plan:
    from plans.load import load_files

    settings = load()
    return load_files(tasks or settings.tasks, schedule or settings.schedule)


def _proposed(session: Session, new: Path) -> Plan:
    """The plan that ``new`` proposes; what it doesn't name stays as loaded."""
    from actions.load_plan import proposed_plan

    return proposed_plan(session, new)


def _tell_lint(document: dict[str, Any]) -> None:
    for kind, mark in (("errors", "✗"), ("doubts", "？")):
        for problem in document[kind]:
            say(f"{mark} [{problem['id']}] {problem['where']}：{problem['message']}")
    say(f"{len(document['errors'])} 处错误，{len(document['doubts'])} 处疑点。")


def _tell_impact(document: dict[str, Any]) -> None:
    from commands.foreseen import change_lines
    from web.plan_words import plan_field, plan_setting, plan_value

    for codes, field, *sides in _alike(document["changed"]):
        was, now = (plan_value(field, side) for side in sides)
        say(f"~ {'、'.join(codes)} {plan_field(field)}：{was} → {now}")
    for mark, kind in (("+ 新增", "added"), ("- 取消", "removed")):
        for code in document[kind]:
            say(f"{mark} {code}")
    impact = document["impact"]
    say(
        f"新增任务 {impact['assignments_added']}，关闭任务 {impact['assignments_closed']}，"
        f"截止变动 {impact['deadlines_moved']}，涉及 {impact['people_notified']} 人。"
    )
    if document["settings"]:
        say(f"变动的设置：{'、'.join(map(plan_setting, document['settings']))}。")
    evidence = document["evidence"]
    if evidence["assignments"]:
        say(
            f"换填报方式的任务 {evidence['assignments']} 项，其中已交的 {evidence['handed_in']} 项"
            "照原来的方式审核、检测，不用重交。"
        )
    for line in change_lines(document["notices"]):
        say(line)


def _alike(changes: list[dict[str, Any]]) -> list[tuple[list[str], str, Any, Any]]:
    """The changes, those that say the same of several tables together."""
    groups: dict[str, tuple[list[str], str, Any, Any]] = {}
    for each in changes:
        same = (each["field"], each["from"], each["to"])
        groups.setdefault(repr(same), ([], *same))[0].append(each["code"])
    return list(groups.values())
