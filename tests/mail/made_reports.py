"""Reports made by hand: one of four lines, one of nothing, one with everything a report can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from deadlines.forecast import Outlook, Span
from deadlines.pace import Group, Pace
from deadlines.risk import Risk
from models.late import Change, DepartmentCount, Extended, LateLine, LateReport, Receipted, Settled
from models.prospect import AtRisk, Prospect, TableEnd

AT = datetime(2020, 11, 13, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DUE = AT.replace(day=11, hour=23, minute=59)


def line(table: str, name: str, department: str, stage: str, held_by: str) -> LateLine:
    days = {"collector": 0, "reviewer": 0, "system-check": 0, held_by: 2}
    return LateLine(table, name, department, "学务部", DUE, stage, 2, held_by, days)


ROSTER_DUE = AT.replace(day=7, hour=17, minute=30)
UNNAMED = replace(
    line("roster", "采集员、审核员名单", "图书馆", "pending", "collector"),
    reviewer=None,
    due=ROSTER_DUE,
    working_days_late=5,
    days={"collector": 5, "reviewer": 0, "system-check": 0},
)
NOTHING_AHEAD = Prospect(Outlook(Pace(), 0.0, None, None), (), (), ())
REPORT = LateReport(
    at=AT,
    campaign="2020年数据采集",
    college="示例职业学院",
    office="质量部办公室",
    phone="62809066",
    late=(
        line("1.6", "机构设置", "政务部", "collected", "reviewer"),
        line("6.1", "教师基本情况", "政务部", "returned", "collector"),
        line("10.1.1", "学生基本信息", "学务部", "pending", "collector"),
        line("7.2", "课程设置", "教务部", "reviewed", "system-check"),
        UNNAMED,
    ),
    departments=(
        DepartmentCount("政务部", 5, 4, {"reviewer": 1, "collector": 1}),
        DepartmentCount("学务部", 1, 0, {"collector": 1}),
        DepartmentCount("教务部", 2, 2, {"system-check": 1}),
        DepartmentCount("图书馆", 1, 0, {"collector": 1}),
    ),
    on_time=6,
    due=9,
    total=201,
    year=2020,
    prospect=NOTHING_AHEAD,
    number=3,
)
NOTHING = replace(REPORT, late=(), departments=(), on_time=0, due=0)


RISK = Risk("watch", "slow", 9, 9, 7, 2, 18, 1.0, 0.0, 0.25, 0.5)
FULL = replace(
    REPORT,
    late=(
        replace(
            REPORT.late[0],
            source=True,
            requests_waiting=1,
            requests_refused=2,
            held_until=DUE.replace(day=17),
            held_reason="表号待平台确认",
            receipts=(
                Receipted("head", 1, 1, DUE.replace(day=12), broken=True),
                Receipted("leaders", 3, 2),
                Receipted("leader", 1, 0),
            ),
            extensions=(
                Extended(DUE.replace(day=16), "数据员出差", "质量部办公室", revoked=True),
                Extended(DUE.replace(day=12), "等人事处盖章", "质量部办公室"),
            ),
        ),
        *REPORT.late[1:],
    ),
    change=Change(
        AT.replace(day=12),
        5,
        new=REPORT.late[:2],
        settled=(
            Settled("7.1.1", "开设专业", "教务部", "checked"),
            Settled("10.4", "红十字会", "学务部", ""),
        ),
    ),
    prospect=Prospect(
        Outlook(Pace(owed=20, uncollected=9, in_review=2), 1.0, None, Span(date(2020, 11, 20), None, True)),
        (
            (
                Group("教务部", DUE.replace(day=18), "collected"),
                Outlook(
                    Pace(owed=12, uncollected=9, unstarted=9, in_review=2),
                    1.0,
                    None,
                    Span(date(2020, 11, 20), date(2020, 11, 24), True),
                    RISK,
                ),
            ),
        ),
        (TableEnd("7.2", "课程设置", 1, Span(date(2020, 11, 20), date(2020, 11, 20))),),
        (AtRisk(7, "7.2", "课程设置", "教务部", DUE.replace(day=18), "pending", None, RISK),),
    ),
)
WHY = "截止前 2 个工作日，尚余 9 张没交过，近 3 日每日完成 1 张，照此约 7 张赶不上，已完成 25%，其他部门 50%"
EXTENDED = "2 次：至11月16日，数据员出差，已收回；至11月12日，等人事处盖章（质量部办公室批准）"


REQUESTS = "申请延期 1 次待答复，2 次未获同意"
HELD_BACK = "暂缓上报至11月17日，表号待平台确认"
RECEIPTS = "部门负责人已阅，承诺11月12日前完成（未兑现）；院领导 2/3 人已阅；分管院领导未回执"
