"""What one assignment or roster owes at a moment, by plain arithmetic from what was recorded of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from tests.conftest import SHANGHAI

STAGES = {"pending": "待采集", "returned": "已退回", "collected": "待审核", "reviewed": "待系统检测"}
HOLDERS = {"pending": "采集", "returned": "采集", "collected": "审核", "reviewed": "系统检测"}
HELD = ("采集", "审核", "系统检测")
ROLES = {"采集": "collector", "审核": "reviewer", "系统检测": "system-check"}
AUDIENCES = {"office": "质量部", "head": "部门负责人", "leader": "分管院领导", "leaders": "院领导"}
OFFICE = "质量部办公室"


def moment(stored: str | datetime | None) -> datetime | None:
    if stored is None:
        return None
    read = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return read.replace(tzinfo=UTC).astimezone(SHANGHAI)


def working_days(first: datetime, last: datetime) -> list[datetime]:
    """Ends of the working days after the one until the other: Monday to Friday this November."""
    days = (first.date() + timedelta(n) for n in range(1, (last.date() - first.date()).days + 1))
    return [datetime.combine(day, time(17, 30), SHANGHAI) for day in days if day.weekday() < 5]


def day(at: datetime) -> str:
    return f"{at.month}月{at.day}日"


@dataclass
class Owed:
    """One assignment, what happened with it until the moment that is asked, and what follows of that."""

    department: str
    code: str
    name: str
    source: bool
    reviewer: str | None
    base: datetime
    by_review: bool
    at: datetime
    moves: list[tuple[datetime, str]]
    requests: list[tuple[Any, ...]]
    holds: list[tuple[Any, ...]]
    waits: list[tuple[Any, ...]]
    told: list[tuple[Any, ...]]

    @property
    def table(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def granted(self) -> list[tuple[datetime, str, bool]]:
        """Until when, why, and whether taken back."""
        return [
            (until, reason, revoked is not None and revoked <= self.at)
            for until, reason, state, _, decided, revoked in self.requests
            if state in ("granted", "revoked") and decided <= self.at
        ]

    @property
    def waiting(self) -> int:
        return sum(
            asked <= self.at and (decided is None or self.at < decided)
            for _, _, _, asked, decided, _ in self.requests
        )

    @property
    def refused(self) -> int:
        return sum(state == "refused" and decided <= self.at for _, _, state, _, decided, _ in self.requests)

    @property
    def due(self) -> datetime:
        return max([self.base, *(until for until, _, revoked in self.granted if not revoked)])

    def stage(self, at: datetime) -> str:
        return next((stage for moved, stage in reversed(self.moves) if moved <= at), "pending")

    @property
    def deadline(self) -> datetime:
        """Of who holds it now: two working days to review, one to mend."""
        stage = self.stage(self.at)
        if stage not in ("returned", "collected") or (stage == "collected" and self.by_review):
            return self.due
        days = 2 if stage == "collected" else 1
        since = self.moves[-1][0]
        end = working_days(since, since + timedelta(days=10))[days - 1]
        return end if stage == "collected" else max(end, self.due)

    @property
    def late(self) -> bool:
        return self.stage(self.at) != "checked" and self.at > self.deadline

    @property
    def in_time(self) -> bool:
        return any(stage == "collected" and moved <= self.due for moved, stage in self.moves)

    @property
    def holder(self) -> str:
        return HOLDERS[self.stage(self.at)]

    def _evenings(self) -> list[datetime]:
        return [min(evening, self.at) for evening in working_days(self.due, self.at)]

    def _waits_at(self, at: datetime) -> list[str]:
        return [name for name, asked, closed in self.waits if asked <= at and (closed is None or at < closed)]

    @property
    def spent(self) -> tuple[int, ...]:
        counted = Counter(
            HOLDERS.get(self.stage(each))
            for each in self._evenings()
            if not (HOLDERS.get(self.stage(each)) == "采集" and self._waits_at(each))
        )
        return tuple(counted[holder] for holder in HELD)

    @property
    def waited(self) -> dict[str, int]:
        mine = [each for each in self._evenings() if HOLDERS.get(self.stage(each)) == "采集"]
        return dict(Counter(name for each in mine for name in dict.fromkeys(self._waits_at(each))))

    @property
    def waiting_on(self) -> list[str]:
        return list(dict.fromkeys(self._waits_at(self.at))) if self.holder == "采集" else []

    @property
    def answerable(self) -> list[str]:
        own = [] if self.waiting_on and not any(self.spent) else [self.department]
        return list(dict.fromkeys([*own, *self.waiting_on]))

    @property
    def held_by(self) -> str:
        told = [f"等待{'、'.join(self.waiting_on)}补录"] if self.waiting_on else []
        told += [f"其中等{name}补录 {days} 个工作日" for name, days in self.waited.items()]
        return f"{self.holder}（{'；'.join(told)}）" if told else self.holder

    @property
    def hold(self) -> tuple[datetime | None, str]:
        standing = [(until, why) for held, until, why in self.holds if held <= self.at < until]
        return standing[0] if standing else (None, "")

    @property
    def extended(self) -> str:
        told = [
            f"至{day(until)}，{reason}{'，已收回' if revoked else ''}"
            for until, reason, revoked in self.granted
        ]
        return f"{len(told)} 次：{'；'.join(told)}（{OFFICE}批准）" if told else ""

    @property
    def receipts(self) -> list[str]:
        """By audience: how many were told, have seen it, what was promised, and whether that was broken."""
        by_audience: dict[str, dict[int, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
        for audience, person, *answer in self.told:
            by_audience[audience][person].append(tuple(answer))
        return [self._receipt(AUDIENCES[name], people) for name, people in by_audience.items()]

    def _receipt(self, who: str, people: dict[int, list[tuple[Any, ...]]]) -> str:
        newest = [next((each for each in told if each[1] is not None), told[0]) for told in people.values()]
        seen = sum(each[1] is not None for each in newest)
        if not seen:
            return f"{who}未回执"
        promised = max((by for _, _, by in newest if by), default=None)
        broken = any(by and by < self.at and holder == self.role for holder, _, by in newest)
        first = f"{who}已阅" if len(newest) == 1 else f"{who} {seen}/{len(newest)} 人已阅"
        told = f"，承诺{day(promised)}前完成" if promised else ""
        return f"{first}{told}{'（未兑现）' if broken else ''}"

    @property
    def role(self) -> str:
        return ROLES[self.holder]

    @property
    def standing(self) -> str:
        return STAGES[self.stage(self.at)]

    @property
    def days_late(self) -> int:
        return len(working_days(self.deadline, self.at))

    @property
    def notes(self) -> list[str]:
        """What the last column says, piece by piece."""
        asked = [f"{self.waiting} 次待答复"] if self.waiting else []
        asked += [f"{self.refused} 次未获同意"] if self.refused else []
        until, why = self.hold
        told = [self.extended, f"申请延期 {'，'.join(asked)}" if asked else ""]
        told += [f"暂缓上报至{day(until)}，{why}" if until else "", *self.receipts]
        return sorted("；".join(each for each in told if each).split("；"))


class Roster(Owed):
    """A department's roster: naming both is its collecting, and nothing follows that."""

    @property
    def table(self) -> str:
        return self.name

    @property
    def role(self) -> str:
        return "rosters"

    @property
    def standing(self) -> str:
        return {"pending": "待报齐"}[self.stage(self.at)]
