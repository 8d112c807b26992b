"""The plan's versions (decision 0001): each as it was applied, what it changed, and how to go back to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session, col, select

from actions.plan_in_force import plan_of
from models import Person, PlanVersion
from models.errors import NotFound, Sentence
from models.worklist import loaded_campaign
from plans.diff import PlanDiff, outline
from plans.load import load_plan
from plans.plan import Plan
from plans.problems import PlanError


@dataclass(frozen=True)
class Kept:
    """One version with who applied it (None: the command line or the set-up) and what it changed of the one
    before; ``changed`` is None for the first, and where a former text cannot be read any more."""

    version: PlanVersion
    by: str | None
    changed: PlanDiff | None

    @property
    def number(self) -> int:
        """Counted from the first plan that was loaded."""
        return self.version.number


def plan_versions(session: Session, most: int | None = None) -> list[Kept]:
    """All that were applied, or the newest of them, the newest first."""
    campaign = loaded_campaign(session)
    if campaign is None:
        return []
    statement = (
        select(PlanVersion, Person.name)
        .outerjoin(Person, col(PlanVersion.applied_by) == Person.id)
        .where(PlanVersion.campaign_id == campaign.id)
        .order_by(col(PlanVersion.number).desc())
        .limit(most and most + 1)
    )
    found = session.exec(statement).all()
    former = [version for version, _ in found[1:]]
    kept = [
        Kept(version, name, _changed(before, version))
        for (version, name), before in zip(found, [*former, None], strict=True)
    ]
    return kept[:most]


def plan_version(session: Session, number: int) -> PlanVersion:
    """The version of this number."""
    campaign = loaded_campaign(session)
    found = (
        campaign
        and session.exec(
            select(PlanVersion).where(PlanVersion.campaign_id == campaign.id, PlanVersion.number == number)
        ).first()
    )
    if not found:
        raise NotFound(
            Sentence("没有第 %(number)s 版计划。", number=number), "请从“计划”页的历次计划里选择。"
        )
    return found


def plan_again(session: Session, number: int) -> Plan:
    """The plan that a version keeps, to be proposed once more."""
    return plan_of(plan_version(session, number))


def _changed(before: PlanVersion | None, version: PlanVersion) -> PlanDiff | None:
    if before is None:
        return None
    former, later = ((each.tasks_text, each.schedule_text) for each in (before, version))
    try:
        return _outlined(former, later)
    except PlanError:
        return None


@lru_cache(maxsize=64)
def _outlined(before: tuple[str, str], after: tuple[str, str]) -> PlanDiff:
    return outline(load_plan(*before), load_plan(*after))
