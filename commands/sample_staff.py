"""The sample's people: leaders, teachers, what they teach, learn, publish and win (2.*, 6.*)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import FROM_FIRMS, FULL_TIME, Share
from commands.sample_nouns import Course, Teacher
from commands.sample_words import JOURNALS, RANKS, Row, level, mostly

LEADERS = "党政办公室"
POSTS = ("院长", "党委书记", "教学副院长", "学生副院长", "后勤副院长")
CARED_FOR = ("全面工作", "党建与人事", "教学与科研", "学生与招生就业", "后勤与基建")
OUTSIDE = "校外"
TRAININGS = (
    "职业院校教师素质提高计划国家级培训",
    "课程思政专题研修",
    "双师型教师企业实践研修",
    "信息化教学能力提升培训",
)
PRIZES = ("教学能力比赛二等奖", "优秀指导教师", "先进教育工作者", "微课教学比赛一等奖")
PATENTS = ("实训用夹持装置", "多功能教学展示架", "便携式检测仪", "可调节实训台")


def basics(share: Share) -> Iterator[Row]:
    """6.1, all four sheets: the caller picks by sheet."""
    for teacher in share.teachers:
        yield {"_sheet": teacher.sheet, **_basic(teacher, share)}


def _basic(teacher: Teacher, share: Share) -> Row:
    title, schooling, degree = RANKS[teacher.rank]
    hired, chance = int(teacher.number[:4]), share.chance
    trade = teacher.office.trade
    firm = trade.companies[0] if trade else ""
    certificate = trade.certificates[0] if trade else "教育管理师"
    return {
        "教工号": teacher.number,
        "姓名": teacher.name,
        "所属系部": teacher.office.name,
        "聘任系部": teacher.office.name,
        "性别": teacher.sex,
        "出生日期": teacher.birth,
        "民族": "汉族",
        "学历": schooling,
        "学位": degree,
        "专业领域": teacher.office.trade.name if teacher.office.trade else "教育管理",
        "高校教师资格证书/发证单位": "广东省教育厅",
        "高校教师资格证书/获取日期": f"{hired + 1}06" if hired < share.year else None,
        "行业、企业一线工作时间/历年": str(chance.randint(0, 12)),
        "行业、企业一线工作时间/本学年": str(chance.randint(0, 60)),
        "专业技术职务/等级": teacher.rank,
        "专业技术职务/名称（全称）": title,
        "专业技术职务/发证单位": "广东省人力资源和社会保障厅",
        "专业技术职务/获取日期": f"{min(hired + 2, share.year)}12",
        "职业资格证书/等级": "中级",
        "职业资格证书/名称(全称)": certificate,
        "职业资格证书/发证单位": "广东省职业技能鉴定指导中心",
        "职业资格证书/获取日期": f"{min(hired + 1, share.year)}11",
        "是否专业教师": "是",
        "是否为骨干教师": mostly(chance, "否", "是", seldom=0.3),
        "是否为双师素质教师": mostly(chance, "是", "否", seldom=0.4),
        "教学名师": mostly(chance, "否", "校级", "省级"),
        "职务": "干事",
        "校外教师/签约情况": chance.choice(("一年以内", "一至三年")),
        "校外教师/参加工作日期": f"{hired - 3}07",
        "校外教师/当前专职工作背景/单位名称": firm if teacher.sheet == FROM_FIRMS else "示例兄弟职业学院",
        "校外教师/当前专职工作背景/职务": "工程师" if teacher.sheet == FROM_FIRMS else "教师",
        "校外教师/当前专职工作背景/任职日期": f"{hired}03",
        "行政所属专业/专业代码": teacher.major or None,
        "任教专业/专业代码": teacher.major or None,
    }


def leaders(share: Share) -> Iterator[Row]:
    for teacher, post, care in zip(of_office(share, LEADERS), POSTS, CARED_FOR, strict=False):
        title, schooling, degree = RANKS["高级"]
        yield person_row(teacher) | {
            "职务": post,
            "学历": schooling,
            "学位": degree,
            "专业技术职务/等级": "高级",
            "专业技术职务/名称（全称）": title,
            "分管工作": care,
            "任现职日期": f"{max(int(teacher.number[:4]), share.year - 5)}09",
            "区号-电话号码": f"000-000010{teacher.number[-2:]}",
            "电子邮箱": f"t{teacher.number}@sample.example",
        }


def leaders_at_work(share: Share) -> Iterator[Row]:
    for teacher, care in zip(of_office(share, LEADERS), CARED_FOR, strict=False):
        seen = {name: str(share.chance.randint(4, 20)) for name in ("听课", "走访学生寝室", "走访校外实习点")}
        yield {
            "教工号/姓名": teacher.number,
            **{f"关注教学和学生情况/{name}": count for name, count in seen.items()},
            "关注教学和学生情况/参与学生社团文体活动": str(share.chance.randint(1, 8)),
            "兼课量": str(share.chance.choice((0, 16, 32))),
            "分管工作": care,
        }


def teaching(share: Share) -> Iterator[Row]:
    """6.2, all four sheets: each teacher has two or three courses of the department's majors."""
    own = {major.code for major in share.majors}
    courses = [course for course in share.college.courses if course.major.code in own]
    for teacher in share.teachers:
        for course in share.chance.sample(courses, 2 if teacher.sheet != FULL_TIME else 3):
            yield {"_sheet": teacher.sheet.replace("6.1", "6.2"), **_taught(teacher, course, share)}


def _taught(teacher: Teacher, course: Course, share: Share) -> Row:
    classes = share.chance.randint(1, 3)
    return {
        "教工号": teacher.number,
        "专业（方向）代码": course.major.code,
        "课程代码/课程名称": course.code,
        "授课任务": f"{course.major.name}{course.name}",
        "是否合班授课": mostly(share.chance, "否", "是"),
        "是否平行班": "是" if classes > 1 else "否",
        "是否行政班授课": "是",
        "授课学期": share.chance.choice(("第一学期", "第二学期")),
        "教学工作量": str(course.hours * classes),
        "主要开设实践项目名称(全称)/实训": f"{course.name}综合实训" if course.kind != "A" else None,
        "实际授课课时": str(course.hours * classes),
    }


def trainings(share: Share) -> Iterator[Row]:
    for teacher, name in _each(share, TRAININGS):
        days = share.chance.choice((3, 5, 7, 14))
        yield {
            "教工号": teacher.number,
            "培训项目名称(全称)": name,
            "时间": str(days),
            "地点": share.chance.choice(("广州", "武汉", "线上")),
            "派出部门": teacher.office.name,
            "学时数": str(days * 8),
            "国家": "中国",
            "开始日期": share.month(),
        }


def posts_in_firms(share: Share) -> Iterator[Row]:
    for teacher, firm in _each(share, _firms(share)):
        days = share.chance.choice((20, 30, 45, 60))
        yield {
            "教工号": teacher.number,
            "单位名称(全称)": firm,
            "岗位": "技术员",
            "时间": str(days),
            "派出部门": teacher.office.name,
            "学时数": str(days * 8),
            "开始日期": share.month(),
        }


def side_posts(share: Share) -> Iterator[Row]:
    for teacher, firm in _each(share, _firms(share)):
        yield {
            "教工号": teacher.number,
            "兼职单位名称(全称)": firm,
            "兼职时间": str(share.chance.randint(5, 30)),
            "兼职职务": "技术顾问",
        }


def prizes(share: Share) -> Iterator[Row]:
    for teacher, name in _each(share, PRIZES):
        yield {
            "教工号": teacher.number,
            "获奖日期": share.month(),
            "获奖名称(全称)": name,
            "级别": level(share.chance),
            "颁奖单位": "广东省教育厅",
            "是否主持": "是",
            "获奖类别": "教学类",
        }


def patents(share: Share) -> Iterator[Row]:
    for number, (teacher, name) in enumerate(_each(share, PATENTS), start=1):
        yield {
            "教工号": teacher.number,
            "技术专利（发明）名称(全称)": f"一种{name}",
            "技术专利（发明）编号": f"ZL2019200{teacher.number[-4:]}{number:02d}",
            "获得日期": share.month(),
            "是否主持": "是",
            "专利类别": share.chance.choice(("实用新型专利", "实用新型专利", "发明专利")),
        }


def projects(share: Share) -> Iterator[Row]:
    for teacher, major in _each(share, tuple(major.name for major in share.majors)):
        yield {
            "教工号": teacher.number,
            "课题名称": f"{major}专业群课程体系建设研究",
            "课题性质": "教学研究",
            "课题分类": "社会科学",
            "是否横向课题": mostly(share.chance, "否", "是"),
            "课题级别": level(share.chance),
            "立项日期": f"{share.year - 1}{share.chance.randint(1, 12):02d}",
            "经费来源": "学院",
            "到款金额": str(share.chance.randint(4, 30) * 1000),
            "完成人顺序": "1",
            "课题来源": "广东省教育厅",
        }


def papers(share: Share) -> Iterator[Row]:
    for teacher, major in _each(share, tuple(major.name for major in share.majors) * 2):
        yield {
            "教工号": teacher.number,
            "公开出版著作与公开发表论文名称(全称)": f"{major}专业{teacher.name[0]}氏教学法的实践与反思",
            "著作与论文分类": "论文（一般期刊）",
            "出版社或杂志社": share.chance.choice(JOURNALS),
            "出版或发表日期": share.month(),
            "作者顺序": "1",
            "核心或非核心论文": "非核心",
            "是否属于教研教改论文": "是",
        }


def person_row(teacher: Teacher) -> Row:
    """Who somebody is, as many tables ask."""
    return {"教工号": teacher.number, "姓名": teacher.name, "性别": teacher.sex, "出生日期": teacher.birth}


def of_office(share: Share, office: str = "", *, sheet: str = "") -> list[Teacher]:
    """The department\'s people: of an office, on a sheet of 6.1."""
    return [
        teacher
        for teacher in share.teachers
        if (not office or teacher.office.name == office) and (not sheet or teacher.sheet == sheet)
    ]


def _each(share: Share, things: tuple[str, ...]) -> Iterator[tuple[Teacher, str]]:
    """The department's own teachers in turn, each with another thing."""
    yield from zip(of_office(share, sheet=FULL_TIME), things, strict=False)


def _firms(share: Share) -> tuple[str, ...]:
    trade = share.majors[0].office.trade
    return trade.companies if trade else ()
