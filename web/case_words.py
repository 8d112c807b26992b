"""The words for typical cases."""

from __future__ import annotations

from plans.wanted_cases import ANY
from web.language import gettext as _


def state(value: str) -> str:
    """What has become of a case."""
    return {
        "handed": _("等质量部收下"),
        "taken": _("已收下"),
        "returned": _("退回待改"),
        "replaced": _("已换新稿"),
        "withdrawn": _("已撤回"),
    }[value]


def theme(value: str) -> str:
    """A theme as the plan names it, or that there is none to hold to."""
    return _("主题不限") if value == ANY else value


def done(key: str) -> str:
    """What a page says after something has been done; empty for an unknown key."""
    return {
        "case-handed": _("案例已报送，等质量部收下；在此之前可以换稿或撤回。"),
        "case-replaced": _("已换成新的一稿，等质量部收下。"),
        "case-withdrawn": _("案例已撤回。"),
        "case-taken": _("案例已收下。"),
        "case-returned": _("案例已退回，报送的部门在“典型案例”页面会看到原因。"),
    }.get(key, "")
