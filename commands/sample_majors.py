"""The sample's teaching: majors, courses, who leads them, who is admitted (7.1.*, 7.2, 7.6.1, 11.1, 11.5)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import FULL_TIME, Share
from commands.sample_nouns import GRADES, Course, Major, Teacher
from commands.sample_words import JOURNALS, KINDS, PRESSES, RANKS, Row, level, mostly, person

YEARS = ("一年级", "二年级", "三年级")
REASONS = ("学校品牌", "专业爱好", "就业优势", "技能培养", "地理位置", "他人推荐", "其他")
PROGRAMME = str(GRADES)


def majors(share: Share) -> Iterator[Row]:
    """7.1.1: the students of each major, by year and by origin."""
    for major in share.majors:
        own = share.college.enrolled_of[major.code]
        counts = [sum(student.entry == share.year - back for student in own) for back in range(GRADES)]
        origins = [student.origin for student in own]
        yield (
            _major(major, share)
            | _heads(counts, origins)
            | {
                "订单(定向)培养": str(sum(student.order for student in own)),
                "是否有上届毕业生": "是",
            }
        )


def next_majors(share: Share) -> Iterator[Row]:
    """11.5: the same a year on, with the newcomers who came."""
    for major in share.majors:
        new = share.college.arrived_of[major.code]
        staying = [s for s in share.college.enrolled_of[major.code] if s.entry > share.year - GRADES + 1]
        counts = [
            len(new),
            *(sum(s.entry == share.year - back for s in staying) for back in range(GRADES - 1)),
        ]
        origins = [student.origin for student in (*new, *staying)]
        yield (
            _major(major, share)
            | _heads(counts, origins)
            | {
                "订单(定向)培养": str(sum(student.order for student in (*new, *staying))),
                "是否有上届毕业生": "是",
            }
        )


def _major(major: Major, share: Share) -> Row:
    chance = share.college.chance("major", major.code)
    return {
        "所属系部": major.office.name,
        "专业代码": major.code,
        "专业名称": major.name,
        "专业方向代码": None,
        "专业方向名称": None,
        "批准设置日期": f"{major.founded}03",
        "首次招生日期": f"{major.founded}09",
        "修业年限": PROGRAMME,
        "重点专业": mostly(chance, "无", "省级", "校级", seldom=0.3),
        "特色专业": mostly(chance, "无", "省级"),
        "是否国际合作专业": "否",
        "班级总数": PROGRAMME,
        "是否现代学徒制试点": mostly(chance, "否", "是"),
    }


def _heads(counts: list[int], origins: list[str]) -> Row:
    by_origin = {
        "普通高中起点": origins.count("普通高中生"),
        "中职起点/合计": origins.count("三校生") + origins.count("3+2"),
        "五年制后二年": 0,
        "其他": origins.count("其他"),
    }
    return {
        "在校生数/总人数": str(sum(counts)),
        **{f"在校生数/{year}": str(count) for year, count in zip(YEARS, counts, strict=True)},
        **{f"生源类型/{origin}": str(count) for origin, count in by_origin.items()},
    }


def courses(share: Share) -> Iterator[Row]:
    for course in share.college.courses:
        yield _course(course, share)


def _course(course: Course, share: Share) -> Row:
    chance = share.chance
    return {
        "专业（方向）代码": course.major.code,
        "课程代码": course.code,
        "课程名称": course.name,
        "课程类型": KINDS[course.kind],
        "课程属性": "公共课" if course.public else chance.choice(("专业基础课", "专业课")),
        "课程性质": "必修课",
        "教学计划规定课时数": str(course.hours),
        "实践课课时数": str(course.practice),
        "是否专业核心课程": "否" if course.public else chance.choice("是否"),
        "是否校企合作开发课程": mostly(chance, "否", "是"),
        "精品课程": mostly(chance, "一般课程", "院校级", "省部级"),
        "授课年级": f"{share.year - chance.randrange(GRADES)}级",
        "主要授课地点": {"A": "课堂", "B": "一体化专用教室", "C": "校内实践基地"}[course.kind],
        "主要授课方式": {"A": "理论讲授", "B": "理实一体", "C": "实践教学"}[course.kind],
        "考试/考核主要方法": {"A": "试卷", "B": "机试", "C": "操作"}[course.kind],
        "课证融通课程": mostly(chance, "否", "是"),
        "教材/教材名称（全称）": course.name,
        "教材/版本日期": str(share.year - chance.randint(0, 4)),
        "教材/出版社": chance.choice(PRESSES),
        "教材/第一作者": person(chance),
        "教材/教材性质": "高职高专",
        "教材/教材类型": mostly(chance, "国家规划教材", "校企合作开发教材", "自编教材"),
    }


def major_leaders(share: Share) -> Iterator[Row]:
    """7.1.2 with what 7.1.3 has too, and the leader's own: sex, title, where from."""
    for row, teacher in _in_charge(share, "担任专业带头人工作年限", 0):
        title, *_ = RANKS[teacher.rank]
        yield row | {"性别": teacher.sex, "专业技术职务": title, "来源（校内/校外）": "校内"}


def major_heads(share: Share) -> Iterator[Row]:
    for row, _ in _in_charge(share, "担任专业负责人工作年限", 1):
        yield row


def _in_charge(share: Share, years: str, first: int) -> Iterator[tuple[Row, Teacher]]:
    staff = [teacher for teacher in share.teachers if teacher.sheet == FULL_TIME][first:]
    for major, teacher in zip(share.majors, staff, strict=False):
        yield (
            {
                "专业代码": major.code,
                "教工号": teacher.number,
                years: str(share.chance.randint(1, 8)),
                "代表性科研成果/项目名称": f"{major.name}专业人才培养模式改革",
                "代表性科研成果/获奖等级": level(share.chance),
                "代表性科研成果/获取日期": f"{share.year - share.chance.randint(1, 4)}12",
                "代表性科研成果/合作情况": share.chance.choice(("独立完成", f"与{JOURNALS[0]}合作")),
            },
            teacher,
        )


def admissions(share: Share) -> Iterator[Row]:
    """7.6.1: planned, admitted, come; where they are from and why they chose the college."""
    for major in share.majors:
        admitted = share.college.newcomers_of[major.code]
        came = share.college.arrived_of[major.code]
        reasons = [share.chance.choice(REASONS) for _ in admitted]
        near = sum(student.place.startswith("广东") for student in came)
        yield {
            "专业（方向）代码": major.code,
            "计划招生数": str(share.college.planned(major)),
            "实际录取/录取数": str(len(admitted)),
            "实际报到情况报到数": str(len(came)),
            "区域生源报到本地市报到数": str(near // 2),
            "区域生源报到本省市报到数": str(near),
            "区域生源报到本区域报到数": str(near),
            **{f"报考本校原因/{reason}报考数": str(reasons.count(reason)) for reason in REASONS},
        }


def changes_of_majors(share: Share) -> Iterator[Row]:
    """11.1: nothing was opened or closed this year."""
    yield {"专业总数": str(len({major.code for major in share.majors})), **dict.fromkeys(CHANGES, "0")}


CHANGES = ("当年新增专业数", "当年停招专业数", "当年撤销专业数")
