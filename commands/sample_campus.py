"""The sample's campus: departments, names, ground, computers, papers, prizes (1.*, 3.*, 8.*, 9.*, 12)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import FULL_TIME, IN_HOUSE, STAFF, Share
from commands.sample_words import TEACHING, Row, level, person

ADDRESS, POSTCODE = "示例市示例区学院路 1 号", "000000"
OWN = tuple(sheet for sheet in STAFF if sheet in (FULL_TIME, IN_HOUSE))
SYSTEMS = (
    ("教务管理系统", "教学管理", "购买"),
    ("学生管理系统", "学生管理", "购买"),
    ("财务管理系统", "财务管理", "购买"),
    ("办公自动化系统", "行政办公管理", "合作开发"),
    ("图书管理系统", "图书管理", "购买"),
    ("资产管理系统", "资产设备管理", "自主开发"),
)
PAPERS = {
    "教务部": ("教学事故认定与处理办法", "课程考核管理办法", "实践教学管理办法", "教材选用管理办法"),
    "学务部": ("学生管理规定", "学生奖励与处分办法", "家庭经济困难学生认定办法", "毕业生就业工作办法"),
}
INNOVATIONS = ("二级学院目标管理改革", "学分银行试点", "教学诊断与改进常态化机制")
QUALITY = ("精品在线开放课程", "教学团队", "实训基地", "教学成果奖", "品牌专业")
HONOURS = ("平安校园", "节约型公共机构示范单位", "就业工作先进单位")
CONTESTS = ("职业院校技能大赛二等奖", "挑战杯大学生创业计划竞赛三等奖", "大学生运动会田径项目第三名")
REMARKS = (("数据来源", "人数类数据取自学籍系统，时点为采集期最后一天。"),)


def offices(share: Share) -> Iterator[Row]:
    for office in share.college.offices:
        teaching = bool(office.unit)
        yield {
            "部门编号": office.code,
            "部门名称（全称）": office.name,
            "部门类别": office.kind if not teaching else TEACHING,
            "教职工数/专职": str(len(OWN) if teaching else share.chance.randint(4, 18)),
            "教职工数/兼职": str(len(STAFF) - len(OWN) if teaching else share.chance.randint(0, 3)),
            "负责人": office.head,
            "主要职能": f"{office.name}工作",
            "设置日期": f"{share.year - share.chance.randint(4, 15)}09",
        }


def name(share: Share) -> Iterator[Row]:
    yield {
        "学校标识码": "0000000000",
        "学校名称(全称)": share.college.schedule.college,
        "所在地区（省、自治区、直辖市）": "广东省",
        "当前校名启用日期": f"{share.year - 14}05",
        "建校日期": f"{share.year - 35}09",
        "建校基础": "中等专业学校",
        "学校举办者/名称(全称)": "广东省教育厅",
        "学校举办者/性质": "教育部门",
        "学校举办者/级别": "政府",
        "学校性质类别": "理工院校",
        "校训": "厚德强技",
        "所在城市": "示例市",
        "法定代表人": person(share.chance),
        "办学性质（公办/民办）": "公办",
        "评估状态/未接受评估": "否",
    }


def contact(share: Share) -> Iterator[Row]:
    yield {
        "通信地址": ADDRESS,
        "邮政编码": POSTCODE,
        "学校网址": "www.sample.example",
        **_reached("联系人信息", "质量管理办公室主任", "1", share),
        **_reached("法人代表信息", "院长", "2", share),
    }


def _reached(who: str, post: str, number: str, share: Share) -> Row:
    return {
        f"{who}/姓名": person(share.chance),
        f"{who}/职务": post,
        f"{who}/区号-电话号码": f"000-0000000{number}",
        f"{who}/区号-传真号": f"000-0000009{number}",
        f"{who}/电子邮箱": f"office{number}@sample.example",
    }


def ground(share: Share) -> Iterator[Row]:
    """3.1: what is taught in, managed from, lived in, and the rest; all of it the college's own."""
    heads = len(share.college.enrolled)
    study = {"教室": 6, "图书馆": 3, "实验室、实习场所": 8, "专用科研用房": 1, "体育馆": 2, "会堂": 1}
    living = {
        "学生宿舍（公寓）": 8,
        "学生食堂": 2,
        "教工宿舍（公寓）": 1,
        "教工食堂": 0,
        "生活福利及附属用房": 1,
    }
    areas = {
        "教学科研及辅助用房": sum(study.values()),
        "行政办公用房": 2,
        "生活用房": sum(living.values()),
        "教工住宅": 0,
        "其他用房": 1,
    }
    total = sum(areas.values())
    yield {
        "占地面积": str(heads * 62),
        "占地面积/绿化用": str(heads * 20),
        "总建筑面积": str(heads * total),
        "学校产权校舍建筑面积/合计": str(heads * total),
        "学校产权校舍建筑面积/当年新增校舍": "0",
        "非学校产权校舍建筑面积": "0",
        **{kind: str(heads * each) for kind, each in (areas | study | living).items()},
        "一体化教室": str(heads * 2),
    }


def library(share: Share) -> Iterator[Row]:
    heads = len(share.college.enrolled)
    yield {
        "纸质图书/总册数": f"{heads * 70 / 10_000:.2f}",
        "纸质图书/本学年新增数": f"{heads * 3 / 10_000:.2f}",
        "专业期刊/中文纸质专业期刊": "126",
        "专业期刊/外文纸质专业期刊": "4",
        "专业期刊/电子专业期刊": "860",
    }


def rooms(share: Share) -> Iterator[Row]:
    heads = len(share.college.enrolled)
    computers = {"公共机房": heads // 6, "专业机房": heads // 5}
    teaching = sum(computers.values()) + heads // 20
    yield {
        "阅览室座位数": str(heads // 4),
        "计算机数/合计": str(teaching + 80),
        "计算机数/教学用计算机/合计": str(teaching),
        "计算机数/教学用计算机/平板电脑": str(heads // 20),
        **{f"计算机数/机房用计算机/{kind}": str(count) for kind, count in computers.items()},
        "教室/合计": "42",
        "教室/网络多媒体教室": "36",
    }


def network(share: Share) -> Iterator[Row]:
    yield {
        "出口总带宽": "2000",
        "校园网主干最大带宽": "10000",
        "一卡通使用": "已使用",
        "无线覆盖情况": "全部覆盖",
        "网络信息点数": "1860",
        "管理信息系统数据总量": "420",
        "电子邮件系统用户数": str(len(share.college.teachers)),
        "上网课程数": str(len(share.college.courses) // 3),
        "数字资源量/合计": "5600",
        "数字资源量/电子图书": "3200",
        "多媒体教学资源库总容量": "6",
    }


def systems(share: Share) -> Iterator[Row]:
    for system, kind, source in SYSTEMS:
        yield {
            "系统名称(全称)": system,
            "类型": kind,
            "来源": source,
            "开发单位名称(全称)": "信息中心" if source == "自主开发" else "示例云帆软件有限公司",
        }


def network_offices(share: Share) -> Iterator[Row]:
    yield {
        "机构名称(全称)": "信息中心",
        "机构负责人": person(share.chance),
        "分管院领导": "教学副院长",
        "专职人员数": "5",
        "兼职人员数": "2",
        "主要职责": "校园网络与信息系统的建设和运行",
        "信息化培训/教师": str(share.chance.randint(60, 120)),
    }


def papers(share: Share) -> Iterator[Row]:
    """8.1: each of the two departments tells its own."""
    for number, title in enumerate(PAPERS.get(share.unit, (f"{share.unit}工作细则",)), start=1):
        year = share.year - share.chance.randint(0, 3)
        yield {
            "文件名称(全称)及文号": f"{title}（示例院〔{year}〕{number * 3}号）",
            "发布日期": f"{year}0{number + 2}",
            "发布部门": "党政办公室",
            "变更情况": "新增" if year == share.year else "修改",
            "变更日期": f"{year}0{number + 2}",
            "负责部门": share.unit,
        }


def ratings(share: Share) -> Iterator[Row]:
    """8.7: one round a term, none with more people than there are."""
    teachers, heads = len(share.college.teachers), len(share.college.enrolled)
    for first, last in (
        (f"{share.year}11", f"{share.year}12"),
        (f"{share.year + 1}05", f"{share.year + 1}06"),
    ):
        asked = {"评教客体（教师）": teachers, "评教主体参与度/学生": heads, "评教主体参与度/同行": teachers}
        asked |= {"评教主体参与度/校领导": 5, "评教主体参与度/社会": 12}
        yield {
            "评教起始日期": first,
            "评教终止日期": last,
            **{f"{who}/总数": str(count) for who, count in asked.items()},
            **{f"{who}/参与数": str(count - count // 20) for who, count in asked.items()},
        }


def innovations(share: Share) -> Iterator[Row]:
    for title in INNOVATIONS:
        yield {
            "项目名称(全称)": title,
            "主要创新点": "以目标任务书落实责任",
            "实施日期": share.month(),
            "主要成果": "形成制度文件和工作案例",
        }


def quality(share: Share) -> Iterator[Row]:
    for number, kind in enumerate(QUALITY):
        major = share.majors[number % len(share.majors)]
        yield {
            "项目名称（全称）": f"{major.name}{kind}",
            "项目类别": kind,
            "级别": level(share.chance),
            "批准日期": share.month(),
            "人员名单": "、".join(person(share.chance) for _ in range(3)),
        }


def student_prizes(share: Share) -> Iterator[Row]:
    for major, contest in zip(share.majors, CONTESTS, strict=False):
        own = share.college.enrolled_of[major.code]
        team = share.chance.sample(own, min(2, len(own)))
        teachers = [teacher.name for teacher in share.teachers if teacher.sheet == FULL_TIME]
        yield {
            "项目名称(全称)": contest,
            "项目类别": "技能大赛",
            "级别": level(share.chance),
            "获奖日期": share.month(),
            "学生名单": "、".join(student.name for student in team),
            "指导教师名单": share.chance.choice(teachers),
        }


def honours(share: Share) -> Iterator[Row]:
    for title in HONOURS:
        yield {
            "项目名称(全称)": title,
            "级别": share.chance.choice(("省部级", "地市级")),
            "获奖日期": share.month(),
            "颁奖单位": "广东省教育厅",
        }


def remarks(share: Share) -> Iterator[Row]:
    """12: each department on its own numbers."""
    for number, (what, said) in enumerate(REMARKS, start=1):
        yield {"序号": str(number), "事项": f"{share.unit}{what}", "说明": said, "涉及表号": None}
