"""The sample's students: admitted, enrolled, graduated, gone (1.3 to 1.5, 9.4, 10.1.*, 10.2.1, 11.*)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from commands.sample_college import GRADUATED, LEFT, ORIGINS, WAYS, Share
from commands.sample_nouns import Student
from commands.sample_words import HOME, NATIONS, WEST, Row, person

EMPLOYED = "就业"
DESTINATIONS = ((EMPLOYED, "专升本", "创业", "参军", "正在求职"), (78, 10, 3, 3, 6))
SOLDIERS = ("复转军人", "退役士兵")
MAJORITY = NATIONS[0][0]
NO = "否"


def admitted_by_origin(share: Share) -> Iterator[Row]:
    """1.3: all who came in autumn, as 7.6.1 counts them."""
    new = share.college.arrived
    counts = Counter(student.origin for student in new)
    columns = ("普通高中生", '"三校生"', '"3＋2"', "其他")
    majors = len({major.code for major in share.majors})
    yield {
        "全日制高职专业设置数（不含方向）": str(majors),
        "全日制高职招生专业数（不含方向）": str(majors),
        "全日制高职招生数": str(len(new)),
        **{f"{name}/招生数": str(counts[kind]) for name, kind in zip(columns, ORIGINS[0], strict=True)},
        "五年制高职第4学年/招生数": "0",
        "全日制高职计划招生数": str(sum(share.college.planned(major) for major in share.majors)),
    }


def admitted_by_way(share: Share) -> Iterator[Row]:
    counts = Counter(student.way for student in share.college.arrived)
    ways = dict.fromkeys(way for each in WAYS.values() for way in each)
    yield {
        "全日制高职招生数": str(counts.total()),
        **{f"{way}/招生数": str(counts[way]) for way in ways},
    }


def enrolled(share: Share) -> Iterator[Row]:
    """1.5: those of 10.1.1 who count as enrolled, by origin."""
    heads = share.college.enrolled
    counts = Counter(student.origin for student in heads)
    evening, post = len(heads) // 20, len(heads) // 10
    yield {
        "折合在校生数": f"{len(heads) + evening * 0.3 + post * 0.1:.1f}".removesuffix(".0"),
        "全日制学历教育在校生数": str(len(heads)),
        "全日制普通高职学历教育在校生总数": str(len(heads)),
        "高中起点": str(counts["普通高中生"]),
        "中职起点/合计": str(counts["三校生"] + counts["3+2"]),
        "中职起点/五年制后二年": "0",
        "其他": str(counts["其他"]),
        **dict.fromkeys(NOT_HERE, "0"),
        "非全日制专科学历教育注册生": str(evening + post),
        "培训/社会": str(share.chance.randint(20, 60) * 100),
        "培训/在校生": str(share.chance.randint(10, 30) * 100),
        "培训对象/特定群体": str(share.chance.randint(2, 9) * 50),
        "培训对象/小微企业": str(share.chance.randint(2, 9) * 50),
        "夜大（业余）学生数": str(evening),
        "函授生数": str(post),
    }


NOT_HERE = (
    "全日制普通中职学历教育在校生/合计",
    "全日制普通中职学历教育在校生/五年制前三年",
    "全日制普通中职学历教育在校生/新型职业农民",
    "全日制成人高职在校生",
    "全日制成人中职在校生",
    "非全日制本科学历教育注册生",
    "留学生数/境外",
    "留学生数/国外",
    "预科生、进修生、成人脱产班学生数合计",
)


def students(share: Share) -> Iterator[Row]:
    for student in share.college.students:
        yield _admitted(student) | {
            "身份证号": None,
            "出生日期": student.birth,
            "年级": str(student.entry),
            "学籍状态": student.status,
            "是否毕业": _yes(student.status == GRADUATED),
            "专业方向代码": None,
            "班级代码": f"{student.entry}{student.major.code}01",
            "班级名称": _class(student),
            "电子邮箱": f"s{student.number}@sample.example",
        }


def newcomers(share: Share) -> Iterator[Row]:
    """11.6: those who came."""
    for student in share.college.arrived:
        yield _admitted(student) | {"考生号": None, "年级": None, "是否报到": "是"}


def _admitted(student: Student) -> Row:
    return {
        "学号": student.number,
        "姓名": student.name,
        "性别": student.sex,
        "民族": student.nation,
        "学制": str(student.major.years),
        "入学日期": f"{student.entry}09",
        "专业代码": student.major.code,
        "专业名称": student.major.name,
        "生源地": student.place,
        "来自军队": student.army,
        "招生方式": student.way,
        "生源类型": student.origin,
        "是否常住户口在农村": _yes(student.rural),
        "是否订单（定向）培养": _yes(student.order),
        "是否建档立卡贫困家庭": _yes(student.poor),
    }


def destinations(share: Share) -> Iterator[Row]:
    """10.1.2: one row a graduate."""
    for student in share.college.graduates:
        chance = share.college.chance("destination", student.number)
        where = chance.choices(*DESTINATIONS)[0]
        firm = _firm(student) if where == EMPLOYED else None
        yield {
            "学号": student.number,
            "姓名": student.name,
            "毕业去向": where,
            "就业省份": HOME if firm else None,
            "就业单位名称(全称)": firm,
            "单位性质": "民营企业" if firm else None,
            "单位规模": "51-300人" if firm else None,
            "是否获得全部学分": "是",
            "就业城市": chance.choice(("广州", "佛山")) if firm else None,
            "是否专业对口": chance.choice(("是", "是", NO)) if firm else None,
            "起薪": str(chance.randint(28, 52) * 100) if firm else None,
            "是否自主创业": _yes(where == "创业"),
        }


def employers(share: Share) -> Iterator[Row]:
    """9.4: the firms that took most of them."""
    firms = Counter(row["就业单位名称(全称)"] for row in destinations(share))
    del firms[None]
    for number, (firm, count) in enumerate(firms.most_common(8), start=1):
        yield {
            "应届毕业生主要就业单位名称(全称)": firm,
            "是否做过雇主调查": share.chance.choice("是否"),
            "就业单位联系人信息/姓名": person(share.chance),
            "就业单位联系人信息/职务": "人事主管",
            "就业单位联系人信息/区号－电话号码": f"000-0000200{number}",
            "就业单位联系人信息/电子邮箱": f"hr{number}@sample.example",
            "就业人数": str(count),
        }


def dropouts(share: Share) -> Iterator[Row]:
    for student in share.college.students:
        if student.status == LEFT:
            yield {
                "学号": student.number,
                "姓名": student.name,
                "性别": student.sex,
                "班级名称/专业（方向）": _class(student),
                "辍学原因": share.chance.choice(("家庭经济困难", "健康原因", "就业创业", "应征入伍")),
                "辍学日期": share.month(),
            }


def where_from(share: Share) -> Iterator[Row]:
    """11.2: counted over the enrolled rows of 10.1.1."""
    heads = share.college.enrolled
    yield {
        "在校生总数": str(len(heads)),
        "外省学生数": _count(not student.place.startswith(HOME) for student in heads),
        "西部地区学生数": _count(student.place.startswith(WEST) for student in heads),
        "常住户口所在地为农村的学生数": _count(student.rural for student in heads),
        "贫困地区学生数": _count(student.poor for student in heads),
        "少数民族学生数": _count(student.nation != MAJORITY for student in heads),
        "国际学生数": "0",
        "境外学生数": "0",
    }


def soldiers(share: Share) -> Iterator[Row]:
    """11.3: counted over 10.1.1 and the newcomers."""
    for_training = dict.fromkeys(SOLDIERS, 0)
    yield {
        **_by_kind("当年招生数", Counter(student.army for student in share.college.arrived)),
        **_by_kind("在校生数", Counter(student.army for student in share.college.enrolled)),
        **_by_kind("社会培训", Counter(for_training)),
    }


def _by_kind(what: str, counts: Counter[str]) -> Row:
    return {
        f"{what}/合计": str(sum(counts[kind] for kind in SOLDIERS)),
        **{f"{what}/{kind}": str(counts[kind]) for kind in SOLDIERS},
    }


def _class(student: Student) -> str:
    return f"{student.major.name}{student.entry % 100}01班"


def _firm(student: Student) -> str:
    trade = student.major.office.trade
    return trade.companies[int(student.number) % len(trade.companies)] if trade else "示例服务有限公司"


def _yes(true: bool) -> str:
    return "是" if true else NO


def _count(found: Iterable[bool]) -> str:
    return str(sum(found))
