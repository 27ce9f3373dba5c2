"""What the service is told from outside; the only reader of the environment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 2**20
SECRET_KEY = "SPOTCHECK_SECRET_KEY"
SHORTEST_SECRET = 32
DATA_DIR = Path("data")
DATABASE_FILE = "spotcheck.sqlite"
SMTP_PORT = 587
WEB_PROCESSES = 2

UNITS, NATIONAL, SEED = 53_834, 5_200, 7
"""The demo roster: as many institutions as the national statistics of 2022 count."""


class SecretIsMissing(ValueError):
    """A service with real data is never started with a secret that others could know."""


class SettingIsWrong(ValueError):
    """A setting cannot be understood, or another one is missing beside it."""


@dataclass(frozen=True)
class Oidc:
    """The provider of single sign-on (OpenID Connect), found through its issuer.

    Attributes
    ----------
    name : of the provider, as it stands on the button of the login page.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "统一身份认证"


@dataclass(frozen=True)
class Smtp:
    """The mail server that letters are handed to."""

    host: str
    sender: str
    port: int = SMTP_PORT
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Signing:
    """The organ's certificate for papers, with its key, in a PKCS#12 file."""

    file: Path
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class DemoSize:
    """The demo roster that a demo service offers (`rosters.demo.rows.demo_roster`)."""

    units: int = UNITS
    national: int = NATIONAL
    seed: int = SEED


@dataclass(frozen=True)
class Settings:
    """Settings of one service.

    Attributes
    ----------
    secret_key : signs what a visitor gets to keep; never printed.
    demo : the demo roster on offer; None for a service with real data.
    most_upload_bytes : of one request, all its files together.
    keep_seconds : after its last use, when the data of a trial are deleted.
    most_cells : of all rosters held in memory; beyond it the oldest trial has to go.
    most_trials : kept at a time, for the same reason.
    workers, most_waiting : long works at a time, and how many may queue for them.
    audit_seconds : after which an audit of files from anybody is broken off.
    patience_seconds : how long an answer waits for its work before it shows the progress.
    data_dir : where files, and the database unless told otherwise, are kept.
    database_url : of the database; empty for a SQLite file in *data_dir*.
    public_url : under which people reach the service; stands in letters and decides on https.
    proxies : of our own in front of the service, whose word on the visitor's address is taken.
    web_processes, job_processes : that answer, and that do jobs.
    oidc, smtp, signing : None if there is no single sign-on, no letters are sent, or no paper
        is signed.
    """

    secret_key: str = field(repr=False)
    demo: DemoSize | None = None
    most_upload_bytes: int = 64 * MEGABYTE
    keep_seconds: float = 30 * 60
    most_cells: int = 10_000_000
    most_trials: int = 100
    workers: int = 2
    most_waiting: int = 20
    audit_seconds: int = 120
    patience_seconds: float = 1.5
    data_dir: Path = DATA_DIR
    database_url: str = field(default="", repr=False)
    public_url: str = ""
    proxies: int = 0
    web_processes: int = 1
    job_processes: int = 1
    oidc: Oidc | None = None
    smtp: Smtp | None = None
    signing: Signing | None = None

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / DATABASE_FILE}"

    @property
    def secure(self) -> bool:
        """Whether cookies go over https only: yes, unless told that there is none, or in a demo."""
        return self.demo is None and not self.public_url.startswith("http://")


def demo_settings(
    size: DemoSize | None = None, data_dir: Path = DATA_DIR, public_url: str = ""
) -> Settings:
    """A demo service: made-up data, and a secret of its own for every start."""
    secret = secrets.token_hex(SHORTEST_SECRET)
    return Settings(secret, size or DemoSize(), data_dir=data_dir, public_url=public_url)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """A service with real data.

    Raises
    ------
    SecretIsMissing
        If there is no secret, or one that is too short.
    SettingIsWrong
        If a setting cannot be understood.
    """
    secret = environment.get(SECRET_KEY, "")
    if len(secret) < SHORTEST_SECRET:
        raise SecretIsMissing(
            f"请用环境变量 {SECRET_KEY} 给出至少 {SHORTEST_SECRET} 个字符的密钥。"
        )
    return Settings(
        secret,
        data_dir=Path(environment.get("SPOTCHECK_DATA_DIR") or DATA_DIR),
        database_url=environment.get("SPOTCHECK_DATABASE_URL", ""),
        public_url=_public_url(environment),
        proxies=_number(environment, "SPOTCHECK_PROXIES", 0),
        web_processes=max(1, _number(environment, "SPOTCHECK_WEB_PROCESSES", WEB_PROCESSES)),
        job_processes=_number(environment, "SPOTCHECK_JOB_PROCESSES", 1),
        oidc=_oidc(environment),
        smtp=_smtp(environment),
        signing=_signing(environment),
    )


def _public_url(environment: Mapping[str, str]) -> str:
    address = environment.get("SPOTCHECK_PUBLIC_URL", "").rstrip("/")
    if address and not address.startswith(("https://", "http://")):
        raise SettingIsWrong("SPOTCHECK_PUBLIC_URL 应以 https:// 或 http:// 开头。")
    return address


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "") or str(default)
    if not text.isdecimal():
        raise SettingIsWrong(f"{name} 应是一个不小于 0 的整数，现在是“{text}”。")
    return int(text)


def _all_of(environment: Mapping[str, str], *names: str) -> list[str] | None:
    """The values of settings that only make sense together; None if all are missing."""
    values = [environment.get(name, "") for name in names]
    if not any(values):
        return None
    if not all(values):
        raise SettingIsWrong(f"{'、'.join(names)} 要么都填，要么都不填。")
    return values


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    prefix = "SPOTCHECK_OIDC_"
    told = _all_of(environment, prefix + "ISSUER", prefix + "CLIENT_ID", prefix + "CLIENT_SECRET")
    name = environment.get(prefix + "NAME") or Oidc.name
    return Oidc(told[0].rstrip("/"), told[1], told[2], name) if told else None


def _smtp(environment: Mapping[str, str]) -> Smtp | None:
    prefix = "SPOTCHECK_SMTP_"
    told = _all_of(environment, prefix + "HOST", prefix + "SENDER")
    if told is None:
        return None
    credentials = _all_of(environment, prefix + "USER", prefix + "PASSWORD") or ["", ""]
    return Smtp(told[0], told[1], _number(environment, prefix + "PORT", SMTP_PORT), *credentials)


def _signing(environment: Mapping[str, str]) -> Signing | None:
    # a paper prints its address: nothing is signed that names one chosen by a visitor
    prefix = "SPOTCHECK_SIGNING_"
    told = _all_of(environment, prefix + "FILE", prefix + "PASSPHRASE")
    if told and not environment.get("SPOTCHECK_PUBLIC_URL"):
        raise SettingIsWrong(f"设了 {prefix}FILE，就必须同时设 SPOTCHECK_PUBLIC_URL。")
    return Signing(Path(told[0]), told[1]) if told else None
