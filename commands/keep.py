"""`caiji backup` and `caiji restore`: the database first, then the files it names."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from commands.console import DataFolder, Json, emit, say
from commands.store import blobs_of, settings_for
from models.blobs import Blobs
from models.errors import Conflict, NotFound, Unusable
from models.whole import UNFINISHED, whole_file, whole_folder

DATABASE, BLOBS = "caiji.db", "blobs"


def register(parent: typer.Typer) -> None:
    parent.command()(backup)
    parent.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="备份写到哪个新目录")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """备份数据库和全部文件；运行中也可以备份。"""
    settings = settings_for(data)
    source = settings.data / DATABASE
    if settings.database_url:
        raise Unusable("CAIJI_DATABASE_URL 指向数据库服务器。", "请用它自己的工具备份，再复制 blobs 目录。")
    if not source.exists():
        raise NotFound(f"数据目录 {settings.data} 里没有数据库。", "请用 --data 指定正确的目录。")
    if folder.is_dir() and {path.name for path in folder.iterdir()} - {UNFINISHED, BLOBS}:
        raise Conflict(f"{folder} 不是空目录。", "请指定一个新目录，已有的备份不会被覆盖。")
    with whole_folder(folder, last=DATABASE) as part:
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part / DATABASE),))
        files = blobs_of(settings).copy_to(Blobs(folder / BLOBS))
    if as_json:
        emit({"backup": str(folder.absolute()), "files": files})
    else:
        say(f"已备份到 {folder}。")


def restore(
    folder: Annotated[Path, typer.Argument(help="备份所在目录")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """把备份恢复到一个还没有数据库的数据目录。"""
    settings = settings_for(data)
    if not (folder / DATABASE).exists():
        raise NotFound(f"{folder} 里没有备份（缺 {DATABASE}）。", "请指定 caiji backup 写出的目录。")
    _demand_room(settings.data)
    _demand_sound(folder / DATABASE)
    settings.data.mkdir(parents=True, exist_ok=True)
    files = Blobs(folder / BLOBS).copy_to(blobs_of(settings))
    with whole_file(settings.data / DATABASE) as part:
        shutil.copyfile(folder / DATABASE, part)
    if as_json:
        emit({"data": str(settings.data.absolute()), "files": files})
    else:
        say(f"已恢复到 {settings.data}。")


def _demand_room(data: Path) -> None:
    """A log that was left where its database was moved away would be played into the restored one."""
    left = [path for path in (data / DATABASE, data / f"{DATABASE}-wal") if path.exists()]
    if left:
        raise Conflict(
            f"{data} 里已有数据库（{left[0].name}）。",
            f"请用 --data 指定一个新目录，或把 {DATABASE} 连同 {DATABASE}-wal、{DATABASE}-shm 一起移走；"
            "现有数据不会被覆盖。",
        )


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
