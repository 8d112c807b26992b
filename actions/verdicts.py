"""The national platform's verdicts in bulk (S16): pasted lines, shown as they are understood, then recorded
all together or not at all."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from actions.approved import ATTEST
from actions.check import record_verdict
from actions.who import Who, demand_office
from models import Assignment, Version
from models.errors import Conflict, Sentence, Unusable
from models.stages import CHECKED, FAILED, REVIEWED, SAYS, allowed
from models.worklist import Line, lines, owed_by

PASSED = ("通过", "平台通过", "已通过", "合格", "是", "pass", "passed", "ok")
NOT_PASSED = ("不通过", "未通过", "平台未通过", "不合格", "否", "fail", "failed")
HEADINGS = ("表号", "编号", "表", "table", "code")
CODE = re.compile(r"\d+(\.\d+)*")
MOST = 2000
RECORD, SAME, BLANK, WRONG = "record", "same", "blank", "wrong"


@dataclass(frozen=True)
class Pasted:
    """One line as it was pasted, its cells without what nobody sees around them."""

    number: int
    code: str
    department: str
    verdict: str
    remark: str


@dataclass(frozen=True)
class Proposed:
    """What a line would do: record a verdict, nothing (it stands already, or is left blank), or it is wrong
    and ``problem`` says why."""

    pasted: Pasted
    line: Line | None
    passed: bool
    state: str
    problem: str = ""


def propose(session: Session, text: str) -> list[Proposed]:
    """What each line of the text would do; nothing is recorded.  Unusable where there is no line at all."""
    pasted = list(_pasted(text))
    if not pasted:
        raise Unusable("还没有内容。", "请粘贴几行：表号、部门、通过或不通过、平台的提示。")
    if len(pasted) > MOST:
        raise Unusable(Sentence("一次最多登记 %(most)s 行。", most=MOST), "请分几次登记。")
    codes = {code[0] for each in pasted if (code := CODE.match(each.code))}
    known = {code: lines(session, table=code) for code in codes}
    found = [_proposed(each, known) for each in pasted]
    return _each_once(found)


def record_verdicts(session: Session, who: Who, text: str, seen: str, now: datetime) -> int:
    """Record what was shown, all of it: how many.  Unusable where a line is wrong, Conflict where what the
    lines would do is no longer what was ``seen``."""
    demand_office(who)
    found = propose(session, text)
    wrong = [
        Sentence("第 %(number)s 行：%(problem)s", number=each.pasted.number, problem=each.problem)
        for each in found
        if each.state == WRONG
    ]
    if wrong:
        raise Unusable(
            Sentence("有 %(n)s 行不能登记，一行也没有登记。", n=len(wrong)),
            "请改好这些行再试。",
            problems=wrong,
        )
    if stamp_of(found) != seen:
        raise Conflict("您查看之后，任务有了变动。", "下面是最新的结果：核对后再登记。")
    recorded = list(_recorded(found))
    for each, key in recorded:
        record_verdict(session, who, key, each.passed, each.pasted.remark, now)
    return len(recorded)


def stamp_of(found: Sequence[Proposed]) -> str:
    """What the lines would do, in short: on which version of which assignment, and at which stage."""
    said = [
        (key, each.line.assignment.version_id, each.line.assignment.stage, each.passed, each.pasted.remark)
        for each, key in _recorded(found)
        if each.line
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def count_awaiting(session: Session) -> int:
    """How many wait for the platform's verdict."""
    statement = (
        select(func.count()).select_from(Assignment).join(Version, col(Assignment.version_id) == Version.id)
    )
    waiting = col(Assignment.stage) == REVIEWED, col(Version.kind) == ATTEST, *owed_by(None)
    return session.exec(statement.where(*waiting)).one()


def _recorded(found: Iterable[Proposed]) -> Iterator[tuple[Proposed, int]]:
    """What is recorded, with its assignment."""
    return ((each, each.line.id) for each in found if each.state == RECORD and each.line)


def awaiting(session: Session) -> list[Line]:
    """What is reviewed and waits for the platform's verdict."""
    reviewed = lines(session, stage=REVIEWED)
    return [each for each in reviewed if each.version is not None and each.version.kind == ATTEST]


def _pasted(text: str) -> Iterator[Pasted]:
    for number, printed in enumerate(text.splitlines(), start=1):
        try:
            cells = [_clean(cell) for cell in _cells(printed)]
        except csv.Error as error:
            raise Unusable(
                Sentence("第 %(number)s 行读不出来。", number=number),
                "请检查引号是否成对，内容是否过长。",
            ) from error
        if not any(cells) or cells[0].lower() in HEADINGS:
            continue
        code, department, verdict, *rest = (*cells, "", "", "")[: max(len(cells), 3)]
        yield Pasted(number, code, department, verdict, "，".join(each for each in rest if each))


def _cells(printed: str) -> list[str]:
    """A line's cells: at its tabs, else at its commas, also the Chinese ones; a quoted one is one cell."""
    if "\t" in printed:
        return next(csv.reader([printed], delimiter="\t"))
    return next(csv.reader([printed.replace("，", ",")], skipinitialspace=True), [])


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).split())


def _proposed(pasted: Pasted, known: dict[str, list[Line]]) -> Proposed:
    """One line as it is understood; of a table that one department collects its name may be left out."""
    code = CODE.match(pasted.code)
    of_table = known.get(code[0] if code else "", [])
    own = [each for each in of_table if pasted.department in ("", each.department)]
    problem = _unknown(pasted, of_table, own)
    if problem:
        return Proposed(pasted, None, False, WRONG, problem)
    seen, verdict = own[0], pasted.verdict.lower()
    passed = verdict in PASSED
    if not verdict and not pasted.remark:
        return Proposed(pasted, seen, False, BLANK)
    if passed and seen.assignment.stage == CHECKED:
        return Proposed(pasted, seen, True, SAME)
    problem = _refused(pasted, seen, passed)
    return Proposed(pasted, seen, passed, WRONG if problem else RECORD, problem)


def _unknown(pasted: Pasted, of_table: Sequence[Line], own: Sequence[Line]) -> str:
    if not of_table:
        return Sentence("没有编号为“%(code)s”的表。", code=pasted.code)
    if not own:
        return Sentence("“%(name)s”不采集这张表。", name=pasted.department)
    if len(own) > 1:
        return Sentence("这张表由 %(n)s 个部门采集，要写明是哪个部门。", n=len(own))
    return ""


def _refused(pasted: Pasted, seen: Line, passed: bool) -> str:
    """Why the verdict cannot be recorded; empty where it can."""
    verdict, row = pasted.verdict.lower(), seen.assignment
    if not passed and verdict not in NOT_PASSED:
        return Sentence("看不懂结论“%(said)s”：请写“通过”或“不通过”。", said=pasted.verdict)
    if row.exempt:
        return Sentence("这一项已免报。")
    if seen.version is None or seen.version.kind != ATTEST:
        return Sentence("这一项没有登记过平台填报，不登记平台结论。")
    if not allowed("pass" if passed else "fail", row.stage, CHECKED if passed else FAILED):
        return Sentence("这一项现在是“%(stage)s”，审核通过以后才能登记。", stage=SAYS[row.stage])
    if not passed and not pasted.remark:
        return Sentence("“不通过”要写明平台给出的原因。")
    return ""


def _each_once(found: Sequence[Proposed]) -> list[Proposed]:
    """The same, with what is named a second time as wrong."""
    first: dict[int, int] = {}
    told = []
    for each in found:
        place = first.setdefault(each.line.id, each.pasted.number) if each.line else each.pasted.number
        if place != each.pasted.number and each.state != BLANK:
            problem = Sentence("与第 %(n)s 行是同一项。", n=place)
            told.append(replace(each, state=WRONG, problem=problem))
        else:
            told.append(each)
    return told
