"""`caiji backup` and `caiji restore`: the database first, then the files it names."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from commands.console import DataFolder, say
from commands.store import settings_for
from models.blobs import UNFINISHED
from models.errors import Conflict, NotFound, Unusable


def register(parent: typer.Typer) -> None:
    parent.command()(backup)
    parent.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="备份写到哪个新目录")], data: DataFolder = None
) -> None:
    """备份数据库和全部文件；运行中也可以备份。"""
    settings = settings_for(data)
    source = settings.data / "caiji.db"
    if settings.database_url:
        raise Unusable("CAIJI_DATABASE_URL 指向数据库服务器。", "请用它自己的工具备份，再复制 blobs 目录。")
    if not source.exists():
        raise NotFound(f"数据目录 {settings.data} 里没有数据库。", "请用 --data 指定正确的目录。")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} 不是空目录。", "请指定一个新目录，已有的备份不会被覆盖。")
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / "caiji.db"),))
    if (settings.data / "blobs").exists():
        shutil.copytree(settings.data / "blobs", folder / "blobs", ignore=shutil.ignore_patterns(UNFINISHED))
    say(f"已备份到 {folder}。")


def restore(folder: Annotated[Path, typer.Argument(help="备份所在目录")], data: DataFolder = None) -> None:
    """把备份恢复到一个还没有数据库的数据目录。"""
    settings = settings_for(data)
    if not (folder / "caiji.db").exists():
        raise NotFound(f"{folder} 里没有备份（缺 caiji.db）。", "请指定 caiji backup 写出的目录。")
    if (settings.data / "caiji.db").exists():
        raise Conflict(f"{settings.data} 里已有数据库。", "请用 --data 指定一个新目录；现有数据不会被覆盖。")
    _demand_sound(folder / "caiji.db")
    settings.data.mkdir(parents=True, exist_ok=True)
    if (folder / "blobs").exists():
        shutil.copytree(folder / "blobs", settings.data / "blobs", dirs_exist_ok=True)
    shutil.copyfile(folder / "caiji.db", settings.data / "caiji.db")
    say(f"已恢复到 {settings.data}。")


def _demand_sound(database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Unusable(f"{database} 不是完好的数据库。", "请换一份备份。") from error
    finally:
        connection.close()
    if answer != "ok":
        raise Unusable(f"{database} 没有通过完整性检查：{answer}", "请换一份备份。")
