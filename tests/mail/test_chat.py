"""What a group's robot is told over real HTTP, and what its answers mean; its secret stays where it is."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from mail.chat import Channel, Mistyped, channels_of, say
from mail.verdicts import Verdict
from tests.mail.robot_server import DROP, HANG, Robot

TEXT = "【采集】还没交 126 项：一系 50。"
ROBOTS = {
    "wecombot://k3y-0001": (NotifyWeComBot, "key", {"msgtype": "text", "text": {"content": TEXT}}),
    "dingtalk://t0ken0001": (NotifyDingTalk, "token", None),
    "feishu://t0ken-0001": (NotifyFeishu, "token", {"msg_type": "text", "content": {"text": TEXT}}),
}


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch, robot: Robot) -> Robot:
    """The three robots' addresses lead to this machine."""
    for made, secret, _payload in ROBOTS.values():
        address = f"http://127.0.0.1:{robot.port}/hook?{secret}={{{secret}}}"
        monkeypatch.setattr(made, "notify_url", address)
    return robot


def channel(url: str) -> Channel:
    [found] = channels_of(url)
    return found


@pytest.mark.parametrize("url", ROBOTS)
def test_a_robot_is_told_the_text(at_home: Robot, url: str) -> None:
    answer = say(channel(url), TEXT)
    assert (answer.verdict, answer.text) == (Verdict.ACCEPTED, "0 ok")
    [(path, told)] = at_home.heard
    assert path.endswith(f"={url.partition('://')[2]}")
    assert TEXT in str(told)
    expected = ROBOTS[url][2]
    assert expected is None or told == expected


def test_a_signing_robot_gets_a_signature(at_home: Robot) -> None:
    say(channel("dingtalk://SECabc0001@t0ken0001"), TEXT)
    [(path, _told)] = at_home.heard
    assert "timestamp=" in path
    assert "sign=" in path
    assert "SECabc0001" not in path


REFUSALS: list[tuple[dict[str, Any], Verdict, str]] = [
    ({"errcode": 93000, "errmsg": "invalid webhook url"}, Verdict.REFUSED, "93000 invalid webhook url"),
    ({"errcode": 310000, "errmsg": "keywords not in content"}, Verdict.REFUSED, "310000 keywords"),
    ({"code": 19021, "msg": "sign match fail"}, Verdict.REFUSED, "19021 sign match fail"),
    ({"errcode": 45009, "errmsg": "api freq out of limit, frequency limited"}, Verdict.LATER, "45009"),
    ({"code": 11232, "msg": "frequency limited psm"}, Verdict.LATER, "11232"),
    ({"errcode": -1, "errmsg": "system busy"}, Verdict.LATER, "-1 system busy"),
    ({"code": 0, "msg": "success"}, Verdict.ACCEPTED, "0 success"),
]


@pytest.mark.parametrize(("said", "verdict", "text"), REFUSALS)
@pytest.mark.parametrize("url", ROBOTS)
def test_an_error_number_is_a_refusal_though_http_says_200(
    at_home: Robot, url: str, said: dict[str, Any], verdict: Verdict, text: str
) -> None:
    at_home.answers = [(200, said)]
    answer = say(channel(url), TEXT)
    assert answer.verdict is verdict
    assert answer.text.startswith(text)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(500, Verdict.LATER), (502, Verdict.LATER), (429, Verdict.LATER), (404, Verdict.REFUSED)],
)
def test_what_http_says_counts_too(robot: Robot, status: int, verdict: Verdict) -> None:
    robot.answers = [(status, {"errmsg": "oops"})]
    answer = say(channel(robot.url), TEXT)
    assert (answer.verdict, answer.text) == (verdict, f'HTTP {status} {{"errmsg": "oops"}}')


@pytest.mark.parametrize("fault", [HANG, DROP])
def test_silence_leaves_it_uncertain(robot: Robot, fault: str) -> None:
    robot.answers = [fault]
    answer = say(channel(robot.url), TEXT, seconds=0.2)
    assert (answer.verdict, answer.text) == (Verdict.UNCERTAIN, "机器人没有答复，不知道是否已经发出")
    assert len(robot.heard) == 1


def test_where_nobody_listens_nothing_was_said() -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        answer = say(channel(f"json://127.0.0.1:{found.getsockname()[1]}"), TEXT)
    assert (answer.verdict, answer.text) == (Verdict.LATER, "连接不上机器人的服务器")


def test_a_plain_address_is_as_secret(robot: Robot) -> None:
    robot.answers = [(404, {"msg": "Cannot POST /hooks/s3cret?word=pa55"})]
    answer = say(channel(f"json://127.0.0.1:{robot.port}/hooks/s3cret?-word=pa55"), TEXT)
    assert answer.verdict is Verdict.REFUSED
    assert "Cannot POST …" in answer.text
    assert not any(secret in answer.text for secret in ("s3cret", "pa55"))


def test_an_answer_that_repeats_the_secret_is_cleaned(at_home: Robot) -> None:
    at_home.answers = [(200, {"errcode": 93000, "errmsg": "no such key k3y-0001"})]
    assert say(channel("wecombot://k3y-0001"), TEXT).text == "93000 no such key …"


def test_the_plugins_are_left_as_they_were(robot: Robot) -> None:
    from apprise.plugins import custom_json

    robot.answers = [DROP]
    say(channel(robot.url), TEXT)
    assert custom_json.requests is requests


def test_a_channel_tells_robots_apart_and_gives_nothing_away() -> None:
    found = channels_of("wecombot://k3y-0001 wecombot://k3y-0002\nfeishu://t0ken-0001 wecombot://k3y-0001")
    assert [each.name.split()[0] for each in found] == ["企业微信机器人", "企业微信机器人", "飞书机器人"]
    assert len({each.name for each in found}) == 3
    assert not any(secret in repr(found) for secret in ("k3y", "t0ken"))


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91f6", "wecombot://693a-91f6"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "dingtalk://abc123"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/a-b-c", "feishu://a-b-c"),
    ],
)
def test_an_address_is_taken_as_the_robots_page_gives_it(given: str, url: str) -> None:
    assert channel(given) == channel(url)


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("mailto://x@y", 1),
        ("wecombot://k3y https://example.test/hook", 2),
        ("wecombot://", 1),
        ("feishu://中文", 1),
        ("微信群", 1),
    ],
)
def test_what_is_no_robots_address_is_told_by_its_place(given: str, number: int) -> None:
    with pytest.raises(Mistyped) as refused:
        channels_of(given)
    assert refused.value.number == number
