"""`caiji next-year`: the next campaign's data folder, made from this one's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console import DataFolder, Json, emit, say
from commands.keep import DATABASE
from commands.prefill import read_last_year
from commands.store import blobs_of, migrated, opened, settings_for
from models.errors import Conflict, Unusable
from models.whole import UNFINISHED, whole_folder
from settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from actions.next_year import Answer, Colleague
    from actions.prefill import Prefill
    from models import DefinitionEdition
    from models.database import Database
    from plans.next_year import NextYear

Document = dict[str, Any]
LATER = "以后可以再用 export 和 plan prefill 载入。"


def register(parent: typer.Typer) -> None:
    parent.command("next-year")(next_year)


def next_year(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="下一年的数据写到哪个新目录")],
    data: DataFolder = None,
    as_json: Json = False,
) -> None:
    """由今年的数据建好下一年的：计划顺延一年，人员和角色、上年数据、说明、答复都带过去；今年的不变。"""
    settings = settings_for(data)
    if settings.database_url:
        raise Unusable(
            "CAIJI_DATABASE_URL 指向数据库服务器。",
            "请为下一年另建数据库，用 caiji plan apply、people import、export 和 plan prefill 分步做。",
        )
    if folder.is_dir() and {path.name for path in folder.iterdir()} - {UNFINISHED}:
        raise Conflict(f"{folder} 不是空目录。", "请指定一个新目录，已有的数据不会被覆盖。")
    with opened(settings) as database, whole_folder(folder, last=DATABASE) as part:
        document = {"data": str(folder.absolute()), **_made(settings, database, part)}
    document["serve"] = " ".join(["caiji serve", *document["serve"], "--data", str(folder)])
    if as_json:
        emit(document)
    else:
        _tell(document, folder)


def _made(settings: Settings, database: Database, part: Path) -> Document:
    """Fill ``part`` with the next campaign, as this one is at a single moment."""
    from actions.clock import mode, now
    from actions.definitions import editions
    from actions.next_year import answers, colleagues, rolled_plan
    from actions.plan_in_force import plan_in_force
    from actions.summary import export

    work = part / "work"
    with database.reading() as session:
        at, kind = now(session), mode(session)
        rolled = rolled_plan(plan_in_force(session))
        people, answered, defined = colleagues(session, at), answers(session), editions(session)
        manifest = export(session, blobs_of(settings), work / "export")
    new = settings.model_copy(update={"data": part})
    with migrated(new) as following:
        document = _begin(following, kind, rolled, people, answered, defined, at)
        last = _load_last_year(new, following, work / "export", at).as_dict()
    shutil.rmtree(work)
    shutil.rmtree(part / "reading", ignore_errors=True)
    document["look"] += _look(manifest, last)
    return document | {"last_year": {key: last[key] for key in ("source", "rows", "explanations", "skipped")}}


def _begin(
    database: Database,
    kind: str,
    rolled: NextYear,
    people: list[Colleague],
    answered: list[Answer],
    defined: list[DefinitionEdition],
    at: datetime,
) -> Document:
    """The plan applied, people and answers carried over, in one transaction."""
    from actions.clock import REHEARSAL, stamp
    from actions.definitions import carry_editions
    from actions.load_plan import apply
    from actions.next_year import carry_answers, carry_people

    with database.writing() as session:
        stamp(session, kind)
        apply(session, rolled.plan, None, at)
        carried = carry_people(session, people, rolled.plan, at)
        answers = carry_answers(session, answered)
        carry_editions(session, defined)
    return {
        "serve": ["--rehearse", f"{rolled.plan.schedule.start:%Y-%m-%dT%H:%M}"] if kind == REHEARSAL else [],
        "campaign": rolled.plan.schedule.name,
        "year": rolled.plan.schedule.year,
        "changes": [{"where": each.where, "from": each.was, "to": each.now} for each in rolled.changes],
        "people": carried.people,
        "rights": carried.rights,
        "answers": answers,
        "look": [*rolled.doubts, *(f"{each}。" for each in carried.lost)],
    }


def _load_last_year(settings: Settings, database: Database, export: Path, at: datetime) -> Prefill:
    from actions.prefill import contents, impact, load

    last = read_last_year(settings, database, export)
    with database.reading() as session:
        found = impact(session, last)
    made = contents(blobs_of(settings), found)
    with database.writing() as session:
        load(session, None, found, made, at)
    return found


def _look(manifest: Document, last: Document) -> list[str]:
    """What of last year's data is not there."""
    if not last["rows"]:
        return [f"今年还没有通过三个阶段的数据，下一年没有上年数据可比；{LATER}"]
    left = [f"{each['where']}：{each['why']}" for each in last["skipped"]]
    if manifest["excluded"]:
        count = len(manifest["excluded"])
        left.append(f"今年有 {count} 项没有通过三个阶段，没有带过去；{LATER}")
    return left


def _tell(document: Document, folder: Path) -> None:
    for each in document["changes"]:
        say(f"~ {each['where']}：{each['from']} → {each['to']}")
    last = document["last_year"]
    say(
        f"带过去：{document['people']} 人，{document['rights']} 个角色，密码照旧；"
        f"上年数据 {last['rows']} 行，可沿用的说明 {last['explanations']} 条，答复 {document['answers']} 条。"
    )
    for sentence in document["look"]:
        say(f"？ {sentence}")
    say(
        f"已建好 {folder}：{document['campaign']}。请看上面 {len(document['look'])} 处，"
        f"用 caiji plan export 写出计划、改好后 apply，再用 {document['serve']} 启动。"
    )
