"""The sample's clubs: who is in them, what they win, the Red Cross, volunteers (9.6.3, 10.3 to 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import Share
from commands.sample_words import CLUBS, Row, person


def clubs(share: Share) -> Iterator[Row]:
    for number, (name, kind) in enumerate(CLUBS, start=1):
        members = share.chance.randint(18, 60)
        yield {
            "社团代码": f"ST{number:02d}",
            "社团名称(全称)": name,
            "社团类别": kind,
            "登记情况/登记日期": f"{share.year - share.chance.randint(1, 9)}10",
            "登记情况/批准单位（部门）": "院团委",
            "注册单位": "院团委",
            "现有成员": str(members),
            "负责人情况/姓名": person(share.chance),
            "负责人情况/所在年级": f"{share.year - 1}级",
            "活动经费": str(share.chance.randint(8, 30) * 100),
            "是否设有学分": share.chance.choice("是否"),
            "是否有获奖项目": "是" if number <= PRIZES else "否",
            "学校指导部门": "院团委",
            "指导教师名单": person(share.chance),
            "负责人情况/单位职务": "会长",
            "主要活动内容": f"{kind.removesuffix('类')}活动",
            "学校分管部门": "学生工作处",
            "举办活动次数": str(share.chance.randint(4, 12)),
            "参与活动总人数": str(members * share.chance.randint(3, 8)),
        }


PRIZES = 4


def club_prizes(share: Share) -> Iterator[Row]:
    """9.6.3: of the clubs of 10.3."""
    for name, kind in CLUBS[:PRIZES]:
        yield {
            "社团": name,
            "项目名称(全称)": f"大学生{kind.removesuffix('类')}展演优秀奖",
            "获奖级别": share.chance.choice(("地市级", "校级")),
            "获奖日期": share.month(),
            "颁奖单位": "团市委",
            "指导教师名单": person(share.chance),
        }


def red_cross(share: Share) -> Iterator[Row]:
    members, staff, trained = len(share.college.enrolled) // 3, 12, share.chance.randint(20, 60)
    paid, means = (members + staff) * 10, 2000
    yield {
        "名称(全称)": f"{share.college.schedule.college}红十字会",
        "成立日期": f"{share.year - 8}05",
        "批准单位": "市红十字会",
        "会员数量/总数": str(members + staff),
        "会员数量/教工数": str(staff),
        "会员数量/学生数": str(members),
        "会费情况/总数": str(paid),
        "会费情况/上交": str(paid // 2),
        "会费情况/留存自用": str(paid - paid // 2),
        "活动经费来源/总数": str(paid - paid // 2 + means),
        "活动经费来源/会费": str(paid - paid // 2),
        "活动经费来源/学校拨款": str(means),
        **dict.fromkeys(RED_CROSS_NOTHING, "0"),
        "培训情况/总数": str(trained),
        "培训情况/获得证书数": str(trained * 3 // 4),
        "主要活动内容": "应急救护培训、无偿献血宣传",
    }


RED_CROSS_NOTHING = (
    "活动经费来源/留存自用的捐款",
    "活动经费来源/其他",
    "捐赠情况/总数",
    "捐赠情况/上交业务主管单位",
    "捐赠情况/留存自用",
    "造血干细胞/采集数",
    "造血干细胞/配对数",
)


def volunteers(share: Share) -> Iterator[Row]:
    for name, hours in (("敬老院慰问", 4), ("校园防疫值守", 6), ("社区义务维修", 3), ("无偿献血服务", 5)):
        count = share.chance.randint(12, 40)
        yield {
            "志愿者组织名称(全称)": "青年志愿者协会",
            "活动名称": name,
            "活动日期": share.month(),
            "注册志愿者人数/学生": str(count + 20),
            "注册志愿者人数/教工": "3",
            "负责人": person(share.chance),
            "主要活动内容": name,
            "参与活动总人数": str(count),
            "举办活动次数": "2",
            "服务总时数": str(count * hours),
            "活动经费": str(share.chance.randint(2, 9) * 100),
        }
