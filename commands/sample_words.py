"""Words that a college would write, so that a rehearsal's tables look like its own; companies are marked."""

from __future__ import annotations

import random
from dataclasses import dataclass

Row = dict[str, str | None]
RowsBySheet = dict[str, list[Row]]

SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡郭何高林罗"
GIVEN = ("伟", "芳", "志强", "晓敏", "静", "建国", "磊", "文洋", "艳", "俊杰", "雨桐", "浩然", "欣怡", "子轩")
PLACES = ("广东广州", "广东佛山", "广西桂林", "湖南衡阳", "江西赣州", "四川达州", "河南周口")
HOME = "广东"
WEST = ("广西", "四川")
NATIONS = (("汉族", "壮族", "瑶族", "回族"), (90, 6, 2, 2))
PRESSES = ("高等教育出版社", "机械工业出版社", "人民邮电出版社", "清华大学出版社", "电子工业出版社")
JOURNALS = ("职业教育研究（示例）", "高职教学论坛（示例）", "应用技术学报（示例）")
LEVELS = ("国家级", "省部级", "地市级", "校级")
LEVEL_ODDS = (1, 4, 6, 9)
RANKS = {
    "高级": ("副教授", "硕士研究生", "硕士"),
    "中级": ("讲师", "硕士研究生", "硕士"),
    "初级": ("助教", "大学", "学士"),
}
OFFICES = (
    ("党政办公室", "党政管理机构"),
    ("组织人事处", "党政管理机构"),
    ("教务处", "党政管理机构"),
    ("学生工作处", "党政管理机构"),
    ("财务处", "党政管理机构"),
    ("质量管理办公室", "党政管理机构"),
    ("后勤管理处", "党政管理机构"),
    ("招生就业处", "党政管理机构"),
    ("公共基础部", "教学机构"),
    ("图书馆", "教辅机构"),
    ("信息中心", "教辅机构"),
    ("高职教育研究所", "科研机构"),
)
TEACHING = "教学机构"
PUBLIC_COURSES = (
    ("思想道德修养与法律基础", 48, "A"),
    ("大学英语", 64, "A"),
    ("计算机应用基础", 64, "B"),
)
KINDS = {"A": "A类（纯理论课）", "B": "B类（（理论+实践）课）", "C": "C类（纯实践课）"}
CLUBS = (
    ("晨曦文学社", "文化艺术类"),
    ("程序设计协会", "学术科技类"),
    ("篮球协会", "体育健身类"),
    ("青年志愿者协会", "社会实践与公益类"),
    ("汉服社", "文化艺术类"),
    ("创客空间", "学术科技类"),
    ("理论学习社", "思想政治类"),
    ("手语社", "社会实践与公益类"),
)


@dataclass(frozen=True)
class Trade:
    """What a teaching department of one trade teaches, and with whom: names by kind."""

    name: str
    majors: tuple[tuple[str, str], ...]
    courses: tuple[str, ...]
    labs: tuple[str, ...]
    companies: tuple[str, ...]
    certificates: tuple[str, ...]
    posts: tuple[str, ...]


TRADES = (
    Trade(
        "信息工程",
        (("610205", "软件技术"), ("610202", "计算机网络技术")),
        ("程序设计基础", "数据库技术", "网页设计与制作", "Java 程序设计", "网络设备配置与管理"),
        ("软件开发实训室", "网络工程实训室", "大数据实训室"),
        ("示例云帆软件有限公司", "示例远景网络有限公司"),
        ("计算机程序设计员", "网络管理员"),
        ("软件测试", "网络运维"),
    ),
    Trade(
        "机电工程",
        (("560301", "机电一体化技术"), ("560103", "数控技术")),
        ("机械制图", "电工电子技术", "PLC 应用技术", "数控编程与加工", "工业机器人操作与编程"),
        ("数控加工实训中心", "电工电子实训室", "工业机器人实训室"),
        ("示例恒力机械有限公司", "示例华鼎自动化有限公司"),
        ("数控车工", "电工"),
        ("设备装调", "数控操作"),
    ),
    Trade(
        "经济管理",
        (("630302", "会计"), ("630801", "电子商务")),
        ("基础会计", "财务管理", "成本核算实务", "网店运营", "市场营销实务"),
        ("会计电算化实训室", "电子商务实训室", "沙盘模拟实训室"),
        ("示例诚信会计师事务所", "示例优选电子商务有限公司"),
        ("会计专业技术初级资格", "电子商务员"),
        ("出纳", "网店客服"),
    ),
    Trade(
        "建筑工程",
        (("540301", "建筑工程技术"), ("540502", "工程造价")),
        ("建筑构造", "建筑工程测量", "工程计量与计价", "建筑材料", "施工组织与管理"),
        ("工程测量实训室", "建筑施工实训场", "工程造价实训室"),
        ("示例宏达建筑工程有限公司", "示例中衡造价咨询有限公司"),
        ("测量员", "施工员"),
        ("施工管理", "造价助理"),
    ),
    Trade(
        "艺术设计",
        (("650111", "环境艺术设计"), ("650102", "视觉传播设计与制作")),
        ("设计素描", "室内设计", "版式设计", "图形图像处理", "展示设计"),
        ("室内设计实训室", "图文制作实训室", "陶艺工作室"),
        ("示例青禾装饰设计有限公司", "示例印象文化传播有限公司"),
        ("室内装饰设计员", "图像制作员"),
        ("设计助理", "平面制作"),
    ),
    Trade(
        "学前教育",
        (("690306", "幼儿发展与健康管理"), ("690302", "家政服务与管理")),
        ("幼儿心理学", "幼儿卫生与保健", "幼儿游戏指导", "琴法", "家庭营养与膳食"),
        ("琴房", "幼儿保育实训室", "模拟幼儿园"),
        ("示例蓓蕾幼儿园", "示例安心家政服务有限公司"),
        ("保育员", "育婴员"),
        ("保育", "家政管理"),
    ),
)
"""One trade a teaching department of the shipped plan; more departments take them in turn."""


def person(chance: random.Random) -> str:
    """A name; common ones come again, as they do."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def mostly(chance: random.Random, word: str, *others: str, seldom: float = 0.12) -> str:
    """The usual word, now and then another."""
    return chance.choice(others) if chance.random() < seldom else word


def level(chance: random.Random) -> str:
    """The level of a prize or project; high ones are rare."""
    return chance.choices(LEVELS, LEVEL_ODDS)[0]


def money(hundredths: int) -> str:
    """An amount as a cell says it: 1250 is 12.5."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
