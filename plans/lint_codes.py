"""Doubts about the tables' codes: gaps, and codes that don't stand as printed."""

from __future__ import annotations

from collections.abc import Iterator

from plans.plan import Plan, PlanTable
from plans.problems import PlanProblem
from plans.sentence import Sentence, together

FILE = "tasks.csv"


def absent_codes(plan: Plan) -> Iterator[PlanProblem]:
    """Codes that the numbering skips, such as 7.6.2 between 7.6.1 and 7.6.3."""
    codes = [_parts(table) for table in plan.tables]
    missing = [".".join(map(str, gap)) for gap in sorted(_gaps(codes))]
    if missing:
        message = Sentence("编号不连续，缺 %(missing)s；请确认本年确实不采集", missing="、".join(missing))
        yield PlanProblem("codes-absent", FILE, None, f"{FILE}: code", message)


def _parts(table: PlanTable) -> tuple[int, ...]:
    return tuple(int(part) for part in table.code.split("."))


def _gaps(codes: list[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """What lacks below the highest sibling; a table stands for the first of its own sub-codes too."""
    present = {code[:depth] for code in codes for depth in range(1, len(code) + 1)}
    highest = {code[:-1]: max(each[-1] for each in present if each[:-1] == code[:-1]) for code in present}
    expected = {(*parent, number) for parent, most in highest.items() for number in range(1, most + 1)}
    return {gap for gap in expected - present if not (gap[-1] == 1 and gap[:-1] in codes)}


def unusual_codes(plan: Plan) -> Iterator[PlanProblem]:
    """Codes that stand beside their own sub-codes, and codes that were worked out from the context."""
    codes = [table.code for table in plan.tables]
    for table in plan.tables:
        below = [code for code in codes if code.startswith(f"{table.code}.")]
        if below:
            message = Sentence(
                "编号 %(code)s 与下级编号 %(first)s–%(last)s 并列，照印的保留；请确认不是笔误",
                code=table.code,
                first=below[0],
                last=below[-1],
            )
            yield _unusual(str(table.no), message)
    derived = [table for table in plan.tables if not _stands_in_print(table)]
    if derived:
        numbers = "、".join(str(table.no) for table in derived)
        said = together(
            Sentence("“%(printed)s”作 %(code)s", printed=table.printed, code=table.code) for table in derived
        )
        yield _unusual(numbers, Sentence("印的名称没有完整编号，按所在目录推定：%(said)s", said=said))


def _stands_in_print(table: PlanTable) -> bool:
    rest = table.printed.removeprefix(table.code)
    return rest != table.printed and not rest.startswith((".", *"0123456789"))


def _unusual(where: str, message: str) -> PlanProblem:
    return PlanProblem("printed-code-unusual", FILE, None, f"{FILE}: {where}", message)
