"""A service never starts with a secret that others could know."""

import pytest

from web.settings import (
    SECRET_KEY,
    SecretIsMissing,
    SettingIsWrong,
    demo_settings,
    from_environment,
)


@pytest.mark.parametrize("environment", [{}, {SECRET_KEY: ""}, {SECRET_KEY: "short"}])
def test_a_service_with_real_data_needs_a_secret(environment: dict[str, str]) -> None:
    with pytest.raises(SecretIsMissing):
        from_environment(environment)


def test_a_service_with_real_data_offers_no_demo_roster() -> None:
    assert from_environment({SECRET_KEY: "x" * 32}).demo is None


def test_every_start_of_a_demo_service_has_a_secret_of_its_own() -> None:
    assert demo_settings().secret_key != demo_settings().secret_key
    assert "secret" not in repr(demo_settings())


SECRET = {SECRET_KEY: "x" * 32}
OIDC = {
    "SPOTCHECK_OIDC_ISSUER": "https://sso.example.cn/",
    "SPOTCHECK_OIDC_CLIENT_ID": "spotcheck",
    "SPOTCHECK_OIDC_CLIENT_SECRET": "told to nobody",
}


def test_cookies_need_https_unless_somebody_says_that_there_is_none() -> None:
    assert from_environment(SECRET).secure
    assert from_environment({**SECRET, "SPOTCHECK_PUBLIC_URL": "https://a.example.cn"}).secure
    assert not from_environment({**SECRET, "SPOTCHECK_PUBLIC_URL": "http://a.example.cn"}).secure
    assert not demo_settings().secure


def test_single_sign_on_and_letters_are_off_until_they_are_set() -> None:
    quiet, told = from_environment(SECRET), from_environment({**SECRET, **OIDC})

    assert quiet.oidc is None
    assert quiet.smtp is None
    assert told.oidc is not None
    assert told.oidc.issuer == "https://sso.example.cn"
    assert "told to nobody" not in repr(told)


@pytest.mark.parametrize(
    "wrong",
    [
        dict(list(OIDC.items())[:2]),
        {"SPOTCHECK_SMTP_HOST": "mail.example.cn"},
        {"SPOTCHECK_PUBLIC_URL": "a.example.cn"},
        {"SPOTCHECK_PROXIES": "-1"},
        {"SPOTCHECK_SIGNING_FILE": "organ.p12"},
        {"SPOTCHECK_SIGNING_PASSPHRASE": "told to nobody", "SPOTCHECK_SIGNING_FILE": "organ.p12"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_half_a_setting_keeps_the_service_from_starting(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingIsWrong):
        from_environment({**SECRET, **wrong})


def test_the_database_is_a_file_in_the_data_folder_unless_told_otherwise() -> None:
    folder = {**SECRET, "SPOTCHECK_DATA_DIR": "/srv/spotcheck"}
    elsewhere = {**folder, "SPOTCHECK_DATABASE_URL": "postgresql://db/spotcheck"}

    assert from_environment(folder).database == "sqlite:////srv/spotcheck/spotcheck.sqlite"
    assert from_environment(elsewhere).database == "postgresql://db/spotcheck"


def test_papers_are_signed_only_under_an_address_of_our_own() -> None:
    signing = {
        "SPOTCHECK_SIGNING_FILE": "organ.p12",
        "SPOTCHECK_SIGNING_PASSPHRASE": "told to nobody",
        "SPOTCHECK_PUBLIC_URL": "https://a.example.cn",
    }
    told = from_environment({**SECRET, **signing})

    assert told.signing is not None
    assert told.signing.passphrase == "told to nobody"
    assert "told to nobody" not in repr(told)
    assert from_environment(SECRET).signing is None
