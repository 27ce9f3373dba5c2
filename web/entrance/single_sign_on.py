"""Single sign-on: OpenID Connect, authorization code flow with state, nonce and PKCE.

OpenID Connect Core 1.0 3.1; RFC 7636 (S256); RFC 9700 2.1. Whom the provider names is looked up
in `core.identities`; nobody gets an account by coming along.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from flask import Flask, current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.errors import Refused, Words
from web.settings import Oidc, Settings

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures with a key that only the provider has; never `none`, never our own secret."""

WELL_KNOWN = "/.well-known/openid-configuration"
PATIENCE_S = 10
MOST_BYTES = 2**20
LEEWAY_S = 60
RANDOM_BYTES = 32


class SignOnFailed(Refused):
    """The answer of the provider cannot be believed, or there is none."""

    status = 400
    words = Words(
        "单点登录没有成功",
        "统一身份认证没有返回可以核实的结果，没有登录。",
        "请回到登录页重试；仍不行的，请用登录名和密码登录，并告诉系统管理员。",
    )


@dataclass(frozen=True)
class Trip:
    """What the browser keeps on its way to the provider and back, in its signed cookie.

    Attributes
    ----------
    state : ties the answer to this browser.
    nonce : ties the token of identity to this request.
    verifier : shows the provider that whoever fetches the token has asked for it (PKCE).
    """

    state: str
    nonce: str
    verifier: str


def fresh_trip() -> Trip:
    """A trip that nobody can guess."""
    return Trip(*(secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3)))


@dataclass(frozen=True)
class Provider:
    """The provider of single sign-on."""

    oidc: Oidc

    def address(self, trip: Trip, back: str) -> str:
        """Where the browser is sent; *back* is our address to return to."""
        asked = {
            "response_type": "code",
            "client_id": self.oidc.client_id,
            "redirect_uri": back,
            "scope": "openid",
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": create_s256_code_challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        found: str = add_params_to_uri(self._endpoint("authorization_endpoint"), asked.items())
        return found

    def subject(self, answer: Mapping[str, str], trip: Trip, back: str, now: datetime) -> str:
        """Whom the provider names.

        Raises
        ------
        SignOnFailed
            If the answer is another browser's, or its token is forged, stale or not for us.
        """
        given = answer.get("state", "").encode()
        if not compare_digest(given, trip.state.encode()) or "code" not in answer:
            raise SignOnFailed
        # RFC 9207: an answer of another provider is told apart by its issuer
        if answer.get("iss", self.oidc.issuer) != self.oidc.issuer:
            raise SignOnFailed
        tokens = self._tokens(answer["code"], trip, back)
        return self._believed(tokens, trip, now)

    def _believed(self, tokens: Mapping[str, Any], trip: Trip, now: datetime) -> str:
        keys: Any = _fetched(self._endpoint("jwks_uri"))
        ours = {
            "iss": {"essential": True, "value": self.oidc.issuer},
            "aud": {"essential": True, "value": self.oidc.client_id},
        }
        asked = {
            "nonce": trip.nonce,
            "client_id": self.oidc.client_id,
            "access_token": tokens.get("access_token"),
        }
        try:
            token = jwt.decode(
                str(tokens.get("id_token", "")), KeySet.import_key_set(keys), ALGORITHMS
            )
            claims = CodeIDToken(token.claims, token.header, ours, asked)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError) as error:
            raise SignOnFailed from error
        return str(claims["sub"])

    def _tokens(self, code: str, trip: Trip, back: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": trip.verifier,
        }
        # RFC 6749 2.3.1: both parts are form-encoded before they are joined
        pair = f"{quote(self.oidc.client_id, '')}:{quote(self.oidc.client_secret, '')}"
        credentials = base64.b64encode(pair.encode()).decode()
        return _fetched(
            self._endpoint("token_endpoint"), form, {"Authorization": f"Basic {credentials}"}
        )

    def _endpoint(self, name: str) -> str:
        # fetched each time: log-ins are rare, and a provider may change its addresses and keys
        told = _fetched(self.oidc.issuer + WELL_KNOWN)
        if told.get("issuer") != self.oidc.issuer or not isinstance(told.get(name), str):
            raise SignOnFailed
        return str(told[name])


def _fetched(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object of the provider."""
    if not address.startswith(("https://", "http://")):
        raise SignOnFailed
    body = urlencode(form).encode() if form is not None else None
    request = Request(address, body, {"Accept": "application/json", **(headers or {})})
    try:
        with urlopen(request, timeout=PATIENCE_S) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except (URLError, TimeoutError, ValueError) as error:
        raise SignOnFailed from error
    if not isinstance(found, dict):
        raise SignOnFailed
    return found


def install(app: Flask, settings: Settings) -> None:
    """Make the provider known to the app, if there is one."""
    provider = Provider(settings.oidc) if settings.oidc else None
    app.extensions["provider"] = provider
    app.jinja_env.globals["single_sign_on"] = settings.oidc.name if settings.oidc else ""


def provider() -> Provider | None:
    """The provider of this service."""
    found: Provider | None = current_app.extensions["provider"]
    return found
