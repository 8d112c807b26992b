"""The usual mail hosts of Chinese colleges: what to set for each, and what each means by a password."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Host:
    """``ways``: pairs of port and security that it speaks, the best first; ``secret``: what its SMTP wants
    for a password; ``own``: host names that belong to it."""

    name: str
    title: str
    server: str
    ways: tuple[tuple[int, str], ...]
    secret: str
    own: tuple[str, ...] = ()

    def settings(self) -> list[tuple[str, str]]:
        """The variables to set, with values or what to put there."""
        port, security = self.ways[0]
        return [
            ("CAIJI_SMTP_HOST", self.server),
            ("CAIJI_SMTP_PORT", str(port)),
            ("CAIJI_SMTP_SECURITY", security),
            ("CAIJI_SMTP_USER", "完整的邮箱地址"),
            ("CAIJI_SMTP_PASSWORD", self.secret),
            ("CAIJI_MAIL_FROM", "与 CAIJI_SMTP_USER 相同的地址"),
        ]


TLS, STARTTLS = "tls", "starttls"
QQ_CODE = "授权码：网页版邮箱 → 设置 → 账号 → 开启 SMTP 服务时给出的 16 位字母，不是登录密码"
NETEASE_CODE = "授权码：网页版邮箱 → 设置 → POP3/SMTP/IMAP 中新增，不是登录密码"

HOSTS = (
    Host("qq", "QQ 邮箱", "smtp.qq.com", ((465, TLS), (587, STARTTLS)), QQ_CODE, ("qq.com", "foxmail.com")),
    Host(
        "exmail",
        "腾讯企业邮箱",
        "smtp.exmail.qq.com",
        ((465, TLS), (587, STARTTLS)),
        "邮箱密码；开启了安全登录的，用“设置 → 微信绑定”里的客户端专用密码",
        ("exmail.qq.com",),
    ),
    Host("163", "网易 163 邮箱", "smtp.163.com", ((465, TLS), (994, TLS)), NETEASE_CODE, ("163.com",)),
    Host("126", "网易 126 邮箱", "smtp.126.com", ((465, TLS), (994, TLS)), NETEASE_CODE, ("126.com",)),
    Host(
        "qiye163",
        "网易企业邮箱",
        "smtp.qiye.163.com",
        ((465, TLS), (994, TLS)),
        "客户端授权密码（管理员开启后，在“设置 → 客户端授权密码”中生成）",
        ("qiye.163.com", "ym.163.com"),
    ),
    Host(
        "aliyun",
        "阿里企业邮箱",
        "smtp.qiye.aliyun.com",
        ((465, TLS),),
        "邮箱密码；开启了三方客户端安全密码的，用那个密码",
        ("qiye.aliyun.com", "mxhichina.com"),
    ),
    Host(
        "coremail",
        "学校自建的 Coremail 邮件系统",
        "学校的邮件服务器名，如 smtp.学校域名 或 mail.学校域名（请问信息中心）",
        ((465, TLS), (994, TLS), (587, STARTTLS), (25, STARTTLS)),
        "邮箱密码；开启了客户端专用密码的，用“设置 → 安全设置”里生成的那个",
    ),
)


def host_of(server: str) -> Host | None:
    """The known host that this server name belongs to, the most particular one; None for any other."""
    name = server.lower().rstrip(".")
    known = [
        (len(own), host) for host in HOSTS for own in host.own if name == own or name.endswith(f".{own}")
    ]
    return max(known, key=lambda each: each[0])[1] if known else None
