"""What a mail server's answers mean for a mail: come again, never, or nobody knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

TOO_BIG = 552
AGAINST_ADDRESSES = frozenset({501, 511, 550, 551, 553})

# Chinese hosts throttle with permanent codes (QQ 550, NetEase 554): only the text tells.
THROTTLED = re.compile(
    r"frequen|rate.?limit|limited|too many|too fast|exceed|try (again )?later|throttl"
    r"|\b(STC|SFQ|DMC|NMG|ITC)\b|频率|频繁|超过.{0,4}限制",
    re.IGNORECASE,
)


# A recipient is also refused for what we are, by relaying rules, login or policy: then the address is right.
NOT_THE_ADDRESS = re.compile(
    r"\b5\.7\.\d|relay|authenticat|log ?in|sender|\bSPF\b|DMARC|DKIM|black ?list|blocked|spam|policy|\bIP\b"
    r"|认证|登录|发件|黑名单|垃圾",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What an answer means for one mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """The verdict on one mail with the server's words.  ``throttled``: everybody should slow down;
    ``address``: the server refuses this address, not the mail."""

    verdict: Verdict
    text: str
    throttled: bool = False
    address: bool = False


def verdict_on(code: int, text: str) -> Answer:
    """The class of a refusal: 4xx and throttling in whatever code come again, other 5xx never."""
    words = f"{code} {text}"[:500]
    throttled = code != TOO_BIG and bool(THROTTLED.search(text))
    if code < 500 or throttled:
        return Answer(Verdict.LATER, words, throttled)
    return Answer(Verdict.REFUSED, words)


def against_the_address(code: int, text: str) -> bool:
    """Whether a recipient was refused for what the address is, not for what we are."""
    refused = verdict_on(code, text).verdict is Verdict.REFUSED
    return refused and code in AGAINST_ADDRESSES and not NOT_THE_ADDRESS.search(text)
