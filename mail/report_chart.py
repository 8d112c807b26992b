"""The late report's chart: one specification, drawn as SVG for the page and as PNG for Word."""

from __future__ import annotations

from typing import Any

from models.late import HELD_BY, DepartmentCount, LateReport
from plans.visible import visible

FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
COLOURS = {"未逾期": "#1c7c54", "采集逾期": "#b42318", "审核逾期": "#dc8a12", "检测逾期": "#6a4c93"}


MOST = 12
"""Departments in a chart: so many stand on a page of paper beside its text."""


def chart_svg(report: LateReport) -> str:
    """The chart as an SVG element; empty where nothing is late."""
    if not report.late:
        return ""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_specification(report)))


def chart_png(report: LateReport) -> bytes:
    """The chart at twice its size, for paper; empty where nothing is late."""
    if not report.late:
        return b""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_specification(report), scale=2.5))


def _shown(report: LateReport) -> list[DepartmentCount]:
    """The departments with something late, in the order of the plan: those with most where there are many."""
    late = [each for each in report.departments if each.late_in_all]
    most = sorted(late, key=lambda each: -each.late_in_all)[:MOST]
    return [each for each in late if each in most]


def _specification(report: LateReport) -> dict[str, Any]:
    """Bars of what fell due, a department each: not late, or late in whose hands."""
    shown = _shown(report)
    rows = [
        {"部门": visible(each.department), "类": kind, "项": number, "order": order}
        for each in shown
        for order, (kind, number) in enumerate(zip(COLOURS, _parts(each), strict=True))
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": _title(report, shown),
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 13},
        "width": 420,
        "height": {"step": 18},
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
                "axis": {"title": None, "values": _ticks(shown), "format": "d"},
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


def _title(report: LateReport, shown: list[DepartmentCount]) -> dict[str, Any] | None:
    """Said where some of the departments with something late are left out."""
    if sum(1 for each in report.departments if each.late_in_all) == len(shown):
        return None
    return {
        "text": f"逾期最多的 {len(shown)} 个部门",
        "fontSize": 13,
        "fontWeight": "normal",
        "anchor": "middle",
    }


def _ticks(shown: list[DepartmentCount]) -> list[int]:
    """Whole numbers, about eight of them."""
    most = max((each.due for each in shown), default=0)
    return list(range(0, most + 1, max(1, -(-most // 8))))


def _parts(each: DepartmentCount) -> tuple[int, ...]:
    late = tuple(each.late.get(holder, 0) for holder in HELD_BY)
    return each.due - sum(late), *late
