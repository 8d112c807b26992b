"""The sample's money, counted from its students and bases: income, expenses, assets (3.5, 5.*, 8.8, 9.3).

All amounts are in hundredths of 万元, as whole numbers, so that sums come out exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import Share
from commands.sample_words import Row, money

PER_STUDENT = 1200
"""The state's yearly means for one student: 12,000 元 = 1.2 万元."""
FEES = (("三年制专科（普通类）", 5250), ("三年制专科（艺术类）", 8250))
ART = "艺术设计"
PROJECTS = (
    ("职业教育质量提升计划专项", 18_000, "财政厅、教育厅", "粤财教〔2019〕示例1号"),
    ("实训基地建设专项", 9_500, "教育厅", "粤教职〔2019〕示例2号"),
    ("学生资助专项", 6_420, "财政厅", "粤财教〔2019〕示例3号"),
)
OTHER = (("培训服务收入", 3_850), ("利息收入", 460), ("房屋出租收入", 1_275))
REFORMS = (("课程思政示范课程建设", 860), ("专业群教学资源库建设", 2_400), ("实训教学改革研究", 735))
TRAINING = (("教师企业实践", 620), ("骨干教师培训", 940), ("高层次人才引进", 1_800))
TRAINED = 2
"""How many of these are training proper."""
DONORS = (
    ("示例云帆软件有限公司", "软件实训平台", "准捐赠", 1_200),
    ("示例恒力机械有限公司", "数控教学设备", "捐赠", 2_500),
    ("示例诚信会计师事务所", "奖学金", "捐赠", 500),
)
TEACHING_SHARE = 120
"""Teaching equipment of the whole college, in percent of what stands in its bases."""
LOANS, OWED_STILL = 0, 12_000
LAND, BUILDING, BOOKS, REPAID = 0, 4_600, 850, 1_500


def assets(share: Share) -> Iterator[Row]:
    """3.5: at least what the bases of 4.1 hold."""
    bases = share.college.bases
    held = sum(base.value for base in bases) * TEACHING_SHARE // 100
    yield {
        "全校总值": money(held * 7),
        "教学、科研仪器设备/资产总值": money(held),
        "教学、科研仪器设备/当年新增资产值": money(_equipment(share)),
    }


def fees(share: Share) -> Iterator[Row]:
    for category, rate in FEES:
        count = _paying(share, category)
        yield {
            "学生类别": category,
            "标准": str(rate),
            "金额": money(_fee(share, category, rate)),
            "学生人数": str(count),
            "年份": str(share.college.schedule.calendar_year or share.year),
        }


def regular_means(share: Share) -> Iterator[Row]:
    yield {
        "项目名称（全称）": "生均拨款",
        "补助标准": str(PER_STUDENT * 10),
        "项目金额": money(_regular(share)),
    }


def special_means(share: Share) -> Iterator[Row]:
    for name, amount, giver, paper in PROJECTS:
        yield {"项目名称（全称）": name, "项目金额": money(amount), "拨款部门": giver, "文号": paper}


def other_income(share: Share) -> Iterator[Row]:
    yield from _projects(OTHER)


def income(share: Share) -> Iterator[Row]:
    """5.1.5: the totals of 5.1 to 5.1.4, with what was given (9.3)."""
    parts = {
        "学费收入/合计": sum(_fee(share, *fee) for fee in FEES),
        "财政经常性补助收入/合计": _regular(share),
        "中央、地方财政专项投入/合计": sum(amount for _, amount, *_ in PROJECTS),
        "社会捐赠金额": sum(amount for *_, kind, amount in DONORS if kind == "捐赠"),
        "其他收入总额": sum(amount for _, amount in OTHER),
    }
    yield {
        "学校总收入": money(sum(parts.values())),
        **{name: money(amount) for name, amount in parts.items()},
        "贷款金额": money(LOANS),
        "贷款余额": money(OWED_STILL),
    }


def reforms(share: Share) -> Iterator[Row]:
    yield from _numbered(REFORMS)


def training(share: Share) -> Iterator[Row]:
    yield from _numbered(TRAINING)


def expenses(share: Share) -> Iterator[Row]:
    """5.2.3: the totals of 5.2.1 and 5.2.2 and what they leave."""
    heads = len(share.college.enrolled)
    daily = {
        "实(验)训耗材": heads * 30,
        "实习专项": heads * 18,
        "聘请兼职教师经费": len(share.college.teachers) * 40,
        "体育维持费": heads * 4,
        "其他": heads * 22,
    }
    parts = {
        "征地": LAND,
        "基础设施建设": BUILDING,
        "设备采购/合计": _equipment(share) + 900,
        "日常教学经费/合计": sum(daily.values()),
        "教学改革及研究/合计": sum(amount for _, amount in REFORMS),
        "师资建设/合计": sum(amount for _, amount in TRAINING),
        "图书购置费": BOOKS,
        "其他支出总额": heads * 600,
    }
    yield {
        "学校总支出": money(sum(parts.values())),
        **{name: money(amount) for name, amount in parts.items()},
        **{f"日常教学经费/{name}": money(amount) for name, amount in daily.items()},
        "设备采购/教学科研仪器设备": money(_equipment(share)),
        "师资建设/教师培训专项经费": money(sum(amount for _, amount in TRAINING[:TRAINED])),
        "还贷金额": money(REPAID),
    }


def grants(share: Share) -> Iterator[Row]:
    """8.8: scholarships and means for those who need them."""
    poor = sum(student.poor for student in share.college.enrolled)
    heads = len(share.college.enrolled)
    for name, kind, count, each in (
        ("国家奖学金", "奖学金", max(heads // 150, 1), 80),
        ("国家励志奖学金", "奖学金", heads // 30, 50),
        ("国家助学金", "助学金", poor, 33),
        ("学院奖学金", "奖学金", heads // 10, 10),
        ("勤工助学", "勤工助学", heads // 12, 12),
    ):
        yield {
            "项目名称(全称)": name,
            "项目种类": kind,
            "奖助范围": "在校生",
            "奖助人数": str(count),
            "奖助金额": money(count * each),
        }


def donations(share: Share) -> Iterator[Row]:
    for giver, what, kind, amount in DONORS:
        yield {
            "捐赠单位": giver,
            "捐赠项目": what,
            "捐赠日期": share.month(),
            "捐赠性质": kind,
            "捐赠价值": money(amount),
        }


def _fee(share: Share, category: str, rate: int) -> int:
    return _paying(share, category) * rate // 100


def _paying(share: Share, category: str) -> int:
    art = "艺术" in category
    trades = ((student.major.office.trade, student) for student in share.college.enrolled)
    return sum((trade is not None and trade.name == ART) == art for trade, _ in trades)


def _regular(share: Share) -> int:
    return len(share.college.enrolled) * PER_STUDENT // 10


def _equipment(share: Share) -> int:
    """What was bought for teaching: all that came to the bases, and a little."""
    return sum(base.added for base in share.college.bases) + 600


def _projects(found: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    for name, amount in found:
        yield {"项目名称（全称）": name, "项目金额": money(amount)}


def _numbered(found: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    for number, row in enumerate(_projects(found), start=1):
        yield {"序号": str(number), **row}
