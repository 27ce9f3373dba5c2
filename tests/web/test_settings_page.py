"""The page of settings: everything that matters, and no secret."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.roles import PERMISSIONS, Permission, Role
from tests.web.people import Service, close, facts, open_service
from tests.web.visits import SMALL, words
from web.settings import Oidc, Settings, Smtp, demo_settings
from web.views.settings import last_known_year

SECRET = "never-to-be-shown"


@pytest.mark.parametrize("role", Role)
def test_only_whoever_may_read_settings_reads_them(service: Service, role: Role) -> None:
    expected = 200 if role in PERMISSIONS[Permission.SETTINGS_READ] else 403

    assert service.sign_in(role).get("/settings").status_code == expected


def test_what_is_not_configured_says_so(service: Service) -> None:
    page = words(facts(service.sign_in(Role.ADMINISTRATOR).get("/settings")))

    assert "服务器 未配置" in page
    assert "认证服务 未配置" in page
    kind = service.app.extensions["engine"].dialect.name
    assert {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind] in page
    assert "演示（虚构数据）" in page
    assert "连续输错 5 次锁定 15 分" in page


def test_secrets_are_never_shown(tmp_path: Path, page_database: str) -> None:
    settings: Settings = replace(
        demo_settings(SMALL, data_dir=tmp_path),
        secret_key=SECRET * 3,
        oidc=Oidc("https://id.example", "spotcheck", SECRET),
        smtp=Smtp("mail.example", "no-reply@example", 587, "user-of-mail", SECRET),
    )
    service = open_service(tmp_path, page_database, settings)
    page = facts(service.sign_in(Role.ADMINISTRATOR).get("/settings"))
    close(service)

    assert "mail.example:587" in page
    assert "https://id.example" in page
    assert words(page).count("已配置") == 4
    assert SECRET not in page
    assert "user-of-mail" not in page


def test_holidays_are_known_until_the_last_announced_year() -> None:
    known = last_known_year(date(2026, 3, 2))

    assert known >= 2026
    assert last_known_year(date(known, 1, 1)) == known
