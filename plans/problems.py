"""What can be wrong or doubtful in a plan, told so that the office can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from plans.sentence import Sentence, known


@dataclass(frozen=True)
class PlanProblem:
    """One error or doubt: ``where`` names the place, ``line`` is 1-based (``None``: the whole file).

    ``example`` is a right value, empty where none helps.
    """

    id: str
    file: str
    line: int | None
    where: str
    message: str
    example: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> Sentence:
        """File, line, what is wrong and a right example, in one line."""
        told = Sentence("%(place)s：%(message)s。", place=self.place, message=known(self.message))
        if not self.example:
            return told
        return Sentence("%(told)s例如：%(example)s。", told=told, example=self.example)

    @property
    def place(self) -> str:
        """File, line and what stands there, each said once."""
        line = Sentence("第 %(line)s 行", line=self.line) if self.line else ""
        inside = self.where.removeprefix(self.file).removeprefix(":").strip()
        named = Sentence("序号 %(no)s", no=inside) if inside.isdecimal() else inside
        row = Sentence("表中第 %(line)s 行", line=self.line)
        named = row if named == row else named
        place = Sentence("%(file)s %(line)s", file=self.file, line=line) if line else self.file
        if not named or named == line:
            return place
        return Sentence("%(place)s（%(named)s）", place=place, named=named)


class PlanError(Exception):
    """A plan that cannot be used; ``problems`` has at least one entry.

    ``status``, ``message`` and ``remedy`` are what every error that people cause carries.
    """

    status = 422

    def __init__(self, problems: Iterable[PlanProblem]) -> None:
        self.problems = tuple(problems)
        first, more = self.problems[0], len(self.problems) - 1
        told = first.sentence()
        self.message = told if not more else Sentence("%(told)s另有 %(more)s 处问题。", told=told, more=more)
        self.remedy = Sentence("请按提示逐处改正后重新载入；在此之前，原有的计划和数据都不受影响。")
        super().__init__(self.message)


@dataclass
class Problems:
    """The problems of one file as they are found; reading goes on so that all are told at once."""

    file: str
    found: list[PlanProblem] = field(default_factory=list)

    def add(self, id: str, line: int | None, where: str, message: str, example: str = "") -> None:
        self.found.append(PlanProblem(id, self.file, line, where, message, example))

    def raise_any(self) -> None:
        """Raise PlanError if anything was found, in the order of the file."""
        if self.found:
            raise PlanError(sorted(self.found, key=lambda problem: problem.line or 0))
