"""A service never starts with a secret that others could know."""

import pytest

from web.settings import SECRET_KEY, SecretIsMissing, demo_settings, from_environment


@pytest.mark.parametrize("environment", [{}, {SECRET_KEY: ""}, {SECRET_KEY: "short"}])
def test_a_service_with_real_data_needs_a_secret(environment: dict[str, str]) -> None:
    with pytest.raises(SecretIsMissing):
        from_environment(environment)


def test_a_service_with_real_data_offers_no_demo_roster() -> None:
    assert from_environment({SECRET_KEY: "x" * 32}).demo is None


def test_every_start_of_a_demo_service_has_a_secret_of_its_own() -> None:
    assert demo_settings().secret_key != demo_settings().secret_key
    assert "secret" not in repr(demo_settings())
