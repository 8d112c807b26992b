"""What an installation may set: `CAIJI_*` environment variables, all documented in docs/settings.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent


class Settings(BaseSettings):
    """Every setting with its default; `load()` refuses unknown or weak ones with the remedy."""

    model_config = SettingsConfigDict(env_prefix="CAIJI_", extra="forbid")

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
    prefect: bool = True
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _password_needs_a_closed_line(self) -> Settings:
        if self.smtp_user and self.smtp_security == "none":
            raise ValueError("CAIJI_SMTP_USER 需要加密连接：请把 CAIJI_SMTP_SECURITY 设为 tls 或 starttls")
        return self

    @property
    def url(self) -> str:
        """The database's address; SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{(self.data / 'caiji.db').absolute()}"


@cache
def load() -> Settings:
    """The settings of this process."""
    return Settings()
