"""What the service has been told from outside; secrets only as far as whether there is one."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import make_url

from core import regions
from core.attempts import SHORTEST_KEEP
from core.calendar import announced, china_date
from core.roles import Permission
from web.auth import door, now, rules
from web.database import engine
from web.operation import heartbeats
from web.settings import Settings
from web.words.times import duration

bp = Blueprint("settings", __name__)

LEAST_FREE = 10**9
"""Bytes; with less a backup may no longer fit."""

THERE, MISSING = "已配置", "未配置"
DATABASES = {"sqlite": "SQLite（单机文件）", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Row:
    """A setting: its name, what it is, by which variable it is told, and how it stands."""

    name: str
    value: str
    variable: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """Settings of one subject."""

    title: str
    note: str
    rows: list[Row]


@bp.get("/settings")
@door(Permission.SETTINGS_READ)
def show() -> ResponseReturnValue:
    """All of them, by subject."""
    settings: Settings = current_app.extensions["settings"]
    return render_template("settings/show.html", sections=list(_sections(settings)))


def _sections(settings: Settings) -> Iterator[Section]:
    yield Section("服务", "", list(_service(settings)))
    yield Section("数据", "数据库和文件目录要一起备份。", list(_data(settings)))
    yield Section(
        "邮件", "没有邮件服务时，消息只在站内显示；其余功能不受影响。", list(_mail(settings))
    )
    yield Section("统一身份认证", "没有配置时，只用本平台的账号登录。", list(_oidc(settings)))
    yield Section("登录规则", "依据 GB/T 22239-2019 第三级要求。", list(_rules()))
    yield Section(
        "节假日和地区", "节假日随软件更新；当年未公布的只按周末推算，页面上会注明。", [*_calendar()]
    )


def _service(settings: Settings) -> Iterator[Row]:
    yield Row("版本", f"spotcheck {version('spotcheck')}，Python {sys.version.split()[0]}")
    demo = settings.demo is not None
    yield Row("方式", "演示（虚构数据）" if demo else "正式", mark="warn" if demo else "ok")
    yield Row(
        "对外地址",
        settings.public_url or MISSING,
        "SPOTCHECK_PUBLIC_URL",
        _mark(settings.public_url),
    )
    yield Row(
        "只用加密连接", "是" if settings.secure else "否", mark="ok" if settings.secure else "warn"
    )
    heard = heartbeats.heard(settings.data_dir)
    yield Row("后台进程", "在运行" if heard else "没有回音", mark="ok" if heard else "warn")
    yield Row("前置代理", f"{settings.proxies} 级", "SPOTCHECK_PROXIES")
    yield Row("服务密钥", THERE, "SPOTCHECK_SECRET_KEY", "ok")
    yield Row("一次上传上限", f"{settings.most_upload_bytes >> 20} MB")


def _data(settings: Settings) -> Iterator[Row]:
    kind = engine().dialect.name
    address = make_url(settings.database)
    where = address.render_as_string(hide_password=True)
    yield Row("数据库种类", DATABASES.get(kind, kind))
    yield Row("数据库位置", where, "SPOTCHECK_DATABASE_URL")
    yield Row("数据目录", str(settings.data_dir.absolute()), "SPOTCHECK_DATA_DIR")
    if settings.data_dir.is_dir():
        free = shutil.disk_usage(settings.data_dir).free
        yield Row("剩余空间", f"{free / 10**9:,.1f} GB", mark="ok" if free > LEAST_FREE else "bad")


def _mail(settings: Settings) -> Iterator[Row]:
    smtp = settings.smtp
    yield Row(
        "服务器",
        f"{smtp.host}:{smtp.port}" if smtp else MISSING,
        "SPOTCHECK_SMTP_HOST",
        _mark(smtp),
    )
    if smtp:
        yield Row("发件人", smtp.sender, "SPOTCHECK_SMTP_SENDER")
        yield Row("账号", THERE if smtp.user else MISSING, "SPOTCHECK_SMTP_USER")
        yield Row("密码", THERE if smtp.password else MISSING, "SPOTCHECK_SMTP_PASSWORD")


def _oidc(settings: Settings) -> Iterator[Row]:
    oidc = settings.oidc
    yield Row("认证服务", oidc.issuer if oidc else MISSING, "SPOTCHECK_OIDC_ISSUER", _mark(oidc))
    if oidc:
        yield Row("按钮名称", oidc.name, "SPOTCHECK_OIDC_NAME")
        yield Row("客户端编号", oidc.client_id, "SPOTCHECK_OIDC_CLIENT_ID")
        yield Row(
            "客户端密钥", THERE if oidc.client_secret else MISSING, "SPOTCHECK_OIDC_CLIENT_SECRET"
        )


def _rules() -> Iterator[Row]:
    in_force = rules()
    yield Row(
        "密码长度", f"至少 {in_force.passwords.shortest} 个字符，含 {in_force.passwords.kinds} 类"
    )
    yield Row(
        "密码有效期",
        f"{in_force.passwords.max_age.days} 天，最近 {in_force.passwords.remembered} 个不得重复",
    )
    yield Row("连续输错", f"{in_force.attempts.failures} 次锁定 {duration(in_force.attempts.lock)}")
    yield Row("闲置退出", duration(in_force.logins.idle))
    yield Row("最长登录", duration(in_force.logins.longest))
    yield Row(
        "登录记录保存",
        f"至少 {SHORTEST_KEEP // timedelta(days=1)} 天（网络安全法要求不少于六个月）",
    )


def _calendar() -> Iterator[Row]:
    today = china_date(now())
    yield Row("今天", today.isoformat())
    known = last_known_year(today)
    yield Row("节假日已知到", f"{known} 年", mark="ok" if known >= today.year else "warn")
    yield Row("行政区划", f"GB/T 2260，{len(regions.provinces())} 个省级区划")


def last_known_year(today: date) -> int:
    """The last year whose holidays have been announced."""
    years = range(today.year + 2, 2003, -1)
    return next(year for year in years if announced(date(year, 1, 1)))


def _mark(there: object) -> str:
    return "ok" if there else "wait"
