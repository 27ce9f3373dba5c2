"""A provider of single sign-on made of Authlib's own server, in a thread of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from joserfc.jwk import RSAKey

from tests.browser.serving import served

CLIENT, CLIENT_SECRET = "spotcheck", "a secret of the client"


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """Our service as the provider knows it."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, address: str) -> bool:
        return urlsplit(address).path == "/login/sso/back"

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that is waiting to be exchanged."""

    code: str
    subject: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Person:
    """Whoever is logged in at the provider."""

    subject: str

    def get_user_id(self) -> str:
        return self.subject


@dataclass
class Provider:
    """The provider; what it says can be bent by a test.

    Attributes
    ----------
    subject : of the person who is logged in there.
    claims : that stand in its tokens in place of the right ones.
    signs_with : the key of its tokens; another than the published one is a forgery.
    """

    subject: str = "248289761001"
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    signs_with: RSAKey | None = None
    codes: dict[str, Code] = field(default_factory=dict)


def grant_of(provider: Provider) -> type:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            told = request.payload.data
            provider.codes[code] = Code(
                code, request.user.subject, told["redirect_uri"], told["scope"],
                told["nonce"], told["code_challenge"], told["code_challenge_method"],
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            del provider.codes[code.code]

        def authenticate_user(self, code: Code) -> Person:
            return Person(code.subject)

    return CodeGrant


def token_of(provider: Provider) -> OpenIDCode:
    class Token(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Client) -> Any:
            return (provider.signs_with or provider.key).as_dict(private=True)

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer}

        def generate_user_info(self, user: Person, scope: str) -> UserInfo:
            return UserInfo(sub=user.subject, **provider.claims)

    return Token(require_nonce=True)


def application(provider: Provider) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(app, lambda _: Client(), lambda *_: None)
    server.register_grant(grant_of(provider), [token_of(provider), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration() -> ResponseReturnValue:
        return jsonify(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            jwks_uri=f"{provider.issuer}/keys",
        )

    @app.get("/keys")
    def keys() -> ResponseReturnValue:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> ResponseReturnValue:
        person = Person(provider.subject)
        asked = server.get_consent_grant(end_user=person)
        answer: ResponseReturnValue = server.create_authorization_response(
            grant_user=person, grant=asked
        )
        return answer

    @app.post("/token")
    def token() -> ResponseReturnValue:
        answer: ResponseReturnValue = server.create_token_response()
        return answer

    return app


@contextmanager
def provided() -> Iterator[Provider]:
    """A provider that answers until the block is left."""
    provider = Provider()
    with served(application(provider)) as address:
        # Authlib takes http from this name only
        provider.issuer = address.replace("127.0.0.1", "localhost")
        yield provider
