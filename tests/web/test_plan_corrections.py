"""The preview of a plan names those who hear that what they were told no longer holds."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from models import Mail, Notice, Person
from models.worklist import lines
from plans.tasks_file import write_tasks
from tests.conftest import SHANGHAI
from tests.web.conftest import Installation, plan_2020


def test_who_was_told_of_what_leaves_the_plan_is_named(site: Installation) -> None:
    with site.database.writing() as session:
        head = session.exec(select(Person).where(Person.staff_no == "S001")).one()
        tell_of_last_table(session, head)
        name = head.name
    sent = {"files": ("tasks.csv", write_tasks(plan_2020().tables[:-1]).encode())}
    answer = site.browser("S000").form("/plan/preview", files=sent)
    found = answer.text.partition('data-testid="notices"')[2]
    assert f"先前告知的期限因此作废，这 1 人会收到更正：{name}。" in found
    assert "更正 · 部门负责人 +1" in found


def tell_of_last_table(session: Session, person: Person) -> None:
    """An escalation of the last table's deadline that has reached the person."""
    seen, now = lines(session)[-1], datetime(2020, 11, 6, 8, tzinfo=SHANGHAI)
    notice = Notice(
        campaign_id=1,
        rule="to-head",
        kind="escalation",
        subject=f"{seen.table.code}@{seen.department}",
        deadline=seen.table.due,
        slot_at=now,
        audience="head",
        holder="collector",
        department=seen.department,
        assignment_id=seen.id,
        decided_at=now,
    )
    session.add(notice)
    session.flush()
    session.add(
        Mail(
            campaign_id=1,
            person_id=person.id,
            address=person.email,
            kind="escalation",
            slot="to-head",
            state="sent",
            notice_ids={"ids": [notice.id]},
            message_id="<1@x>",
            created_at=now,
        )
    )


def test_the_same_change_of_many_tables_is_told_once(site: Installation) -> None:
    text = write_tasks(plan_2020().tables)
    later = text.replace("2020-11-18", "2020-11-20").replace("图书馆", "质量部", 1)
    answer = site.browser("S000").form("/plan/preview", files={"files": ("tasks.csv", later.encode())})
    assert (answer.status_code, answer.text.count("<del>2020-11-18</del>")) == (200, 1)
    assert '<strong>67 张表</strong> <span class="hint">1.1、1.2、' in answer.text
    assert "<tr><td>3.2</td>" in answer.text
