"""`caiji people`: load people, add one, let roles change hands, take one out, make links and API tokens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import DataFolder, Json, WrongUse, emit, say
from commands.store import opened, settings_for
from settings import Settings

if TYPE_CHECKING:
    from actions.people import Loaded
    from actions.people_change import Changed
    from actions.people_preview import Preview
    from actions.rights import Taken

app = typer.Typer(help="人员：导入、添加、激活链接、接口令牌", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="people")


@app.command("import")
def import_people(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会有什么变化，不写入")] = False,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """从 people.xlsx 导入人员与角色；有一处错误就一个也不导入。"""
    from actions.clock import now
    from actions.people import known_names, load_people
    from actions.people_file import read_people
    from actions.people_preview import preview

    with opened(settings_for(data)) as database, database.writing() as session:
        rows = read_people(file, *known_names(session))
        if dry_run:
            _tell_preview(preview(session, rows, now(session)), as_json)
            return
        loaded = load_people(session, rows, now(session))
    if as_json:
        emit(_counted(loaded))
    else:
        say(f"已导入 {loaded.rows} 人：{_numbers(loaded)}")
        _tell_loaded(loaded)
        say("用 caiji people activate 工号 生成激活链接，或在“人员”页一次生成全部。")


def _numbers(loaded: Loaded) -> str:
    counted = f"新增 {loaded.new}，更新 {loaded.changed}，未变 {loaded.same}"
    return f"{counted}；表外 {loaded.others} 人保持原样。"


def _tell_preview(seen: Preview, as_json: bool) -> None:
    """What an import would change; nothing was written."""
    if as_json:
        changes = [asdict(each) for each in seen.loaded.changes]
        emit(_counted(seen.loaded) | {"dry_run": True, "changes": changes, "doubts": seen.doubts})
        return
    say(f"只是预览，没有写入。会导入 {seen.loaded.rows} 人：{_numbers(seen.loaded)}")
    for each in seen.loaded.changes:
        say(f"{'新增' if each.new else '更新'}：{each.name}（{each.staff_no}）{_said_change(each)}")
    _tell_loaded(seen.loaded)
    for each in seen.idle:
        say(f"注意：{each.name}（{each.staff_no}）不再有任何角色；他手上的工作会等人接手。")
    for doubt in seen.doubts:
        say(f"请核对：{doubt}。")


def _said_change(change: Changed) -> str:
    """His new data and the roles that begin; those that end are told of all together."""
    from actions.people_file import PRINTED, said

    parts = [f"{PRINTED[each.column]} {each.old or '空'} → {each.new or '空'}" for each in change.fields]
    parts += [f"授予{each.department}{said(each.role)}{each.table}" for each in change.begun]
    return "：" + "，".join(parts) if parts else ""


@app.command()
def add(
    staff_no: str,
    name: str,
    email: str,
    roles: Annotated[
        str,
        typer.Option(
            help="角色，空格或顿号分隔，中英文均可，如：采集员 审核员（collector reviewer），见 docs/cli.md"
        ),
    ],
    department: Annotated[str, typer.Option(help="所在部门")] = "",
    phone: str = "",
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """添加或更新一个人。"""
    from actions.clock import now
    from actions.people import known_names, load_people
    from actions.people_file import PersonRow, demand_valid, roles_of

    row = PersonRow(0, staff_no, name, email, phone, department, roles_of(roles), (), ())
    with opened(settings_for(data)) as database, database.writing() as session:
        demand_valid([row], *known_names(session))
        loaded = load_people(session, [row], now(session))
    if as_json:
        emit({"staff_no": staff_no, **_counted(loaded)})
    else:
        say(f"已保存 {name}（{staff_no}）。")
        _tell_loaded(loaded)


@app.command("hand-over")
def hand_over_roles(
    giver: Annotated[str, typer.Argument(help="谁移交（工号）")],
    taker: Annotated[str, typer.Argument(help="交给谁（工号）")],
    roles: Annotated[str, typer.Option(help="哪些角色，默认全部")] = "",
    first: Annotated[str, typer.Option("--from", help="代理的第一天，如 2020-11-16；不写是移交")] = "",
    last: Annotated[str, typer.Option("--to", help="代理的最后一天，当天算在内")] = "",
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """把角色移交给另一个人；写明日期的是代理，这段时间里两人都能办理。"""
    from actions.clock import now
    from actions.hand_over import hand_over, name_deputy, standing_rights
    from actions.people import person_by_staff_no
    from actions.people_file import roles_of

    days, wanted = _days(first, last), roles_of(roles)
    with opened(settings_for(data)) as database, database.writing() as session:
        at = now(session)
        held = standing_rights(session, person_by_staff_no(session, giver), at)
        chosen = {right.id or 0 for right in held if not wanted or right.role in wanted}
        if days is None:
            handed = hand_over(session, giver, taker, chosen, at)
        else:
            handed = name_deputy(session, giver, taker, chosen, days, at)
    if as_json:
        days_told = [day.isoformat() for day in days] if days else None
        emit({"giver": giver, "taker": taker, "roles": handed.number, "days": days_told})
        return
    way = "移交给" if days is None else f"在 {days[0]} 到 {days[1]} 由其代理："
    say(f"{handed.giver}的 {handed.number} 个角色{way}{handed.taker}。")


def _days(first: str, last: str) -> tuple[date, date] | None:
    """A deputy's days; None where none are named."""
    if not (first or last):
        return None
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise WrongUse(
            "代理需要开始和结束日期。", "请同时写 --from 和 --to，形如 2020-11-16，当天都算在内。"
        ) from error


@app.command()
def leave(staff_no: str, data: DataFolder = None, as_json: Json = False) -> None:
    """登记为已离任/离校：角色全部取消，不再收邮件，也不能登录；姓名和记录保留。"""
    from actions.clock import now, wall
    from actions.leaving import take_out

    with opened(settings_for(data)) as database, database.writing() as session:
        left = take_out(session, staff_no, now(session), wall())
    if as_json:
        emit({"staff_no": staff_no, "name": left.name, **asdict(left.taken)})
        return
    say(f"{left.name}（{staff_no}）已登记为离任/离校；重新给他角色即恢复在岗。")
    _tell_taken(left.taken)


@app.command()
def activate(staff_no: str, data: DataFolder = None, as_json: Json = False) -> None:
    """打印一次性激活链接，本人打开后设置密码。"""
    from actions.clock import wall
    from actions.people import make_activation

    settings = settings_for(data)
    with opened(settings) as database, database.writing() as session:
        at, hours = wall(), settings.activation_hours
        secret = make_activation(session, staff_no, at, hours)
    link = f"{_address(settings).rstrip('/')}/activate/{secret}"
    if as_json:
        emit({"staff_no": staff_no, "link": link, "until": (at + timedelta(hours=hours)).isoformat()})
    else:
        print(link)


def _counted(loaded: Loaded) -> dict[str, Any]:
    counted = {key: getattr(loaded, key) for key in ("new", "changed", "same", "others", "back")}
    return {"people": loaded.rows, **counted, **asdict(loaded.taken)}


def _tell_loaded(loaded: Loaded) -> None:
    if loaded.back:
        say(f"恢复在岗：{'、'.join(loaded.back)}。")
    _tell_taken(loaded.taken)


def _tell_taken(taken: Taken) -> None:
    """What was taken from whom, and which department has nobody any more."""
    from actions.people_file import said

    for each in taken.ended:
        table = f"（表 {each.table}）" if each.table else ""
        say(f"取消角色：{each.name}（{each.staff_no}）的{each.department}{said(each.role)}{table}。")
    for vacancy in taken.vacant:
        say(f"注意：{vacancy.department}现在没有{said(vacancy.role)}，请尽快补上。")


def _address(settings: Settings) -> str:
    """Where the pages are: as set, as the service last said, or as it would by default."""
    from commands.supervisor import ADDRESS, FIRST_PORT

    left = settings.data / ADDRESS
    if settings.public_url or not left.exists():
        return settings.public_url or f"http://127.0.0.1:{FIRST_PORT}"
    return left.read_text()


@app.command()
def token(staff_no: str, data: DataFolder = None, as_json: Json = False) -> None:
    """打印一个接口令牌（只显示这一次）。"""
    from actions.clock import wall
    from actions.people import make_token

    with opened(settings_for(data)) as database, database.writing() as session:
        secret = make_token(session, staff_no, wall())
    if as_json:
        emit({"staff_no": staff_no, "token": secret})
    else:
        print(secret)
