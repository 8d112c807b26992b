"""What is asked of an OIDC provider, and what of its answer is believed (decision 0047).

Nothing of an answer is kept or logged but which check it failed.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from models.digest import digest
from models.errors import Overloaded, PeopleError, Refused
from settings import Settings, unheard
from web.language import gettext as _

log = logging.getLogger("caiji.web")
SECONDS = 10
"""For all that is asked of the provider while somebody waits."""
LARGEST = 1_000_000
"""Bytes of an answer."""
LEEWAY = 60
"""Seconds that two clocks may be apart."""
LONGEST_STAFF_NO = 64
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signed with a key that only the provider has: never `none` or a shared secret."""


@dataclass(frozen=True)
class Provider:
    """Where the provider listens, as it says itself."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    secret_in_body: bool


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: all that binds its answer to it is made of what its browser alone holds."""

    held: str

    @property
    def state(self) -> str:
        return digest(f"state:{self.held}")

    @property
    def nonce(self) -> str:
        return digest(f"nonce:{self.held}")

    @property
    def verifier(self) -> str:
        return digest(f"verifier:{self.held}")

    @property
    def challenge(self) -> str:
        """What PKCE shows of the verifier beforehand (RFC 7636, S256)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


async def way_there(settings: Settings, attempt: Attempt, back: str) -> str:
    """The address at the provider where one signs in; PeopleError where the provider is not there."""
    async with _talking() as client:
        provider = await _discovered(client, settings)
    asked = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization else "?"
    return provider.authorization + joint + urlencode(asked)


async def staff_no_of(settings: Settings, attempt: Attempt, code: str, back: str, wall: datetime) -> str:
    """The staff number that the provider vouches for; PeopleError where it doesn't."""
    async with _talking() as client:
        provider = await _discovered(client, settings)
        token = await _exchanged(client, settings, provider, attempt, code, back)
        keys = await _answered(client, "GET", provider.keys)
        claims = believed(settings, token.get("id_token"), keys, attempt.nonce, wall)
        if settings.oidc_claim not in claims and provider.userinfo:
            claims = await _told(client, provider, token.get("access_token"), claims["sub"])
    return _staff_no(claims.get(settings.oidc_claim))


async def demand_reachable(settings: Settings) -> None:
    """PeopleError where the provider doesn't answer as one must."""
    async with _talking() as client:
        provider = await _discovered(client, settings)
        with _checking("its keys cannot be read"):
            _keys(await _answered(client, "GET", provider.keys))


def believed(
    settings: Settings, token: object, keys: dict[str, Any], nonce: str, wall: datetime
) -> dict[str, Any]:
    """The claims of an ID token, once its signature and each of these claims have been checked."""
    expected = jwt.JWTClaimsRegistry(
        now=int(wall.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    with _checking("the ID token is not what it should be"):
        signed = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        claims = jwt.decode(str(token), _keys(keys), registry=signed).claims
        expected.validate(claims)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else settings.oidc_client_id) != settings.oidc_client_id:
            raise ValueError("azp")
    return claims


async def _discovered(client: httpx.AsyncClient, settings: Settings) -> Provider:
    """What the provider says of itself, asked anew each time: a changed key or address holds at once."""
    address = settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
    said = await _answered(client, "GET", address)
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    found = Provider(
        authorization=str(said.get("authorization_endpoint")),
        token=str(said.get("token_endpoint")),
        keys=str(said.get("jwks_uri")),
        userinfo=str(said.get("userinfo_endpoint") or ""),
        secret_in_body="client_secret_basic" not in methods,
    )
    if said.get("issuer") != settings.oidc_issuer:
        raise _refused("the discovery document is another issuer's")
    ways = (found.authorization, found.token, found.keys, found.userinfo or settings.oidc_issuer)
    if not all(unheard(way) for way in ways):
        raise _refused("an address of the discovery document is not https")
    return found


async def _exchanged(
    client: httpx.AsyncClient, settings: Settings, provider: Provider, attempt: Attempt, code: str, back: str
) -> dict[str, Any]:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": attempt.verifier,
    }
    name, secret = settings.oidc_client_id, settings.oidc_client_secret.get_secret_value()
    if provider.secret_in_body:
        whole = {**sent, "client_id": name, "client_secret": secret}
        return await _answered(client, "POST", provider.token, data=whole)
    basic = httpx.BasicAuth(quote(name, safe=""), quote(secret, safe=""))
    return await _answered(client, "POST", provider.token, data=sent, auth=basic)


async def _told(client: httpx.AsyncClient, provider: Provider, access: object, sub: str) -> dict[str, Any]:
    """What the provider tells of the person beside the token: of the same person, or it is not believed."""
    told = await _answered(client, "GET", provider.userinfo, headers={"authorization": f"Bearer {access}"})
    if told.get("sub") != sub:
        raise _refused("the user info is another person's")
    return told


def _staff_no(claim: object) -> str:
    number = str(claim).strip() if isinstance(claim, str | int) and not isinstance(claim, bool) else ""
    if not 0 < len(number) <= LONGEST_STAFF_NO:
        log.warning("single sign-on: the claim is missing or no staff number")
        raise Refused(
            _("统一身份认证没有给出工号。"), _("请用工号和密码登录，并请管理员核对 CAIJI_OIDC_CLAIM。")
        )
    return number


def _keys(said: dict[str, Any]) -> KeySet:
    """The provider's public keys; one that can only sign with a shared secret is none."""
    public = [key for key in said["keys"] if key["kty"] in ("RSA", "EC")]
    return KeySet.import_key_set({"keys": public})


@asynccontextmanager
async def _talking() -> AsyncIterator[httpx.AsyncClient]:
    """A client that follows nobody elsewhere; whatever it is asked for is there in time or not at all."""
    try:
        async with asyncio.timeout(SECONDS), httpx.AsyncClient(timeout=SECONDS) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        log.warning("single sign-on: no answer (%s)", type(error).__name__)
        raise Overloaded(
            _("统一身份认证暂时没有回应。"), _("请稍后再试；有本系统密码的，可以用工号和密码登录。")
        ) from None


async def _answered(client: httpx.AsyncClient, method: str, address: str, **sent: Any) -> dict[str, Any]:
    """The JSON object that is answered, of a size that can be held; packed ones are not asked for."""
    headers = {"accept": "application/json", "accept-encoding": "identity", **sent.pop("headers", {})}
    body = b""
    async with client.stream(method, address, headers=headers, **sent) as answer:
        if answer.status_code >= 500:
            raise httpx.HTTPError(str(answer.status_code))
        async for part in answer.aiter_raw():
            body += part
            if len(body) > LARGEST:
                raise _refused("an answer is too large")
    with _checking("an answer is no JSON object"):
        said = json.loads(body)
        if answer.status_code != 200:
            raise _denied(answer.status_code, said.get("error"))
        return dict(said)


@contextmanager
def _checking(what: str) -> Iterator[None]:
    """Whatever cannot be read or does not hold is a refusal; what it was stays out of the log."""
    try:
        yield
    except ExpiredTokenError:
        log.warning("single sign-on: the ID token has expired")
        raise Refused(
            _("统一身份认证给出的凭据已过期。"),
            _("请重新登录一次；仍是这样时，请管理员核对两台服务器的时间。"),
        ) from None
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(f"{what} ({type(error).__name__})") from None


def _denied(status: int, error: object) -> PeopleError:
    if status == 401 or error in ("invalid_client", "unauthorized_client"):
        log.warning("single sign-on: the provider doesn't know the client or its secret")
        return Refused(
            _("统一身份认证不认可本系统的客户端编号或密钥。"),
            _("请用工号和密码登录，并请管理员核对 CAIJI_OIDC_CLIENT_ID 和 CAIJI_OIDC_CLIENT_SECRET。"),
        )
    return _refused(f"answered {status}")


def _refused(why: str) -> PeopleError:
    """``why`` is for the log: words of ours, never of the answer."""
    log.warning("single sign-on: %s", why)
    return Refused(
        _("统一身份认证的答复没有通过核对，没有登录。"),
        _("请重新登录一次；仍不行时用工号和密码登录，并请管理员运行 caiji doctor、查看日志里的原因。"),
    )
