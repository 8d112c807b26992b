"""Words and numbers that a college would write, so that a rehearsal's tables look like its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

Row = dict[str, str | None]
RowsBySheet = dict[str, list[Row]]
Making = Callable[[int, random.Random], str]

SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡郭何高林罗"
GIVEN = ("伟", "芳", "志强", "晓敏", "静", "建国", "磊", "文洋", "艳", "俊杰", "雨桐", "浩然")
OFFICES = (
    ("党政办公室", "党政管理机构"),
    ("组织人事处", "党政管理机构"),
    ("教务处", "党政管理机构"),
    ("学生工作处", "党政管理机构"),
    ("财务处", "党政管理机构"),
    ("质量管理办公室", "党政管理机构"),
    ("后勤管理处", "党政管理机构"),
    ("招生就业处", "党政管理机构"),
    ("信息工程系", "教学机构"),
    ("机电工程系", "教学机构"),
    ("经济管理系", "教学机构"),
    ("建筑工程系", "教学机构"),
    ("艺术设计系", "教学机构"),
    ("学前教育系", "教学机构"),
    ("公共基础部", "教学机构"),
    ("图书馆", "教辅机构"),
    ("信息中心", "教辅机构"),
    ("高职教育研究所", "科研机构"),
)
MAJORS = (
    ("610205", "软件技术"),
    ("610201", "计算机应用技术"),
    ("610202", "计算机网络技术"),
    ("610215", "大数据技术与应用"),
    ("560301", "机电一体化技术"),
    ("560309", "工业机器人技术"),
    ("560103", "数控技术"),
    ("560702", "汽车检测与维修技术"),
    ("630302", "会计"),
    ("630801", "电子商务"),
    ("630701", "市场营销"),
    ("630903", "物流管理"),
    ("540301", "建筑工程技术"),
    ("540502", "工程造价"),
    ("650111", "环境艺术设计"),
    ("640101", "旅游管理"),
)
COURSES = (
    "高等数学", "大学英语", "计算机应用基础", "思想道德修养与法律基础", "程序设计基础", "数据库技术",
    "网页设计与制作", "Java 程序设计", "网络设备配置与管理", "机械制图", "电工电子技术", "PLC 应用技术",
    "数控编程与加工", "工业机器人操作与编程", "基础会计", "财务管理", "成本核算实务", "市场营销实务",
    "网店运营", "仓储与配送管理", "建筑构造", "建筑工程测量", "工程计量与计价", "室内设计",
)  # fmt: skip
PRESSES = ("高等教育出版社", "机械工业出版社", "人民邮电出版社", "清华大学出版社", "电子工业出版社")
PLACES = ("广东广州", "广东佛山", "广西桂林", "湖南衡阳", "江西赣州", "四川达州", "河南周口")
COUNTED = (
    ("项目总数", "项", 30),
    ("经费投入", "万元", 120),
    ("参与教师", "人", 60),
    ("参与学生", "人", 800),
    ("设备总值", "万元", 500),
    ("建筑面积", "平方米", 9000),
)
SELDOM = 0.12
HOURS = (32, 48, 64, 72, 96, 128)
RANKS = {
    "高级": ("副教授", "硕士研究生", "硕士"),
    "中级": ("讲师", "硕士研究生", "硕士"),
    "初级": ("助教", "大学", "学士"),
}


def person(number: int, chance: random.Random) -> str:
    """A name; common ones come again, as they do."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def _of(words: tuple[str, ...]) -> Making:
    return lambda number, chance: chance.choice(words)


def _between(low: int, high: int) -> Making:
    return lambda number, chance: str(chance.randint(low, high))


def _nth(words: tuple[tuple[str, str], ...], part: int) -> Making:
    return lambda number, chance: words[(number - 1) % len(words)][part]


def _mostly(word: str, *others: str) -> Making:
    return lambda number, chance: chance.choice(others) if chance.random() < SELDOM else word


MAKINGS: Mapping[str, Making] = {
    "姓名": person,
    "负责人": person,
    "教材/第一作者": person,
    "民族": lambda number, chance: chance.choices(("汉族", "壮族", "瑶族", "回族"), (90, 6, 2, 2))[0],
    "部门编号": lambda number, chance: f"{number:02d}",
    "部门名称（全称）": _nth(OFFICES, 0),
    "部门类别": _nth(OFFICES, 1),
    "教职工数/专职": _between(4, 38),
    "教职工数/兼职": _between(0, 5),
    "专业代码": _nth(MAJORS, 0),
    "专业名称": _nth(MAJORS, 1),
    "专业方向代码": lambda number, chance: f"{MAJORS[(number - 1) % len(MAJORS)][0]}01",
    "重点专业": _mostly("无", "省级", "校级"),
    "特色专业": _mostly("无", "省级"),
    "是否国际合作专业": _mostly("否", "是"),
    "精品课程": _mostly("一般课程", "省部级", "院校级"),
    "教学名师": _mostly("否", "省级", "校级"),
    "行业、企业一线工作时间/历年": _between(0, 12),
    "行业、企业一线工作时间/本学年": _between(0, 60),
    "修业年限": lambda number, chance: "3",
    "班级总数": _between(3, 9),
    "订单(定向)培养": _between(0, 40),
    "课程代码": lambda number, chance: f"KC{number:04d}",
    "课程名称": lambda number, chance: COURSES[(number - 1) % len(COURSES)],
    "教学计划规定课时数": lambda number, chance: str(chance.choice(HOURS)),
    "教材/出版社": _of(PRESSES),
    "教工号": lambda number, chance: f"2020{number:04d}",
    "所属系部": _of(tuple(name for name, kind in OFFICES if kind == "教学机构")),
    "生源地": _of(PLACES),
}
"""How the columns of these names are filled, by the row's number."""


def generic(name: str, number: int, chance: random.Random) -> str | None:
    """A cell of a table without columns of its own: what is counted, how many, in which unit."""
    what, unit, most = COUNTED[(number - 1) % len(COUNTED)]
    return {"项目": what, "内容": str(chance.randint(1, most)), "单位": unit}.get(name)


def agree(row: Row, number: int, chance: random.Random) -> Row:
    """The row with its cells in agreement: sums, hours, ages, titles."""
    for settle in (_hours, _heads, _student, _teacher):
        row = row | {name: value for name, value in settle(row, number, chance).items() if name in row}
    return row


def _hours(row: Row, number: int, chance: random.Random) -> Row:
    """Pure theory has no practice, pure practice nothing else, the rest about half."""
    total = int(row.get("教学计划规定课时数") or 0)
    share = {"A": 0, "C": total}.get((row.get("课程类型") or " ")[0], total // 16 * 8)
    return {
        "实践课课时数": str(share),
        "教材/教材名称（全称）": row.get("课程名称"),
        "授课年级": f"{2017 + number % 3}级",
    }


def _heads(row: Row, number: int, chance: random.Random) -> Row:
    """Students by year and by origin, both of one total."""
    if "在校生数/总人数" not in row:
        return {}
    years = [chance.randint(60, 140) for _ in range(3)]
    schools = sum(years) * 3 // 5
    return {
        "在校生数/总人数": str(sum(years)),
        **{
            f"在校生数/{year}": str(count)
            for year, count in zip(("一年级", "二年级", "三年级"), years, strict=True)
        },
        "生源类型/普通高中起点": str(schools),
        "生源类型/中职起点/合计": str(sum(years) - schools),
        "生源类型/五年制后二年": "0",
        "生源类型/其他": "0",
    }


def _student(row: Row, number: int, chance: random.Random) -> Row:
    if "学号" not in row or not row.get("年级"):
        return {}
    entry, major = int(row["年级"] or 0), dict(MAJORS).get(row.get("专业代码") or "", "")
    return {
        "学号": f"{entry}{number:04d}",
        "出生日期": _birthday(entry - 19, entry - 18, chance),
        "入学日期": f"{entry}09",
        "是否毕业": "是" if row.get("学籍状态") == "毕业" else "否",
        "专业名称": major or row.get("专业名称"),
        "班级名称": f"{major}{entry % 100}{1 + number % 2:02d}班" if major else row.get("班级名称"),
    }


def _teacher(row: Row, number: int, chance: random.Random) -> Row:
    if "教工号" not in row:
        return {}
    rank = chance.choice(tuple(RANKS))
    title, schooling, degree = RANKS[rank]
    return {
        "出生日期": _birthday(1964, 1993, chance),
        "专业技术职务/等级": rank,
        "专业技术职务/名称（全称）": title,
        "学历": schooling,
        "学位": degree,
    }


def _birthday(first: int, last: int, chance: random.Random) -> str:
    return f"{chance.randint(first, last)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
