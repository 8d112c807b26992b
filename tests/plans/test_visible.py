"""What can be seen of what was typed: names of rare characters whole, nothing that breaks a page."""

from __future__ import annotations

import pytest

from plans.visible import visible


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("教务部", "教务部"),
        ("一\n二\t三", "一\n二 三"),
        ("a\x00\x07\x1f\x7f\x85b", "ab"),
        ("生\u202excod\u200b\ufeff", "生xcod"),
        ("一\u2028二\u2029三", "一二三"),
        ("半\ud800个", "半个"),
        ("\ufffe\uffff\U0001ffff无", "无"),
        ("\ue863老师", "\ue863老师"),
        ("𠮷\U0002ebf0\U00031350", "𠮷\U0002ebf0\U00031350"),
        ("全\u3000角", "全\u3000角"),
    ],
)
def test_what_is_seen(typed: str, seen: str) -> None:
    assert visible(typed) == seen
