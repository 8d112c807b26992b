"""The sample's full-time managers of teaching, students, admissions, quality and research (8.2 to 8.6)."""

from __future__ import annotations

from collections.abc import Iterator

from commands.sample_college import FULL_TIME, IN_HOUSE, Share
from commands.sample_nouns import Teacher
from commands.sample_staff import of_office, person_row
from commands.sample_words import RANKS, Row, level

ADMISSIONS, SUPERVISION = "招生就业处", "质量管理办公室"


def teaching_managers(share: Share) -> Iterator[Row]:
    for teacher in of_office(share, sheet=IN_HOUSE)[:1]:
        yield _manager(teacher, share, "教学秘书", "从事教学管理年限")


def student_managers(share: Share) -> Iterator[Row]:
    for teacher in of_office(share, sheet=IN_HOUSE)[1:2]:
        yield _manager(teacher, share, "辅导员", "从事教学管理年限") | {
            "是否专职政治辅导员": "是",
            "是否专职心理咨询师": "否",
        }


def admission_managers(share: Share) -> Iterator[Row]:
    for teacher in of_office(share, ADMISSIONS):
        yield _manager(teacher, share, "干事", "从事招生就业工作年限") | {"是否就业指导规划师": "是"}


def supervisors(share: Share) -> Iterator[Row]:
    for teacher in of_office(share, SUPERVISION):
        title, schooling, degree = RANKS[teacher.rank]
        yield person_row(teacher) | {
            "学历": schooling,
            "学位": degree,
            "职务": "督导员",
            "专业领域": "教育管理",
            "教龄": _worked(teacher, share),
            "职称": title,
            "周工作时数": "40",
            "来源（校内/校外）": "校内",
        }


def researchers(share: Share) -> Iterator[Row]:
    for teacher in of_office(share, sheet=FULL_TIME)[-1:]:
        yield (
            person_row(teacher)
            | _standing(teacher)
            | {
                "职务": "教研员",
                "专业领域": "职业教育",
                "教研成果/数量": str(share.chance.randint(1, 4)),
                "教研成果/最高等级": level(share.chance),
                "教研成果/合作情况": "独立完成",
            }
        )


def _manager(teacher: Teacher, share: Share, post: str, years: str) -> Row:
    worked = _worked(teacher, share)
    return {
        **person_row(teacher),
        **_standing(teacher),
        "职务": post,
        "本岗位工作年限": worked,
        years: worked,
    }


def _standing(teacher: Teacher) -> Row:
    _, schooling, degree = RANKS[teacher.rank]
    return {"学历": schooling, "学位": degree, "专业技术职务等级": teacher.rank}


def _worked(teacher: Teacher, share: Share) -> str:
    return str(share.year + 1 - int(teacher.number[:4]))
