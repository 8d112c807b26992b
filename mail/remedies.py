"""Why a mail server turned us away, in words that an office understands, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mail.hosts import host_of
from mail.line import Server
from mail.tryout import Step, Trial
from mail.verdicts import THROTTLED


@dataclass(frozen=True)
class Story:
    """What was tried: from whom to whom over which server."""

    server: Server
    sender: str
    recipient: str


def explain(story: Story, trial: Trial) -> tuple[str, str]:
    """The cause and the remedy; the settings' own mistakes come before guesses at the server's mind."""
    if trial.cause in _BY_CAUSE and not (trial.cause == "silent" and trial.step is not Step.GREETING):
        cause, remedy = _BY_CAUSE[trial.cause]
        return cause, remedy + advice(story.server, story.sender)
    if trial.cause != "answer":
        return "服务器中途断开或没有应答", "请稍后再试；一直如此时，请邮件系统的管理员查看这个时间的日志。"
    if THROTTLED.search(trial.words):
        return "服务器嫌发得太快或太多", "请过一小时再试；还可以在 schedule.yaml 里调低每分钟的封数。"
    cause, remedy = _BY_STEP[trial.step](story, trial)
    return cause, remedy + advice(story.server, story.sender)


def advice(server: Server, sender: str) -> str:
    """What the settings contradict of what is known about this host; empty where nothing is."""
    host = host_of(server.host)
    if host is None:
        return ""
    told = []
    if (server.port, server.security) not in host.ways:
        port, security = host.ways[0]
        told.append(f"{host.title}应设 CAIJI_SMTP_PORT={port}、CAIJI_SMTP_SECURITY={security}。")
    if not server.user:
        told.append(f"{host.title}必须登录：请设 CAIJI_SMTP_USER 和 CAIJI_SMTP_PASSWORD（{host.secret}）。")
    elif sender and sender.lower() != server.user.lower():
        told.append(f"{host.title}只许用登录的账号发信：请把 CAIJI_MAIL_FROM 设为 {server.user}。")
    return "".join(told)


_BY_CAUSE = {
    "blocked": (
        "端口连不上，没有任何回音：多半被防火墙拦住了",
        "请信息中心放行这台机器到邮件服务器这个端口的出站连接（25 端口常被运营商封，请改用 465 或 587）。",
    ),
    "closed-port": (
        "这个端口上没有邮件服务",
        "请核对 CAIJI_SMTP_PORT：加密的一般是 465（tls）或 587（starttls）。",
    ),
    "silent": (
        "连上了，但服务器一直不说话：加密方式多半不对",
        "465、994 端口请设 CAIJI_SMTP_SECURITY=tls；25、587 端口请设 starttls。",
    ),
    "not-tls": (
        "这个端口不直接说 TLS",
        "25、587 端口请设 CAIJI_SMTP_SECURITY=starttls；要用 tls 请改用 465 端口。",
    ),
    "no-starttls": (
        "服务器没有提供 STARTTLS，密码因此没有发出",
        "请改用 465 端口并设 CAIJI_SMTP_SECURITY=tls；本系统从不在明文连接上登录。",
    ),
    "certificate": (
        "服务器的证书不可信：过期、名称不符，或由校内自建的机构签发",
        "CAIJI_SMTP_HOST 请写证书上的名称，不要写 IP；校内自建证书请向信息中心要根证书（PEM），"
        "启动前设 SSL_CERT_FILE=证书文件的路径；过期的请管理员更换。",
    ),
    "unusable": ("地址写法不对，服务器认不出", "请核对发件地址和收件地址，不要有中文或空格。"),
}


def _greeting(_story: Story, _trial: Trial) -> tuple[str, str]:
    return (
        "服务器不接待我们",
        "可能暂时繁忙，或把这台机器的 IP 列入了黑名单；请稍后再试，或联系邮件系统的管理员。",
    )


def _login(story: Story, trial: Trial) -> tuple[str, str]:
    if 400 <= trial.code < 500:
        return "服务器暂时不能验证登录", "请过几分钟再试；反复尝试可能被锁定。"
    host = host_of(story.server.host)
    wanted = host.secret if host else "多数邮箱要用“授权码”或“客户端专用密码”，不是网页登录密码"
    return (
        "账号或密码不被接受",
        f"CAIJI_SMTP_USER 请写完整的邮箱地址；CAIJI_SMTP_PASSWORD 要填：{wanted}。"
        "还要在邮箱设置里开启 SMTP 服务；连错三次以上可能被暂时锁定。",
    )


def _sender(story: Story, trial: Trial) -> tuple[str, str]:
    if trial.code == 530 or re.search("authenticat|log ?in", trial.words, re.IGNORECASE):
        return "服务器要求先登录", "请设 CAIJI_SMTP_USER 和 CAIJI_SMTP_PASSWORD。"
    own = story.server.user or "服务器允许的地址"
    return (
        f"不许用 {story.sender} 发信",
        f"请把 CAIJI_MAIL_FROM 设为 {own}（535、550、553 多半是发件地址与登录账号不一致）。",
    )


def _recipient(story: Story, trial: Trial) -> tuple[str, str]:
    if re.search(r"relay|5\.7\.|authenticat|policy|blocked|\bSPF\b", trial.words, re.IGNORECASE):
        return (
            "服务器不替我们转发",
            "请设账号登录后再发；已登录的，请管理员允许这台机器或这个账号向外发信（并检查域名的 SPF）。",
        )
    if 400 <= trial.code < 500:
        return "服务器暂时不收给这个地址的信", "可能是灰名单：过十分钟再试；正式发信时会自动重试。"
    return f"没有 {story.recipient} 这个收件人，或它停用了", "请核对测试地址，换一个确定可用的再试。"


def _message(_story: Story, trial: Trial) -> tuple[str, str]:
    if trial.code == 552:
        return "信太大，服务器不收", "请管理员放宽大小，或减小附件。"
    return (
        "服务器把这封信当作垃圾邮件或不合规，没有收下",
        "554 多半是内容或频率触发了反垃圾规则：请管理员把发件账号加入白名单，并核对域名的 SPF、DKIM。",
    )


_BY_STEP = {
    Step.GREETING: _greeting,
    Step.LOGIN: _login,
    Step.SENDER: _sender,
    Step.RECIPIENT: _recipient,
    Step.MESSAGE: _message,
}
