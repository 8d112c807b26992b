"""The only place that knows Apprise: the robots of chat groups, what is said to them, what they answer.

Two of the three robots answer 200 to what they refuse, and their plugins look no further: so the answer is
overheard, and its error number decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mail.verdicts import THROTTLED, Answer, Verdict

if TYPE_CHECKING:
    import requests
    from apprise.plugins.base import NotifyBase

SECONDS = 10
"""How long a robot may take to answer."""
ROBOTS = {
    "wecombot": ("企业微信机器人", "apprise.plugins.wecombot", "NotifyWeComBot"),
    "dingtalk": ("钉钉机器人", "apprise.plugins.dingtalk", "NotifyDingTalk"),
    "feishu": ("飞书机器人", "apprise.plugins.feishu", "NotifyFeishu"),
    "json": ("网址", "apprise.plugins.custom_json", "NotifyJSON"),
    "jsons": ("网址", "apprise.plugins.custom_json", "NotifyJSON"),
}
AS_GIVEN = (
    (re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)"), "wecombot"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu"),
)
"""The addresses as the robots' own pages give them."""
BUSY = -1
SECRETS = ("key", "token", "secret", "password")


class Mistyped(ValueError):
    """An address that is no robot's; ``number`` is its place, counted from one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Channel:
    """A chat group's robot; ``name`` tells it from others and gives nothing away."""

    name: str
    url: str = field(repr=False)


def channels_of(addresses: str) -> list[Channel]:
    """The robots of these addresses, apart by blanks; Mistyped where one is none."""
    found: dict[str, Channel] = {}
    for number, given in enumerate(addresses.split(), 1):
        url = _scheme_url(given)
        try:
            _plugin(url)
        except (KeyError, TypeError) as error:
            raise Mistyped(number) from error
        mark = hashlib.sha256(url.encode()).hexdigest()[:6]
        channel = Channel(f"{ROBOTS[url.partition('://')[0]][0]} {mark}", url)
        found[channel.name] = channel
    return list(found.values())


def say(channel: Channel, text: str, seconds: float = SECONDS) -> Answer:
    """Hand the text to the robot, and what became of it; its secret is in no answer."""
    plugin = _plugin(channel.url, seconds)
    with _overhearing(plugin) as heard:
        plugin.send(body=text)
    answer = heard.verdict()
    return Answer(answer.verdict, _without_secrets(answer.text, plugin), answer.throttled)


class _Ear:
    """`requests` as a plugin sees it; keeps what was answered, or what went wrong."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.answer: requests.Response | None = None
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def post(self, *given: Any, **named: Any) -> requests.Response:
        return self.request("POST", *given, **named)

    def request(self, *given: Any, **named: Any) -> requests.Response:
        try:
            answer: requests.Response = self.real.request(*given, **named)
        except self.real.RequestException as error:
            self.error = error
            raise
        self.answer = answer
        return answer

    def verdict(self) -> Answer:
        """What is known of the post: refused for good, to be tried again, or perhaps made."""
        if self.answer is None:
            return _of_error(self.error)
        if self.answer.status_code != 200:
            told = f"HTTP {self.answer.status_code} {self.answer.text}"[:300]
            again = self.answer.status_code >= 500 or self.answer.status_code == 429
            return Answer(Verdict.LATER if again else Verdict.REFUSED, told, self.answer.status_code == 429)
        return _of_body(self.answer)


@contextmanager
def _overhearing(plugin: NotifyBase) -> Iterator[_Ear]:
    module: Any = import_module(type(plugin).__module__)
    ear = _Ear(module.requests)
    module.requests = ear
    try:
        yield ear
    finally:
        module.requests = ear.real


def _of_error(error: Exception | None) -> Answer:
    """Never the error's own words: the address with its secret stands in them."""
    import requests
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error is not None and error.args else None
    unsent = isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError)
    if unsent or isinstance(reason, NewConnectionError):
        return Answer(Verdict.LATER, "连接不上机器人的服务器")
    return Answer(Verdict.UNCERTAIN, "机器人没有答复，不知道是否已经发出")


def _of_body(answer: requests.Response) -> Answer:
    try:
        body = answer.json()
    except ValueError:
        body = None
    found = body if isinstance(body, dict) else {}
    code = found.get("errcode", found.get("code", 0))
    told = f"{code} {found.get('errmsg', found.get('msg', ''))}".strip()[:300]
    if code in (0, "0", None):
        return Answer(Verdict.ACCEPTED, told)
    throttled = bool(THROTTLED.search(told))
    return Answer(Verdict.LATER if throttled or code == BUSY else Verdict.REFUSED, told, throttled)


def _scheme_url(given: str) -> str:
    for form, scheme in AS_GIVEN:
        if found := form.fullmatch(given):
            return f"{scheme}://{found[1]}"
    return given


def _plugin(url: str, seconds: float = SECONDS) -> NotifyBase:
    """The robot's plugin; KeyError or TypeError where the address is none of ours."""
    _says, module, name = ROBOTS[url.partition("://")[0]]
    made: Any = getattr(import_module(module), name)
    found: NotifyBase = made(**(made.parse_url(url) or {}))
    found.socket_connect_timeout = found.socket_read_timeout = seconds
    return found


def _without_secrets(text: str, plugin: NotifyBase) -> str:
    """Of a plain address the path and the parameters are the secret: servers repeat what they don't find."""
    path, parameters = str(getattr(plugin, "fullpath", "")).rstrip("/"), getattr(plugin, "params", None) or {}
    for secret in (*(getattr(plugin, name, None) for name in SECRETS), path, *parameters.values()):
        if isinstance(secret, str) and secret:
            text = text.replace(secret, "…")
    return text
