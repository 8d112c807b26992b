"""What the office lets pass: still told, no longer in the way."""

from __future__ import annotations

import pytest

from checks.finding import Finding
from checks.release import Released, apply_releases

FINDING = Finding(
    rule="cohort",
    severity="warning",
    message="2016 级两者不一致。",
    remedy="请核对。",
    sheet="10.1.1",
    cell="G5",
    row=5,
    column="年级",
    key="20160004",
    value="2016",
)


@pytest.mark.parametrize(
    "released",
    [
        Released("cohort", "平台已确认"),
        Released("cohort", "平台已确认", table="10.1.1"),
        Released("cohort", "平台已确认", sheet="10.1.1", column="年级"),
        Released("cohort", "平台已确认", table="10.1.1", sheet="10.1.1", column="年级", key="20160004"),
        Released("cohort", "平台已确认", sheet="10.1.1", column="年级", cell="G5"),
        Released("cohort", "平台已确认", key="20160004", cell="G5"),
    ],
)
def test_a_fitting_finding_becomes_an_info_with_the_reason(released: Released) -> None:
    (passed,) = apply_releases([FINDING], [released], "10.1.1")
    assert (passed.severity, passed.released) == ("info", "平台已确认")
    assert (passed.rule, passed.message, passed.cell, passed.value) == (
        FINDING.rule,
        FINDING.message,
        "G5",
        "2016",
    )


@pytest.mark.parametrize(
    "released",
    [
        Released("period", "理由"),
        Released("cohort", "理由", table="10.1.2"),
        Released("cohort", "理由", sheet="10.1.2"),
        Released("cohort", "理由", column="学制"),
        Released("cohort", "理由", column="年级", key="20160005"),
        Released("cohort", "理由", column="年级", cell="G6"),
        Released("cohort", "理由", column="年级", key="20160004", cell="G6"),
    ],
)
def test_what_does_not_fit_stays(released: Released) -> None:
    assert apply_releases([FINDING], [released], "10.1.1") == [FINDING]


def test_errors_pass_too_and_infos_have_nothing_to_pass() -> None:
    error = Finding(rule="reference", severity="error", message="不在其中")
    info = Finding(rule="normalised", severity="info", message="已改读")
    released = [Released("reference", "先放行"), Released("reference", "后一条"), Released("normalised", "x")]
    passed = apply_releases([error, info], released, "7.2")
    assert [(finding.severity, finding.released) for finding in passed] == [("info", "先放行"), ("info", "")]


def test_nothing_released_changes_nothing() -> None:
    assert apply_releases([FINDING], [], "10.1.1") == [FINDING]
