"""The plan that the loaded campaign runs by: the text of its newest plan version, read once."""

from __future__ import annotations

from functools import lru_cache

from sqlmodel import Session

from deadlines.effective import DeadlineRules
from models import Campaign, PlanVersion
from models.errors import NotFound
from models.worklist import current_campaign
from plans.load import load_plan
from plans.plan import Plan


def plan_in_force(session: Session) -> Plan:
    """The plan of the loaded campaign; NotFound before the first one."""
    version = plan_version_in_force(session, current_campaign(session))
    return plan_of(version)


def plan_of(version: PlanVersion) -> Plan:
    """The plan that a version keeps."""
    return _read(version.tasks_text, version.schedule_text)


def plan_version_in_force(session: Session, campaign: Campaign) -> PlanVersion:
    """The plan version the campaign's rows were made from."""
    return session.get_one(PlanVersion, campaign.plan_version_id)


def plan_number(session: Session) -> int | None:
    """Which plan version the campaign runs by; None before the first.  A change that was shown on one number
    must not be applied on another."""
    try:
        return plan_version_in_force(session, current_campaign(session)).number
    except NotFound:
        return None


def rules_in_force(session: Session) -> DeadlineRules:
    """The deadline rules of the loaded campaign's schedule."""
    version = plan_version_in_force(session, current_campaign(session))
    return rules_of(version)


def rules_of(version: PlanVersion) -> DeadlineRules:
    """The deadline rules of the schedule that a version keeps."""
    return _rules(version.tasks_text, version.schedule_text)


@lru_cache(maxsize=8)
def _read(tasks: str, schedule: str) -> Plan:
    return load_plan(tasks, schedule)


@lru_cache(maxsize=8)
def _rules(tasks: str, schedule: str) -> DeadlineRules:
    return DeadlineRules(_read(tasks, schedule).schedule)
