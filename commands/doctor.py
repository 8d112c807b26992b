"""`caiji doctor`: looks at an installation and says what is well and what to mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import DataFolder, Json, emit, say
from commands.mail_check import check_mail, show_preset
from commands.old_browsers import VENDOR
from commands.store import REHEARSAL_FOLDER, has_database, opened, settings_for
from models.errors import PeopleError
from settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from models import Heartbeat

LITTLE_SPACE = 2 * 1024**3
TOLD = 8
SLEPT, STARTS_WITHIN = timedelta(minutes=15), timedelta(minutes=2)
MailTo = Annotated[
    str | None, typer.Option("--mail", metavar="TO@ADDRESS", help="逐步检查邮件，并向这个地址发一封测试邮件")
]
Preset = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="列出常用邮箱该设什么，如 qq、exmail、163"),
]


@dataclass(frozen=True)
class Sign:
    """One thing looked at: whether it is well, and if not, how to mend it."""

    what: str
    well: bool
    says: str
    remedy: str = ""


def register(parent: typer.Typer) -> None:
    parent.command()(doctor)


def doctor(
    data: DataFolder = None, mail: MailTo = None, preset: Preset = None, as_json: Json = False
) -> None:
    """检查安装：Python、前端文件、磁盘、数据库（表和列）、后台任务、邮件设置、统一身份认证；或逐步检查邮件。"""
    if preset is not None:
        show_preset(preset, as_json=as_json)
        raise typer.Exit(0)
    if mail is not None:
        raise typer.Exit(0 if check_mail(settings_for(data), mail, as_json=as_json) else 1)
    settings = _looked_at(data)
    signs = [*_machine(settings), *_database(settings), _mail(settings), *provider_signs(settings)]
    if as_json:
        emit({"signs": [asdict(sign) for sign in signs]})
    else:
        for sign in signs:
            say(
                f"{'✓' if sign.well else '✗'} {sign.what}：{sign.says}"
                + (f" → {sign.remedy}" if sign.remedy else "")
            )
    raise typer.Exit(0 if all(sign.well for sign in signs) else 1)


def _looked_at(data: Path | None) -> Settings:
    """The data folder that is named or usual; the rehearsal's where there is only that."""
    usual, rehearsal = settings_for(data), settings_for(data, rehearsal=True)
    if data is not None or has_database(usual) or not has_database(rehearsal):
        return usual
    return rehearsal


def _machine(settings: Settings) -> Iterator[Sign]:
    yield Sign("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    vendor = VENDOR / "htmx.min.js"
    yield Sign(
        "前端文件",
        vendor.exists(),
        "已安装" if vendor.exists() else "缺失",
        "" if vendor.exists() else "make setup",
    )
    yield _folder(settings.data)
    free = shutil.disk_usage(_existing(settings.data)).free
    enough = free > LITTLE_SPACE
    yield Sign("磁盘", enough, f"可用 {free / 1024**3:.1f} GB", "" if enough else "请腾出至少 2 GB")


def _folder(data: Path) -> Sign:
    rehearsal = "（演练的数据）" if data.name == REHEARSAL_FOLDER else ""
    if data.exists() and not data.is_dir():
        return Sign("数据目录", False, f"{data} 是一个文件", "请用 --data 指定一个文件夹")
    writable = os.access(_existing(data), os.W_OK)
    remedy = "" if writable else "请让运行 caiji 的用户能写这个文件夹，或用 --data 指定另一个"
    return Sign("数据目录", writable, f"{data}{rehearsal}" + ("" if writable else " 不能写入"), remedy)


def _database(settings: Settings) -> Iterator[Sign]:
    from actions.clock import mode, wall
    from models import Heartbeat, Stamp
    from models.migrate import differences

    try:
        with opened(settings) as database, database.reading() as session:
            apart = differences(session)
            yield Sign("数据库", True, "可读" if apart else f"可读（{mode(session)}）")
            yield _columns(apart)
            if apart:
                return
            yield from _chat(session, settings)
            beat, stamp = session.get(Heartbeat, "worker"), session.get(Stamp, 1)
            began = stamp.created_at if stamp else None
    except PeopleError as error:
        yield Sign("数据库", False, error.message, error.remedy)
        return
    yield _worker(beat, began, wall())


def _chat(session: Session, settings: Settings) -> Iterator[Sign]:
    """Robots without a rule, or rules without a robot, say nothing to anybody."""
    from actions.plan_in_force import plan_in_force
    from models.worklist import loaded_campaign
    from plans.ladder import ANNOUNCEMENT

    if loaded_campaign(session) is None:
        return
    ruled = any(rule.kind == ANNOUNCEMENT for rule in plan_in_force(session).schedule.reminders)
    if settings.chat_urls and not ruled:
        remedy = "去掉 schedule.yaml 里“群公告”三行行首的 #，在“计划”页载入（或 caiji plan apply）"
        yield Sign("群公告", False, "设了群机器人，但计划里没有群公告的规则", remedy)
    elif ruled and not settings.chat_urls:
        yield Sign("群公告", False, "计划里有群公告的规则，但没有设群机器人", "请设 CAIJI_CHAT_URLS")
    elif ruled:
        yield Sign("群公告", True, "规则和群机器人都已设好")


def _worker(beat: Heartbeat | None, began: datetime | None, now: datetime) -> Sign:
    if beat is None and began is not None and now - began < STARTS_WITHIN:
        return Sign("后台任务", True, "刚启动")
    awake = beat is not None and now - beat.at < SLEPT
    says = f"最近一次 {beat.at.astimezone():%Y-%m-%d %H:%M:%S %Z}" if beat else "从未运行"
    return Sign("后台任务", awake, says, "" if awake else "请运行 caiji serve（或 caiji worker）")


def _columns(apart: list[str]) -> Sign:
    if not apart:
        return Sign("数据表", True, "表和列与程序一致")
    more = f"等 {len(apart)} 处" if len(apart) > TOLD else ""
    return Sign(
        "数据表",
        False,
        f"与程序不一致：{'、'.join(apart[:TOLD])}{more}",
        "数据库由另一个版本的程序建立或被改动过：先用 caiji backup 备份，"
        "再用建立它的版本打开，或用 caiji restore 恢复到新的数据目录",
    )


def _mail(settings: Settings) -> Sign:
    if not settings.smtp_host:
        return Sign("邮件", True, "未设置邮件服务器：邮件进入本机信箱 /mailbox")
    return Sign("邮件", True, f"{settings.smtp_host}:{settings.smtp_port}（{settings.smtp_security}）")


def provider_signs(settings: Settings) -> Iterator[Sign]:
    """Whether single sign-on can work, asked of the provider itself."""
    if not settings.oidc_issuer:
        return
    import asyncio

    from web.oidc import demand_reachable

    try:
        asyncio.run(demand_reachable(settings))
        yield Sign("统一身份认证", True, f"{settings.oidc_issuer} 可用")
    except PeopleError as error:
        remedy = "请核对 CAIJI_OIDC_ISSUER（要与平台自己写的签发者一字不差）、网络和证书"
        yield Sign("统一身份认证", False, error.message, remedy)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.absolute().parent)
