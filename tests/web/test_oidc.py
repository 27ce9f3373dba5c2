"""Single sign-on against a provider that is Authlib's own server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from core import identities
from core.roles import Role
from tests.core.people import NOW, actor
from tests.web.persons import House, Visitor, open_house
from tests.web.provider import CLIENT, CLIENT_SECRET, Provider, provided
from web.settings import Oidc

ISSUED = int(NOW.timestamp())


class Stay(HTTPRedirectHandler):
    """Tells where it is sent, and does not go."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Trip:
    house: House
    provider: Provider

    def tie(self, role: Role = Role.INSPECTOR) -> int:
        """An account that the provider's person enters."""
        user, _ = self.house.seated(role)
        with self.house.session() as session:
            identities.tie(
                session, user.key, self.provider.issuer, self.provider.subject,
                actor(user), self.house.hours(),
            )  # fmt: skip
        return user.key

    def there(self, address: str) -> str:
        """What the provider answers to a browser that is sent to it: where to go back."""
        try:
            build_opener(Stay).open(address)
        except OSError as answer:
            found: str = answer.headers["Location"]  # type: ignore[attr-defined]
            return found
        raise AssertionError("the provider sent nobody back")

    def come_back(self, visitor: Visitor) -> TestResponse:
        back = urlsplit(self.there(visitor.get("/login/sso").location))
        return visitor.get(f"{back.path}?{back.query}")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provided() as provider:
        yield provider


@pytest.fixture
def trip(page_database: str, tmp_path: Path, provider: Provider) -> Iterator[Trip]:
    # the provider has no clock but the machine's: it is told the time of the house
    provider.claims = {"iat": ISSUED, "exp": ISSUED + 3600}
    provider.signs_with = None
    oidc = Oidc(provider.issuer, CLIENT, CLIENT_SECRET)
    house = open_house(page_database, tmp_path, oidc=oidc)
    yield Trip(house, provider)
    house.close()


def test_whom_the_provider_names_comes_in(trip: Trip) -> None:
    trip.tie()
    visitor = trip.house.browser()

    assert trip.come_back(visitor).status_code == 303
    assert visitor.is_in()


def test_somebody_without_an_account_gets_none_by_coming_along(trip: Trip) -> None:
    trip.house.person("248289761001")
    visitor = trip.house.browser()
    answer = trip.come_back(visitor)

    assert answer.status_code == 409
    assert "还没有关联本平台的账号" in answer.text
    assert not visitor.is_in()


def test_the_request_carries_state_nonce_and_a_challenge(trip: Trip) -> None:
    asked = parse_qs(urlsplit(trip.house.browser().get("/login/sso").location).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


def test_an_answer_meant_for_another_browser_is_refused(trip: Trip) -> None:
    trip.tie()
    attacker, victim = trip.house.browser(), trip.house.browser()
    back = urlsplit(trip.there(attacker.get("/login/sso").location))
    victim.get("/login/sso")

    assert victim.get(f"{back.path}?{back.query}").status_code == 400
    assert trip.house.browser().get(f"{back.path}?{back.query}").status_code == 400
    assert not victim.is_in()


def test_an_answer_counts_once(trip: Trip) -> None:
    trip.tie()
    visitor = trip.house.browser()
    back = urlsplit(trip.there(visitor.get("/login/sso").location))

    assert visitor.get(f"{back.path}?{back.query}").status_code == 303
    assert visitor.get(f"{back.path}?{back.query}").status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"aud": ["another-client"]},
        {"nonce": "another-nonce"},
        {"exp": ISSUED - 3600},
        {"iat": ISSUED + 3600},
        {"azp": "another-client"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_for_us_or_not_for_now_is_refused(
    trip: Trip, claims: dict[str, object]
) -> None:
    trip.tie()
    trip.provider.claims |= claims
    visitor = trip.house.browser()

    assert trip.come_back(visitor).status_code == 400
    assert not visitor.is_in()


def test_a_token_signed_with_another_key_is_refused(trip: Trip) -> None:
    trip.tie()
    trip.provider.signs_with = RSAKey.generate_key(2048)
    visitor = trip.house.browser()

    assert trip.come_back(visitor).status_code == 400


def test_somebody_logged_in_ties_his_own_identity(trip: Trip) -> None:
    user, _ = trip.house.seated(Role.INSPECTOR)
    visitor = trip.house.enter(user)

    visitor.get("/account")
    assert "前往" in visitor.send("/account/identities").text
    assert trip.come_back(visitor).location == "/account"
    other = trip.house.browser()
    trip.come_back(other)
    assert user.display_name in other.get("/account").text


def test_nobody_is_led_by_a_link_to_open_his_account_to_another(trip: Trip) -> None:
    victim = trip.house.enter(trip.house.person())
    assert victim.client.post("/account/identities").status_code == 400

    # the provider knows this browser under the attacker's name
    assert trip.come_back(victim).status_code == 409


def test_an_identity_opens_one_account_only(trip: Trip) -> None:
    trip.tie()
    visitor = trip.house.enter(trip.house.person())

    visitor.get("/account")
    visitor.send("/account/identities")
    answer = trip.come_back(visitor)

    assert answer.status_code == 409
    assert "已经关联了别的账号" in answer.text


def test_an_administrator_ties_an_identity_before_the_first_log_in(trip: Trip) -> None:
    admin, _ = trip.house.logged_in(Role.ADMINISTRATOR)
    user, _ = trip.house.seated(Role.INSPECTOR)
    admin.get(f"/users/{user.key}")
    admin.send(f"/users/{user.key}/identities", subject=trip.provider.subject)
    visitor = trip.house.browser()
    trip.come_back(visitor)

    assert user.display_name in visitor.get("/account").text


def test_single_sign_on_does_not_pass_the_second_factor(trip: Trip) -> None:
    trip.tie(Role.REVIEWER)
    visitor = trip.house.browser()
    trip.come_back(visitor)

    assert visitor.get("/account").location == "/account/second-factor"


def test_a_service_without_a_provider_has_no_such_pages(house: House) -> None:
    visitor = house.browser()

    assert visitor.get("/login/sso").status_code == 404
    assert visitor.get("/login/sso/back?state=x&code=y").status_code == 400
