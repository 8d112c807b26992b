"""The letter of a test mail: that it arrived is all it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mail.wording import day_and_time

if TYPE_CHECKING:
    from mail.letters import Desk, Letter
    from models import Mail, Notice
    from models.addressees import Held


def write_test(desk: Desk, mail: Mail, _notices: Sequence[Notice], held: Sequence[Held]) -> Letter:
    """To whoever asked for it."""
    asked = day_and_time(desk.rules.calendar.local(mail.created_at))
    lead = (
        f"这是一封测试邮件，由您于 {asked} 在“通知与邮件”页面发出。收到它，说明系统的邮件可以送达您的邮箱。"
    )
    return desk.letter("【数据采集】测试邮件", held, lead, [])
