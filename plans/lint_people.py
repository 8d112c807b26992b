"""Doubts about who reviews: too much for one, nothing for another, the same person twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from plans.plan import Plan
from plans.problems import PlanProblem
from plans.sentence import Sentence

REVIEW = "schedule.yaml: review"


@dataclass(frozen=True)
class DepartmentRoles:
    """The staff numbers that a department named."""

    collectors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()


def overloaded_reviewers(plan: Plan, roles: Mapping[str, DepartmentRoles]) -> Iterator[PlanProblem]:
    """Departments where one reviewer faces more decisions than the limit; several share them evenly."""
    decisions = Counter(each.reviewer for each in plan.obligations() if each.reviewer)
    limit = plan.schedule.reviewer_limit
    for name, count in decisions.most_common():
        people = len(roles.get(name, DepartmentRoles()).reviewers) or 1
        if ceil(count / people) > limit:
            share = (
                Sentence("，%(people)s 人分担每人约 %(each)s 次", people=people, each=ceil(count / people))
                if people > 1
                else Sentence("，都由一人完成")
            )
            message = Sentence(
                "%(name)s 要审核 %(count)s 次%(share)s，超过 %(limit)s 次；可按表再指定几名审核员",
                name=name,
                count=count,
                share=share,
                limit=limit,
            )
            yield _doubt("reviewer-overloaded", REVIEW, message)


def one_person_twice(roles: Mapping[str, DepartmentRoles]) -> Iterator[PlanProblem]:
    """Departments whose collector is their reviewer too: nobody may approve what he handed in."""
    for name, named in roles.items():
        both = [person for person in named.collectors if person in named.reviewers]
        if both:
            message = Sentence(
                "%(name)s 的 %(both)s 既是采集员又是审核员，不能审核自己提交的数据",
                name=name,
                both="、".join(both),
            )
            yield _doubt("same-person-both-roles", f"people.xlsx: {name}", message)


def reviewers_without_tables(
    plan: Plan, roles: Mapping[str, DepartmentRoles] | None
) -> Iterator[PlanProblem]:
    """Departments that name a reviewer and review nothing; without a roster every one has to name one."""
    busy = {each.reviewer for each in plan.obligations()}
    naming = [
        department.name
        for department in plan.schedule.departments
        if roles is None or roles.get(department.name, DepartmentRoles()).reviewers
    ]
    idle = [name for name in naming if name not in busy]
    if idle:
        message = Sentence(
            "%(idle)s 要报审核员，但没有一张表由它审核；请确认是否需要由本部门先审", idle="、".join(idle)
        )
        yield _doubt("reviewer-without-tables", "tasks.csv: review", message)


def _doubt(id: str, where: str, message: str) -> PlanProblem:
    return PlanProblem(id, where.partition(":")[0], None, where, message)
