"""The sample's practice: bases, certificates, internships, partners (4.*, 7.3.*, 7.4, 7.5, 7.6.3)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import Share
from commands.sample_nouns import GRADES, Base, Major
from commands.sample_words import Row, money, mostly


def bases(share: Share) -> Iterator[Row]:
    """4.1: what the laboratories are worth is the college's own figure, for 3.5 to hold."""
    for base in share.college.bases_of.get(share.unit, ()):
        yield _base(base, share)


def _base(base: Base, share: Share) -> Row:
    chance = share.chance
    return {
        "实践基地名称": base.name,
        "实训基地项目/立项部门": "学院",
        "实训基地项目/批准日期": str(share.year - chance.randint(3, 10)),
        "建筑面积": str(chance.randint(120, 480)),
        "是否校企共建": mostly(chance, "否", "是", seldom=0.3),
        "学年内基地使用时间": str(chance.randint(120, 190)),
        "设备值/设备总值": money(base.value),
        "设备值/当年新增设备值": money(base.added),
        "当年设备来源/自主研制设备值": "0",
        "当年设备来源/社会捐赠设备值": "0",
        "当年设备来源/社会准捐赠设备值": "0",
        "设备数/设备总数": str(chance.randint(60, 160)),
        "设备数/大型设备数": str(chance.randint(2, 9)),
        "项目个数": str(chance.randint(3, 8)),
        "实训项目名称": f"{base.major.name}综合实训",
        "学年使用频率/校内": str(chance.randint(12, 40) * 500),
        "学年使用频率/社会": str(chance.randint(1, 9) * 200),
        "工位数": str(chance.choice((40, 48, 50, 60))),
        "原材料(耗材)费用": money(chance.randint(80, 300)),
        "设备维护费用": money(chance.randint(60, 200)),
        "专职管理人员": "1",
        "兼职管理人员": str(chance.randint(1, 2)),
        "面向专业/总数": "2",
        "面向专业/主要专业": base.major.name,
    }


def bases_outside(share: Share) -> Iterator[Row]:
    for major, firm in _firms(share):
        taken = share.chance.randint(3, 8)
        yield {
            "基地名称(全称)": f"{firm}{major.name}实习基地",
            "建立日期": f"{share.year - share.chance.randint(1, 6)}0{share.chance.randint(3, 9)}",
            "是否校企共建": "是",
            "项目数": str(share.chance.randint(1, 4)),
            "实习实训项目/项目": f"{major.name}岗位实习",
            "接待学生量": str(taken * share.chance.randint(2, 4)),
            "基地使用时间": str(share.chance.randint(90, 200)),
            "接受半年顶岗实习学生数": str(taken),
            "是否有住宿条件": share.chance.choice("是否"),
            "基地是否发放学生实习补贴": "是",
            "向基地支付专项实习经费": str(share.chance.choice((200, 300, 400))),
            "派指导教师/学生管理人员": str(share.chance.randint(1, 4)),
            "接收应届毕业生就业数": str(share.chance.randint(1, taken)),
            "依托单位/名称": firm,
            "依托单位/在岗职工总数": str(share.chance.randint(8, 60) * 10),
            "面向专业/总数": "1",
            "面向专业/主要专业": major.name,
        }


def assessors(share: Share) -> Iterator[Row]:
    """4.3: one station that tests for each trade."""
    for trade in dict.fromkeys(major.office.trade for major in share.majors if major.office.trade):
        yield {
            "职业技能鉴定站（所）全称": f"{share.college.schedule.college}职业技能鉴定所",
            "建立单位/级别": "省级",
            "建立单位/部门": "广东省人力资源和社会保障厅",
            "鉴定数/社会": str(share.chance.randint(10, 60)),
            "鉴定数/在校生": str(share.chance.randint(10, 40)),
            "工种/证书名称(全称)": trade.certificates[0],
            "工种/证书等级": "中级",
        }


def certificates(share: Share) -> Iterator[Row]:
    for major in share.majors:
        trade = major.office.trade
        for grade, count in _certified(major, share).items():
            yield {
                "专业（方向）代码": major.code,
                "学生获取的符合专业面向职业资格证书/名称(全称)": trade.certificates[0] if trade else "",
                "学生获取的符合专业面向职业资格证书/等级": grade,
                "学生获取的符合专业面向职业资格证书/人数": str(count),
                "学生获取的符合专业面向职业资格证书/发证机构": "广东省职业技能鉴定指导中心",
                "学生获取的符合专业面向职业资格证书/鉴定地点": "校内",
            }


def graduates_certified(share: Share) -> Iterator[Row]:
    """7.3.2: nobody counted twice, some without a certificate."""
    for major in share.majors:
        counts = dict.fromkeys(("初级", "中级", "高级", "无等级"), 0) | _certified(major, share)
        yield {
            "专业（方向）代码": major.code,
            "毕业生数": str(_graduates(major, share)),
            **{f"获得证书的毕业生/{grade}人数": str(count) for grade, count in counts.items()},
            "与专业相关的社会技术培训总数": str(share.chance.randint(2, 20) * 10),
        }


def _certified(major: Major, share: Share) -> dict[str, int]:
    graduates = _graduates(major, share)
    return {"中级": graduates // 2, "初级": graduates // 4}


def _graduates(major: Major, share: Share) -> int:
    return len(share.college.graduates_of.get(major.code, ()))


def internships(share: Share) -> Iterator[Row]:
    for major, firm in _firms(share):
        graduates = _graduates(major, share)
        taken = graduates * 2 // 3
        yield {
            "专业（方向）代码": major.code,
            "应届毕业生顶岗实习/毕业生总数": str(graduates),
            "应届毕业生顶岗实习/顶岗实习毕业生总数": str(graduates),
            "应届毕业生顶岗实习/企业录用顶岗实习毕业生数": str(taken),
            "应届毕业生顶岗实习/顶岗实习对口毕业生数": str(taken),
            "顶岗实习与保险情况/顶岗实习单位总数": str(share.chance.randint(2, 5)),
            "顶岗实习与保险情况/参加保险学生数": str(graduates),
            "顶岗实习与保险情况/保险险种名称(全称)（保险费出资方）": "学生实习责任保险（学校）",
            "顶岗实习情况/主要实习岗位": major.office.trade.posts[0] if major.office.trade else None,
            "顶岗实习情况/主要实习单位": firm,
            "顶岗实习情况/实习人数": str(taken),
            "顶岗实习情况/实习时间": "6",
            "顶岗实习与保险情况/学校派出管理教师数": "2",
        }


def partners(share: Share) -> Iterator[Row]:
    for major, firm in _firms(share):
        own = share.college.enrolled_of[major.code]
        yield {
            "专业（方向）代码": major.code,
            "产学合作企业总数": str(share.chance.randint(3, 9)),
            "订单培养数": str(sum(student.order for student in own)),
            "共同开发课程数": str(share.chance.randint(1, 4)),
            "共同开发教材数": str(share.chance.randint(0, 2)),
            "支持学校兼职教师数": str(share.chance.randint(1, 4)),
            "接受顶岗实习学生数": str(_graduates(major, share) * 2 // 3),
            "对学校捐赠设备总值": "0",
            "对学校准捐赠设备总值": "0",
            "接受毕业生就业数": str(share.chance.randint(1, 4)),
            "学校为企业技术服务年收入": money(share.chance.randint(200, 900)),
            "学校为企业年培训员工数": str(share.chance.randint(3, 12) * 20),
            "是否合作开展学徒制专业": mostly(share.chance, "否", "是"),
            "主要合作企业1-5/企业名称(全称)": firm,
            "主要合作企业1-5/合作开始日期": f"{share.year - share.chance.randint(1, 6)}09",
        }


def graduates_before(share: Share) -> Iterator[Row]:
    """7.6.3: those who left a year before the students that the college still knows."""
    for major in share.majors:
        count = share.college.chance("size", major.code, share.year - GRADES).randint(6, 10)
        employed = count - share.chance.randint(0, 1)
        content = {f"毕业生{what}": str(count - 1) for what in CONTENT}
        yield {
            "专业（方向）代码": major.code,
            "毕业生数": str(count),
            "毕业生就业情况/就业数": str(employed),
            "毕业生就业情况/升迁数": str(employed // 4),
            "毕业生就业情况/转岗数": str(employed // 5),
            "毕业生用人单位满意情况/满意或基本满意人数": str(employed - 1),
            "毕业生用人单位满意情况/一般满意人数": "1",
            "毕业生用人单位满意情况/不满意人数": "0",
            **content,
        }


CONTENT = (
    "的教学满意人数",
    "对母校的满意人数",
    "工作与职业期待吻合人数",
    "对基本工作能力总体满足人数",
    "对核心知识的总体满足人数",
    "的就业现状满意人数",
)


def _firms(share: Share) -> Iterator[tuple[Major, str]]:
    for number, major in enumerate(share.majors):
        trade = major.office.trade
        yield major, trade.companies[number % len(trade.companies)] if trade else ""
