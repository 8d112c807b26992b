"""`caiji rehearse`: the whole campaign, event by event, before it starts; sends and writes nothing."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from commands.console import DataFolder, Json, WrongUse, emit, say
from commands.moments import moment
from commands.store import opened, settings_for
from models.errors import NotFound
from models.whole import write_whole
from plans.course_file import Deed, read_course, shifted, write_course
from plans.notation import parse_day, quoted

NO_REPORTS = ()
"""Nobody opens what the command foresees: its reports are counted, not written."""


def register(parent: typer.Typer) -> None:
    parent.command()(rehearse)
    parent.command()(course)


def rehearse(
    from_: Annotated[str | None, typer.Option("--from", help="从何时", show_default=False)] = None,
    to: Annotated[str | None, typer.Option("--to", help="到何时", show_default=False)] = None,
    sample: Annotated[bool, typer.Option(help="按示例过程预演，而不是假定谁都不做事")] = False,
    course: Annotated[
        Path | None, typer.Option("--course", help="按记录下的过程（CSV）预演", show_default=False)
    ] = None,
    shift_to: Annotated[
        str | None, typer.Option("--shift-to", help="把过程的第一天移到这一天", show_default=False)
    ] = None,
    onward: Annotated[bool, typer.Option("--onward", help="从现在的进度起，而不是从头")] = False,
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """预演：列出每一封提醒、催办和报告，不发送也不写入；假定谁都不做事，或按示例、按记录下的过程。"""
    from commands.foreseen import tell
    from flows.rehearsal import Asked, rehearse, zone_of

    if sample and course:
        raise WrongUse("--sample 和 --course 只能用一个。", "请去掉其中一个。")
    settings = settings_for(data)
    zone = zone_of(settings)
    asked = Asked(
        begin=moment(from_, zone) if from_ else None,
        end=moment(to, zone) if to else None,
        sample=sample,
        course=tuple(_deeds(course, zone, shift_to)) if course else (),
        onward=onward,
    )
    with TemporaryDirectory(prefix="caiji-rehearsal-") as folder:
        found = rehearse(settings, Path(folder), asked, NO_REPORTS)
    for line in found.unfit:
        say(f"略过 {line}")
    if as_json:
        emit({"events": found.events, "left_out": found.unfit})
    else:
        tell(found.events)


def course(
    file: Annotated[Path, typer.Argument(help="写到哪个 CSV 文件", metavar="FILE")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """把本次采集到现在为止谁在何时做了什么写成 CSV；明年可用 caiji rehearse --course 按它预演。"""
    from actions.plan_in_force import plan_in_force
    from actions.replay import recorded

    with opened(settings_for(data)) as database, database.reading() as session:
        deeds = recorded(session)
        text = write_course(deeds, plan_in_force(session).schedule.zone)
    write_whole(file, text.encode())
    if as_json:
        emit({"written": [str(file)], "deeds": len(deeds)})
    else:
        say(f"{len(deeds)} 件事写到了 {file}。")


def _deeds(file: Path, zone: ZoneInfo, shift_to: str | None) -> list[Deed]:
    from plans.tasks_file import decode

    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotFound(f"打不开文件 {file}。", "请核对文件名；过程文件由 caiji course 写出。") from error
    deeds = read_course(decode(content, file.name), file.name, zone)
    if shift_to is None:
        return deeds
    try:
        return shifted(deeds, parse_day(shift_to))
    except ValueError as error:
        raise WrongUse(f"看不懂日期{quoted(shift_to)}。", "请写成 2021-11-08 这样的形式。") from error
