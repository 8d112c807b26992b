"""A small OIDC provider over HTTP in a thread, that lies in the ways it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "caiji", "a secret: with / signs"


class College:
    """Signs in ``person`` whoever asks; a code is good once, for the client that shows the verifier.

    ``claims`` is laid over the ID token's, None takes one away; ``discovery`` over what the provider says of
    itself; ``userinfo`` is told apart.  ``signed`` makes the token another way; ``token_status`` and
    ``noise`` answer for the token endpoint, ``denies`` on the way back.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
        self.issuer = ""
        self.tell_the_truth()

    def tell_the_truth(self) -> None:
        """Forget what it was told to lie about, and whom it has signed in."""
        self.published = [self.key]
        self.person = "S031"
        self.claims: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signed: Callable[[dict[str, Any]], str] = self.sign
        self.denies = ""
        self.token_status = 200
        self.noise = b""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."

    def shared(self, claims: dict[str, Any]) -> str:
        """Signed with the public key as if it were a secret, as who has only that might."""
        secret = OctKey.import_key(self.key.as_pem(private=False).replace(b"-----", b"     "))
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret)

    def foreign(self, claims: dict[str, Any]) -> str:
        """Signed with another key of the same name."""
        other = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)

    def document(self) -> dict[str, Any]:
        ways = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
        said = {name: f"{self.issuer}/{way}" for name, way in ways.items()}
        return {
            "issuer": self.issuer,
            **said,
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.discovery,
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        if self.denies:
            answer = {"error": self.denies, "state": query["state"]}
        else:
            code = f"code-{len(self.codes)}"
            self.codes[code] = query
            answer = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        if not self._known(form, authorization):
            return 401, {"error": "invalid_client"}
        shown = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or shown.decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "a1", "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"], "preferred_username": self.person, **self.claims}
        token = self.signed({name: value for name, value in claims.items() if value is not None})
        return self.token_status, {"id_token": token, "access_token": "for-userinfo", "token_type": "Bearer"}

    def _known(self, form: dict[str, str], authorization: str) -> bool:
        if "client_secret" in form:
            return (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        encoded = urlencode({"": SECRET}).removeprefix("=").replace("+", "%20")
        return authorization == "Basic " + base64.b64encode(f"{CLIENT}:{encoded}".encode()).decode()


def _handler(college: College) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            college.asked.append(parts.path)
            if parts.path == "/auth":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("location", college.authorize(query))
                self.end_headers()
            elif parts.path == "/keys":
                self._answer(200, KeySet(list(college.published)).as_dict(private=False))
            elif parts.path == "/userinfo":
                assert self.headers["authorization"] == "Bearer for-userinfo"
                self._answer(200, college.userinfo)
            else:
                self._answer(200, college.document())

        def do_POST(self) -> None:
            college.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*college.exchange(form, self.headers.get("authorization", "")), noise=college.noise)

        def _answer(self, status: int, said: object, noise: bytes = b"") -> None:
            body = noise or json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def running() -> Iterator[College]:
    """A provider on a free port of this machine."""
    college = College()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(college)) as server:
        college.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield college
        server.shutdown()
        thread.join()
