"""What an installation may set: `CAIJI_*` environment variables, all documented in docs/settings.md."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from plans.notation import is_address

ROOT = Path(__file__).parent
PREFIX = "CAIJI_"


def spare_the_collector() -> None:
    """What has been imported stays until the end: a process that runs for weeks need not look through it for
    garbage at each turn, which took half of the time that reading a thousand rows did."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class Misset(Exception):
    """A setting that cannot be used: ``message`` names the variables, ``remedy`` how to mend them."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


def unheard(address: str) -> bool:
    """Whether nobody on the way hears what is said to this address: https, or this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    return bool(parts.hostname) and parts.scheme in (("https", "http") if here else ("https",))


class Settings(BaseSettings):
    """Every setting with its default; `load()` refuses unknown or weak ones with the remedy."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid")

    data: Path = Path("data")
    database_url: str = ""
    schedule: Path = ROOT / "schedule.yaml"
    tasks: Path = ROOT / "tasks.csv"
    people: Path | None = None
    public_url: str = ""
    root_path: str = ""
    secure_cookies: bool = False
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    activation_hours: Annotated[int, Field(ge=1, le=720)] = 168
    upload_megabytes: Annotated[int, Field(ge=1, le=500)] = 50
    read_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    read_megabytes: Annotated[int, Field(ge=128, le=8192)] = 1024
    readers: Annotated[int, Field(ge=1, le=32)] = 2
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 465
    smtp_security: Literal["tls", "starttls", "none"] = "tls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = "caiji@localhost"
    mail_senders: Annotated[int, Field(ge=1, le=8)] = 2
    mail_paused: bool = False
    chat_urls: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_claim: str = "preferred_username"
    oidc_label: str = ""
    prefect: bool = True
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _password_needs_a_closed_line(self) -> Settings:
        if self.smtp_user and self.smtp_security == "none":
            raise Misset(
                "CAIJI_SMTP_USER 需要加密连接，而 CAIJI_SMTP_SECURITY 是 none。",
                "请把 CAIJI_SMTP_SECURITY 设为 tls 或 starttls；不需要登录的服务器请去掉 CAIJI_SMTP_USER。",
            )
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender_and_a_server(self) -> Settings:
        """With another kind of either every single mail would fail."""
        if not is_address(self.mail_from):
            raise Misset(
                f"CAIJI_MAIL_FROM 的值“{self.mail_from}”不是邮箱地址。",
                "请只写地址，如 caiji@学校域名；收件人看到的名字在 schedule.yaml 的 mail.from_name 里写。",
            )
        try:
            self.smtp_host.encode("idna")
        except UnicodeError as error:
            raise Misset(
                f"CAIJI_SMTP_HOST 的值“{self.smtp_host}”不是服务器名。", "请写成 smtp.学校域名 这样的名字。"
            ) from error
        return self

    @model_validator(mode="after")
    def _every_chat_address_is_a_robots(self) -> Settings:
        """The address itself is never shown: whoever has it may write to the group."""
        given = self.chat_urls.get_secret_value()
        if given:
            from mail.chat import Mistyped, channels_of

            try:
                channels_of(given)
            except Mistyped as error:
                raise Misset(
                    f"CAIJI_CHAT_URLS 里的第 {error.number} 个地址不是群机器人的地址。",
                    "请从群机器人的设置里整段复制（企业微信、钉钉、飞书），多个之间用空格隔开；"
                    "钉钉加签的写成 dingtalk://密钥@令牌。",
                ) from error
        return self

    @model_validator(mode="after")
    def _the_provider_is_whole_and_spoken_to_in_secret(self) -> Settings:
        """Without an address of our own, whoever asks for a page could say where the answer goes."""
        if not self.oidc_issuer:
            return self
        needed = {
            "CAIJI_OIDC_CLIENT_ID": self.oidc_client_id,
            "CAIJI_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
            "CAIJI_PUBLIC_URL": self.public_url,
        }
        missing = "、".join(name for name, given in needed.items() if not given)
        if missing:
            raise Misset(
                f"设了 CAIJI_OIDC_ISSUER，但没有设 {missing}。",
                "客户端编号和密钥在身份认证平台登记本系统时得到；CAIJI_PUBLIC_URL 是人们打开本系统的地址。",
            )
        if not unheard(self.oidc_issuer):
            raise Misset(
                f"CAIJI_OIDC_ISSUER 的值“{self.oidc_issuer}”不是 https 地址。",
                "请写身份认证平台的签发者地址，如 https://sso.学校域名/realms/college。",
            )
        return self

    @property
    def url(self) -> str:
        """The database's address; SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{(self.data / 'caiji.db').absolute()}"


@cache
def load() -> Settings:
    """The settings of this process; Misset where a variable is unknown or its value cannot be used."""
    _demand_known(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        wrong = [(str(each["loc"][0]), str(each["input"])) for each in error.errors()]
        raise _misset(wrong) from error


def _demand_known(environment: Mapping[str, str]) -> None:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    unknown = sorted(
        name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if unknown:
        near = get_close_matches(unknown[0].upper(), known, 1, 0.5)
        meant = f"是不是想写 {near[0]}？" if near else ""
        raise Misset(f"没有这样的设置：{'、'.join(unknown)}。", f"{meant}全部设置见 docs/settings.md。")


def _misset(wrong: list[tuple[str, str]]) -> Misset:
    said = [f"{PREFIX}{name.upper()} 的值“{given}”不能用。" for name, given in wrong]
    remedies = [f"{PREFIX}{name.upper()} {_wanted(name)}。" for name, _ in wrong]
    return Misset("".join(said), "".join(remedies))


def _wanted(name: str) -> str:
    """What a setting takes, in words."""
    field = Settings.model_fields[name]
    if field.annotation is bool:
        return "应为 true 或 false"
    if field.annotation is int:
        limits = {
            key: getattr(each, key) for each in field.metadata for key in ("ge", "le") if hasattr(each, key)
        }
        return f"应为 {limits['ge']} 到 {limits['le']} 的整数"
    return f"应为 {'、'.join(get_args(field.annotation))} 之一"
