"""What is refused is told in the reader's language: sentence, facts and remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from actions import extend
from commands.extracting import errors, speaking
from models.errors import Conflict, PeopleError, Sentence, Unusable
from models.stages import COLLECTED, stage_conflict
from plans.course_file import WORDS
from settings import ROOT
from tests.actions.people import holder, office, task
from tests.web.conftest import MORNING, Installation
from tests.web.transport import Browser
from web.errors import translate
from web.language import sentence, spoken

HAN = re.compile(r"[\u4e00-\u9fff]")
SPOKEN = [*(ROOT / "actions").rglob("*.py"), *(ROOT / "models").rglob("*.py")]
PURE = [path for room in ("plans", "checks", "workbooks") for path in (ROOT / room).rglob("*.py")]
PAPERS = {
    "plans/cohorts.py",
    "plans/year_names.py",
    "checks/definition_page.py",
    "workbooks/annotated.py",
    "workbooks/annotated_anew.py",
    "workbooks/data_sheet.py",
    "workbooks/export.py",
    "workbooks/marks.py",
    "workbooks/stamp.py",
    "workbooks/template.py",
}
"""What these write or read is Chinese in every language: workbooks, plans, the years of study."""
ON_THE_COMMAND_LINE = {
    "checks/cross_rules_file.py",
    "checks/cross_trial.py",
    "checks/definition_file.py",
    "checks/definition_set.py",
}
"""Only `caiji tables lint` tells of these."""


@pytest.fixture
def english() -> Iterator[None]:
    token = spoken.set("en")
    yield
    spoken.reset(token)


def test_a_sentence_is_chinese_by_itself() -> None:
    told = Sentence("第 %(number)s 版还有 %(errors)s 处错误，不能提交。", number=2, errors=7)
    assert (told, sentence(told)) == ("第 2 版还有 7 处错误，不能提交。", "第 2 版还有 7 处错误，不能提交。")


@pytest.mark.usefixtures("english")
def test_facts_stand_where_the_language_has_them() -> None:
    told = Sentence("第 %(number)s 版还有 %(errors)s 处错误，不能提交。", number=2, errors=7)
    assert sentence(told) == "Version 2 still has errors (7) and cannot be submitted."


@pytest.mark.usefixtures("english")
def test_a_fact_that_has_a_name_of_its_own_is_translated_too() -> None:
    assert not HAN.search(sentence(stage_conflict("withdraw", COLLECTED).message))


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("told", ["", "没有这样的句子", Sentence("没有这样的 %(what)s", what="句子")])
def test_what_the_catalogue_lacks_stays(told: str) -> None:
    assert sentence(told) == told


@pytest.mark.parametrize("path", ["/assignments/41/fill", "/assignments/99999", "/people"])
def test_a_refusal(site: Installation, path: str) -> None:
    browser = site.browser("S011")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    answer = browser.get(path)
    assert answer.status_code in (403, 404)
    told = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    assert told is not None
    assert not HAN.search(told[0])


def test_what_is_said_bare_is_found() -> None:
    source = """
raise Conflict("这里", "这样", detail="那样")
Refused(Sentence("第 %(n)s 版", n="一"), f"不 {n}")
_WHY = {"verb": ("为什么", "办法")}
log("不是")
"""
    found = [text for _, _, text, _ in errors(BytesIO(source.encode()), None, None, None)]
    assert sorted(found) == sorted(["这里", "这样", "那样", "第 %(n)s 版", "为什么", "办法"])
    assert Conflict.__name__ in speaking()


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.name)
def test_no_error_hides_its_facts_from_the_catalogue(path: Path) -> None:
    """Facts stand in a `Sentence`: what is already put together has no place in a catalogue."""
    hidden = [
        ast.unparse(part)
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in speaking()
        for part in call.args[:2]
        if isinstance(part, ast.JoinedStr) and HAN.search(ast.unparse(part))
    ]
    assert hidden == []


def english_office(site: Installation) -> Browser:
    browser = site.browser("S000")
    browser.cookies.set("caiji_language", "en", domain="caiji.test", path="/")
    return browser


def trouble(html: str) -> str:
    found = re.search(r'data-testid="problem">(.*?)</div>', html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [("", "Anna", "no address", "", "boss", "99.9"), ("1 2", "", "a@x.cn", "", "head", "")],
            ["Cell A2: The staff number is missing.", "Cell F2: The plan has no table “99.9”."],
        ),
        (
            [("1", "Anna", "a@x.cn", "Library", "office", ""), ("1", "Bo", "b@x.cn", "", "auditor", "")],
            [
                "Row 3: staff number 1 stands in row 2 already.",
                "Cell D2: The plan has no department “Library”",
            ],
        ),
    ],
)
def test_each_mistake_in_a_people_file(
    site: Installation, rows: list[tuple[str, ...]], told: list[str]
) -> None:
    """What the plan calls its departments stays as it is."""
    workbook, out = openpyxl.Workbook(), BytesIO()
    for row in [("staff_no", "name", "email", "department", "roles", "tables"), *rows]:
        workbook.worksheets[0].append(row)
    workbook.save(out)
    answer = english_office(site).form("/people/preview", files={"file": ("people.xlsx", out.getvalue())})
    found = trouble(answer.text)
    assert answer.status_code == 422
    assert [each for each in told if each not in found] == []
    assert not HAN.search(re.sub(r"there are: .*?\.</li>", "", found))


def test_a_person_typed_wrong(site: Installation) -> None:
    given = {"staff_no": "7001", "name": "Wang", "email": "no address", "leads": "Moon", "leader": "true"}
    found = trouble(english_office(site).form("/people", given).text)
    assert "E-mail: “no address” is no e-mail address." in found
    assert "Departments in charge of: The plan has no department “Moon”" in found


def test_each_line_of_verdicts_that_is_wrong(site: Installation) -> None:
    answer = english_office(site).form("/verdicts", {"pasted": "99.9\tx\tok"})
    found = trouble(answer.text)
    assert "Line 1: There is no table" in found
    assert not HAN.search(found)


@pytest.mark.usefixtures("english")
def test_problems_that_are_no_sentences_stay() -> None:
    told = Unusable("没有保存", problems=[Sentence("单元格 %(cell)s", cell="A1"), {"code": "x"}])
    translate(told)
    assert told.detail["problems"] == ["Cell A1", {"code": "x"}]


@pytest.mark.usefixtures("english")
def test_why_a_reason_is_wanted(site: Installation) -> None:
    friday = (MORNING + timedelta(days=30)).date()
    with site.database.writing() as session:
        boss, key = office(session, MORNING), task(session, "10.5", "学务部").id
        own = holder(session, "collector", "学务部", MORNING)
        asked = extend.ask(session, own, key, friday, "病假", MORNING).id or 0
        refusals: list[Callable[[], object]] = [
            lambda: extend.ask(session, own, key, friday, " ", MORNING),
            lambda: extend.grant(session, boss, key, friday, " ", MORNING),
            lambda: extend.refuse(session, boss, asked, " ", MORNING),
            lambda: extend.revoke(session, boss, asked, "x", MORNING),
        ]
        for refused in refusals:
            with pytest.raises(PeopleError) as told:
                refused()
            assert not HAN.search(sentence(told.value.message) + sentence(told.value.remedy))
        extend.grant(session, boss, key, friday, "病假", MORNING)
        with pytest.raises(Unusable) as told:
            extend.revoke(session, boss, asked, " ", MORNING)
        assert sentence(told.value.remedy) == "The collecting department will see the reason."


def bare(path: Path) -> Iterator[str]:
    """Chinese that stands in no sentence; not what is matched (it has signs of a pattern)."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Sentence"
        for part in ast.walk(call.args[0])
    }
    told |= {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    texts = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in told]
    for text in (each.value for each in texts if isinstance(each.value, str)):
        if HAN.search(text) and not re.search(r"[\\|*^]", text):
            yield text.strip()


DATA = {
    "plans/course_file.py": [*WORDS.values(), *WORDS, "名单", "提交", "2020-11-10 09:30,7.1.1,教务部,提交"],
    "plans/decomposition.py": [
        *("数据采集表格名称", "数据采集的部门", "数据采集截止时间", "教务部、学务部", "2020年11月18日"),
        *("1.3 2020年招生计划", "1.1 名称", ": 表中第", "行"),
    ],
    "plans/importing.py": ["1\u30001.6 机构设置", "序号、采集步骤、", "计划.docx"],
    "plans/lint.py": ["质量部", "毕业"],
    "plans/next_year.py": ["级"],
    "plans/notation.py": ["一二三四五六七八九", "])?(十)?(["],
    "plans/schedule_file.py": ["name: 教务部", "- name: 教务部", "一年级"],
    "plans/tasks_file.py": ["是", "否", "校内实践基地", "教务部、学务部", "第", "行"],
    "plans/wanted_cases.py": ["主题不限", '"各系部：教学改革、技能大赛 1"'],
    "plans/yaml_section.py": ["是", "否", "示例", "name: 示例"],
    "checks/normalise.py": ["无"],
    "checks/of_reading.py": ["来自"],
    "checks/row_rules.py": ["学制", "修业年限"],
    "checks/units.py": ["元", "册", "人", "平方米", "亩", "小数", "万"],
}
"""Words that plans and tables have, and examples of them."""


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_nothing_is_said_but_in_sentences(path: Path) -> None:
    """The rooms that know no language: what they tell people is found by the catalogue, facts and all."""
    name = path.relative_to(ROOT).as_posix()
    if name not in PAPERS | ON_THE_COMMAND_LINE:
        assert set(bare(path)) - set(DATA.get(name, ())) == set()


@pytest.mark.parametrize("path", [*SPOKEN, *PURE], ids=lambda path: path.name)
def test_a_word_of_ours_among_facts_is_a_sentence_too(path: Path) -> None:
    words = [
        ast.unparse(fact)
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Sentence"
        for fact in (each.value for each in call.keywords)
        if isinstance(fact, ast.Constant | ast.IfExp | ast.BoolOp) and HAN.search(ast.unparse(fact))
        if "Sentence(" not in ast.unparse(fact)
    ]
    assert words == []


def test_days_and_what_a_form_lacks(site: Installation) -> None:
    """No sign of Chinese stays between the parts either."""
    browser, key = english_office(site), site.assignment("10.5", "学务部")
    early = trouble(browser.form(f"/assignments/{key}/extend", {"until": "2020-11-01", "reason": "x"}).text)
    assert "11-01 is no later than the present deadline, 11-18 23:59." in early
    lacking = trouble(browser.form(f"/assignments/{key}/submit", {"version": "x"}).text)
    assert not re.search("[；。，]", lacking)
    people = browser.form("/people/preview", files={"file": ("people.xlsx", b"no workbook")})
    assert "This file is no Excel workbook (.xlsx), or it is damaged" in trouble(people.text)
