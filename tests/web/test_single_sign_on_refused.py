"""Answers of a provider that do not hold, and providers that are not there: told where one signs in."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.conftest import Installation
from tests.web.identity_server import CLIENT, College
from tests.web.signing_on import DOOR, UNCHECKED, back, given
from web.pages.single_sign_on import ATTEMPT
from web.visitor import SESSION


def foreign_keys(college: College) -> None:
    college.signed = college.foreign


def none(college: College) -> None:
    college.signed = college.unsigned


def shared(college: College) -> None:
    college.signed = college.shared


def claim(**claims: Any) -> Callable[[College], None]:
    return lambda college: college.claims.update(claims)


def says(**said: Any) -> Callable[[College], None]:
    return lambda college: vars(college).update(said)


WRONG = {
    "another key": (foreign_keys, UNCHECKED),
    "no signature": (none, UNCHECKED),
    "a shared secret": (shared, UNCHECKED),
    "another issuer": (claim(iss="http://127.0.0.1:1"), UNCHECKED),
    "another audience": (claim(aud="mail"), UNCHECKED),
    "audiences without a party": (claim(aud=[CLIENT, "mail"]), UNCHECKED),
    "another party": (claim(azp="mail"), UNCHECKED),
    "another nonce": (claim(nonce="planted"), UNCHECKED),
    "no nonce": (claim(nonce=None), UNCHECKED),
    "no end": (claim(exp=None), UNCHECKED),
    "expired": (claim(exp=int(time.time()) - 90), "凭据已过期"),
    "from the future": (claim(iat=int(time.time()) + 3600), UNCHECKED),
    "no staff number": (claim(preferred_username=["S031"]), "没有给出工号"),
    "unknown": (says(person="X404"), "没有工号 X404"),
    "denied": (says(denies="access_denied"), "没有允许这次登录"),
    "broken": (says(denies="server_error"), "没有完成这次登录"),
    "no token": (says(token_status=400), UNCHECKED),
    "a server's fault": (says(token_status=503), "暂时没有回应"),
    "not JSON": (says(noise=b"<html>"), UNCHECKED),
    "a list": (says(noise=b"[]"), UNCHECKED),
    "nested": (says(noise=b"[" * 200_000), UNCHECKED),
    "no keys": (says(published=[]), UNCHECKED),
}


@pytest.mark.parametrize(("lie", "sentence"), WRONG.values(), ids=WRONG)
def test_what_does_not_hold_is_told_on_the_page_to_sign_in(
    offered: Installation,
    college: College,
    caplog: pytest.LogCaptureFixture,
    lie: Callable[[College], None],
    sentence: str,
) -> None:
    lie(college)
    browser = offered.browser()
    with caplog.at_level(logging.DEBUG, "caiji"):
        answer = back(browser, "/plan")
    assert (answer.status_code, sentence in answer.text) == (403 if "暂时" not in sentence else 503, True)
    assert 'name="next" value="/plan"' in answer.text
    assert {SESSION, ATTEMPT} & set(browser.cookies) == set()
    assert "eyJ" not in caplog.text


def test_a_little_difference_of_clocks_is_borne(offered: Installation, college: College) -> None:
    college.claims.update(exp=int(time.time()) - 30, iat=int(time.time()) + 30)
    assert back(offered.browser()).status_code == 303


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://sso.college.test/token"},
        {"jwks_uri": None},
        {"padding": "x" * 1_100_000},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_provider_that_says_wrong_things_of_itself_is_not_gone_to(
    offered: Installation, college: College, said: dict[str, Any]
) -> None:
    college.discovery = said
    answer = offered.browser().get(DOOR)
    assert (answer.status_code, UNCHECKED in answer.text) == (403, True)


def test_a_provider_that_is_down_is_told_and_the_password_remains(
    load_site: Callable[..., Installation], college: College
) -> None:
    away = {**given(college), "oidc_issuer": "http://127.0.0.1:1"}
    answer = load_site(rehearsal=False, **away).browser().get(DOOR, params={"next": "/plan"})
    assert (answer.status_code, "暂时没有回应" in answer.text) == (503, True)
    assert 'name="password"' in answer.text


@pytest.mark.parametrize(("sub", "status"), [("a1", 303), ("b2", 403)])
def test_a_number_told_apart_is_the_same_persons(
    offered: Installation, college: College, sub: str, status: int
) -> None:
    college.claims, college.userinfo = (
        {"preferred_username": None},
        {"sub": sub, "preferred_username": "S031"},
    )
    assert back(offered.browser()).status_code == status


def test_a_provider_may_take_the_secret_in_the_body(offered: Installation, college: College) -> None:
    college.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert back(offered.browser()).status_code == 303


def test_a_wrong_secret_is_told_to_whoever_set_it(
    load_site: Callable[..., Installation], college: College
) -> None:
    wrong = {**given(college), "oidc_client_secret": "another"}
    answer = back(load_site(rehearsal=False, **wrong).browser())
    assert (answer.status_code, "CAIJI_OIDC_CLIENT_SECRET" in answer.text) == (403, True)


def test_a_provider_that_never_answers_is_not_waited_for(
    load_site: Callable[..., Installation], college: College, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.oidc.SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        away = {**given(college), "oidc_issuer": f"http://127.0.0.1:{mute.getsockname()[1]}"}
        answer = load_site(rehearsal=False, **away).browser().get(DOOR)
    assert (answer.status_code, "暂时没有回应" in answer.text) == (503, True)
