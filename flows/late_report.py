"""The flow of the late report: counted, written as files, then recorded and queued in one transaction.

A kill before the last step leaves nothing but files that nobody names; the next tick makes the report again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from actions.late import late_report as count_late
from actions.late import record_report
from actions.notices import REPORT, Decided, decide
from actions.queued_mails import Enclosure
from flows.station import Station
from flows.telling import Wanted
from flows.tracked import Outcome, log, run_tracked, step
from mail.reports import summary, write_report
from models.late import LateReport


def run(station: Station, now: datetime, wanted: Wanted) -> Outcome[Decided]:
    """Make the reports due up to ``now``, tracked where Prefect answers."""
    name = f"逾期报告 {station.local(now):%Y-%m-%d %H:%M} · {wanted.mails} 封"
    return run_tracked(late_report, station, now, name=name, tags=("late-report",))


def late_report(station: Station, now: datetime) -> Decided:
    """Count what is late now, write the files, record the report and queue its mails."""
    report = step("统计逾期", _count, station, now)
    files = step("生成报告文件", _keep_files, station, report)
    decided = step("登记报告，排入发件箱", _record, station, report, files, now)
    log(f"逾期 {len(report.late)} 项，{decided.mails} 封邮件")
    return decided


def _count(station: Station, now: datetime) -> LateReport:
    with station.database.reading() as session:
        return count_late(session, now, now=now, issued=True)


def _keep_files(station: Station, report: LateReport) -> dict[str, str]:
    return {name: station.blobs.put(content) for name, content in write_report(report, station.forms).items()}


def _record(station: Station, report: LateReport, files: Mapping[str, str], now: datetime) -> Decided:
    enclosed = Enclosure(context=summary(report), attachments=files)
    with station.database.writing() as session:
        decided = decide(session, REPORT, now, enclosed)
        if decided.notices:
            record_report(session, report, files)
        return decided
