"""How commands speak: tables and bars for people on stderr or stdout, one JSON document for programs."""

from __future__ import annotations

import errno
import json
import logging
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from models.errors import PeopleError, Unusable
from models.whole import NotWritten
from plans.problems import PlanError
from settings import Misset

Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 文档，供程序读取")]
DataFolder = Annotated[
    Path | None, typer.Option("--data", help="数据目录（默认 CAIJI_DATA 或 data/）", show_default=False)
]

UNREACHABLE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "它是一个文件，不是文件夹",
    errno.ENOTDIR: "它的上一级是一个文件，不是文件夹",
    errno.EISDIR: "它是一个文件夹，不是文件",
    errno.EACCES: "当前用户没有权限",
    errno.EPERM: "当前用户没有权限",
    errno.EROFS: "所在的磁盘是只读的",
    errno.ENOSPC: "所在的磁盘已满",
    errno.EDQUOT: "当前用户的磁盘配额已用完",
    errno.EFBIG: "文件超过了允许的大小",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
}
MISSING = "没有文件夹 {}"
UNMAKEABLE = "这里不能新建文件或文件夹"
REACHABLE = "请检查路径，或换一个当前用户可以写入的文件夹。"

DATABASE_SAYS = {
    "disk is full": ("数据库所在的磁盘已满。", "请腾出空间后再试；数据没有改动。"),
    "disk I/O error": ("数据库所在的磁盘出错或已满。", "请检查磁盘后再试；数据没有改动。"),
    "readonly database": ("数据库不能写入。", "请检查数据目录的权限，以及磁盘是否只读；数据没有改动。"),
    "unable to open": ("数据库打不开。", "请检查 --data 和数据目录的权限。"),
    "database is locked": ("数据库正被另一个程序占用。", "请稍后再试；一直如此时，请找出并停止那个程序。"),
    "not a database": ("数据库文件已损坏，或不是数据库。", "请用 caiji restore 把备份恢复到一个新的目录。"),
    "malformed": ("数据库文件已损坏。", "请用 caiji restore 把备份恢复到一个新的目录。"),
    "onnection": ("连接不上数据库服务器。", "请检查 CAIJI_DATABASE_URL，以及服务器是否在运行。"),
}
"""What a database says, and what a person hears."""


class WrongUse(Unusable):
    """An argument that says nothing this command understands: exit 2."""


def emit(document: object) -> None:
    """Print one JSON document on stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def say(message: str) -> None:
    """Tell a person something on stderr, so that stdout stays for results."""
    print(message, file=sys.stderr, flush=True)


def tell_written(*files: Path, as_json: bool) -> None:
    """Say which files have been written."""
    if as_json:
        emit({"written": [str(file) for file in files]})
    else:
        say(f"已写入 {' 和 '.join(map(str, files))}。")


def ask(question: str) -> bool:
    """Whether a person says yes; asked on stderr, and no where nobody is there to answer."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def show_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table for people on stdout."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@contextmanager
def tell_errors() -> Iterator[None]:
    """Turn errors into a sentence and exit 1, wrong use 2; an unforeseen one leaves its details in a file."""
    try:
        yield
    except WrongUse as error:
        _tell(error)
        sys.exit(2)
    except (PeopleError, PlanError, Misset) as error:
        _tell(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        _tell(_unreachable(error))
        sys.exit(1)
    except Exception as error:
        silent = _silent_database(error)
        if silent is not None:
            _tell(silent)
            sys.exit(1)
        say(f"出现了意料之外的错误，数据没有改动。详细记录：{_keep_details()}")
        sys.exit(1)


def _tell(error: PeopleError | PlanError | Misset) -> None:
    lines: list[str]
    if isinstance(error, PlanError):
        lines = [problem.sentence() for problem in error.problems]
    elif isinstance(error, PeopleError):
        lines = [error.message, *error.detail.get("problems", [])]
    else:
        lines = [error.message]
    for line in lines:
        say(f"✗ {line}")
    if error.remedy:
        say(f"  {error.remedy}")


def _unreachable(error: OSError) -> PeopleError:
    """What a person can mend about a file or folder that he named; the details of any other in a file."""
    if error.filename is None or error.errno not in UNREACHABLE:
        return PeopleError(f"系统不能完成这一步：{error}。", f"数据没有改动。详细记录：{_keep_details()}")
    written = isinstance(error, NotWritten)
    reason, parent = UNREACHABLE[error.errno], Path(error.filename).absolute().parent
    if error.errno == errno.ENOENT and not parent.exists():
        reason = MISSING.format(parent)
    elif error.errno == errno.ENOENT and written:
        reason = UNMAKEABLE
    return PeopleError(f"不能{'写入' if written else '使用'} {error.filename}：{reason}。", REACHABLE)


def _silent_database(error: Exception) -> PeopleError | None:
    """What a person can mend about the database; None for any other error."""
    if type(error).__name__ not in ("OperationalError", "DatabaseError"):
        return None
    text = str(getattr(error, "orig", error))
    found = next((told for sign, told in DATABASE_SAYS.items() if sign in text), None)
    return PeopleError(*found) if found else None


def _keep_details() -> str:
    logging.getLogger(__name__).debug("unforeseen", exc_info=True)
    try:
        with tempfile.NamedTemporaryFile("w", prefix="caiji-", suffix=".log", delete=False) as file:
            traceback.print_exc(file=file)
    except OSError:
        return "临时目录写不进去，没有留下"
    return file.name


def as_rows(items: list[dict[str, Any]], keys: list[str]) -> list[list[str]]:
    """The named values of each item, as text, for `show_table`."""
    return [["" if item.get(key) is None else str(item[key]) for key in keys] for item in items]
