"""What can be wrong or doubtful in a plan, told so that the office can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


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

    def sentence(self) -> str:
        """File, line, what is wrong and a right example, in one line."""
        hint = f"例如：{self.example}。" if self.example else ""
        return f"{self.place}：{self.message}。{hint}"

    @property
    def place(self) -> str:
        """File, line and what stands there, each said once."""
        line = f"第 {self.line} 行" if self.line else ""
        inside = self.where.removeprefix(self.file).removeprefix(":").strip()
        named = f"序号 {inside}" if inside.isdecimal() else inside
        detail = f"（{named}）" if named and named != line else ""
        return f"{self.file} {line}".rstrip() + detail


class PlanError(Exception):
    """A plan that cannot be used; ``problems`` has at least one entry.

    ``status``, ``message`` and ``remedy`` are what every error that people cause carries.
    """

    status = 422

    def __init__(self, problems: Iterable[PlanProblem]) -> None:
        self.problems = tuple(problems)
        first, more = self.problems[0], len(self.problems) - 1
        self.message = first.sentence() + (f"另有 {more} 处问题。" if more else "")
        self.remedy = "请按提示逐处改正后重新载入；在此之前，原有的计划和数据都不受影响。"
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
