"""The late report's chart: one specification, drawn as SVG for the page and as PNG for Word."""

from __future__ import annotations

import unicodedata
from typing import Any

from models.late import HELD_BY, DepartmentCount, LateReport

FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
COLOURS = {"未逾期": "#1c7c54", "采集逾期": "#b42318", "审核逾期": "#dc8a12", "检测逾期": "#6a4c93"}


def chart_svg(report: LateReport) -> str:
    """The chart as an SVG element; empty where nothing has fallen due."""
    if not report.departments:
        return ""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_specification(report)))


def chart_png(report: LateReport) -> bytes:
    """The chart at twice its size, for paper."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_specification(report), scale=2.5))


def _specification(report: LateReport) -> dict[str, Any]:
    """Bars of what fell due, a department each in the order of the plan: not late, or late in whose hands."""
    rows = [
        {"部门": _visible(each.department), "类": kind, "项": number, "order": order}
        for each in report.departments
        for order, (kind, number) in enumerate(zip(COLOURS, _parts(each), strict=True))
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 13},
        "width": 420,
        "height": {"step": 19},
        "encoding": {
            "y": {
                "field": "部门",
                "type": "nominal",
                "sort": None,
                "axis": {"title": None, "labelLimit": 220},
            },
            "x": {
                "field": "项",
                "type": "quantitative",
                "axis": {"title": "项", "values": _ticks(report), "format": "d"},
            },
            "color": {
                "field": "类",
                "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
                "legend": {"title": None, "orient": "top"},
            },
            "order": {"field": "order"},
        },
        "config": {
            "font": FONT,
            "background": "white",
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 12,
                "titleFontSize": 12,
                "gridColor": "#e6ebef",
                "domainColor": "#9aa7b2",
            },
            "legend": {"labelFontSize": 12},
        },
    }


def _visible(name: str) -> str:
    """Without what nobody sees: a control character ends the whole process within the library."""
    return "".join(letter for letter in name if not unicodedata.category(letter).startswith("C"))


def _ticks(report: LateReport) -> list[int]:
    """Whole numbers, about eight of them."""
    most = max((each.due for each in report.departments), default=0)
    return list(range(0, most + 1, max(1, -(-most // 8))))


def _parts(each: DepartmentCount) -> tuple[int, ...]:
    late = tuple(each.late.get(holder, 0) for holder in HELD_BY)
    return each.due - sum(late), *late
