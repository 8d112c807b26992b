"""A sentence keeps its facts: through copies, through JSON, in another sentence."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace

import pytest

from checks.finding import ERROR, Finding, told_again
from plans.sentence import Sentence, from_document

BLANK = Sentence("空白")
INSIDE = Sentence("%(value)s不是%(what)s。", value="“100%”", what=Sentence("整数"))
WHOLE = Sentence("%(message)s（第 %(row)s 行）", message=INSIDE, row=3)


def test_facts_stand_in_it() -> None:
    assert (BLANK, INSIDE, WHOLE) == ("空白", "“100%”不是整数。", "“100%”不是整数。（第 3 行）")


def test_a_bare_sign_of_percent_is_no_place() -> None:
    assert Sentence("超过 30%") == "超过 30%"


@pytest.mark.parametrize("told", [BLANK, INSIDE, WHOLE])
def test_json_keeps_it(told: Sentence) -> None:
    again = from_document(json.loads(json.dumps(told.as_document())))
    assert (again, again.template, again.facts) == (told, told.template, told.facts)
    assert all(type(again.facts[name]) is type(fact) for name, fact in told.facts.items())


@pytest.mark.parametrize("told", [BLANK, INSIDE, WHOLE])
def test_copies_keep_it(told: Sentence) -> None:
    for again in (copy.deepcopy(told), pickle.loads(pickle.dumps(told))):
        assert (again, again.template, again.facts) == (told, told.template, told.facts)


def test_what_is_no_number_is_kept_as_it_reads() -> None:
    assert Sentence("%(x)s", x=None).as_document() == ("%(x)s", {"x": "None"})


def test_a_kept_finding_is_told_again() -> None:
    found = Finding("type", ERROR, WHOLE, Sentence("请改正。"), "1.5", "B2", 2)
    again = told_again(json.loads(json.dumps(found.as_kept())))
    assert again == found
    assert isinstance(again.message, Sentence)
    assert again.message.facts == WHOLE.facts


def test_only_facts_are_kept_beside_the_sentence() -> None:
    found = Finding("type", ERROR, WHOLE, Sentence("请改正。"))
    assert found.as_kept()["said"] == {"message": WHOLE.as_document()}
    assert "said" not in replace(found, message=BLANK).as_kept()


def test_programs_are_given_the_same_as_ever() -> None:
    plain = Finding("type", ERROR, str(WHOLE), "请改正。", "1.5", "B2", 2)
    said = replace(plain, message=WHOLE, remedy=Sentence("请改正。"))
    assert json.dumps(said.as_dict()) == json.dumps(plain.as_dict())
    assert "said" not in said.as_dict()
