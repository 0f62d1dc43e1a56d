"""Settings: the only place that reads XIAOHAO_… from the environment; `.env.example` documents each.

The only other value from the environment is the machine's name, under which a worker beats (worker.py).
"""

import os
import tomllib
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

import setting_values
from setting_running import Running
from setting_values import MOST_BY_ROLE, ROLES, SIGN_ONS, by_role, listed, sign_on_fault

ROOT = Path(__file__).parent
#: The version, from pyproject.toml, its only place.
VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
DEVELOPMENT_SECRET = "only-for-development"
_PREFIX = "XIAOHAO_"
#: Settings that hold a secret: each may stand in a file, whose path XIAOHAO_…_FILE gives.
SECRETS = (
    "secret_key",
    "secret_key_before",
    "data_key",
    "database_url",
    "s3_key_id",
    "s3_secret",
    "smtp_url",
    "sms_secret",
    "oidc_client_secret",
    "wecom_secret",
    "dingtalk_client_secret",
)
#: Hosts of the machine itself, for whoever watches it there.
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def imports_beside(files: str | Path) -> Path:
    """The folder of uploaded spreadsheets, beside the files."""
    return ROOT / "var" / "imports" if str(files).startswith("s3://") else Path(files).with_name("imports")


def default_scheme() -> Path:
    """The scheme a county starts with by default: the file named in `schemes/default`."""
    folder = ROOT / "schemes"
    return folder / (folder / "default").read_text(encoding="utf-8").strip()


class Settings(Running):
    """The settings of this installation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: str = f"sqlite:///{ROOT / 'var' / 'xiaohao.db'}"
    secret_key: str = DEVELOPMENT_SECRET
    secret_key_before: str = Field(default="", description="keys that signed before this one, separated by commas")
    data_key: str = DEVELOPMENT_SECRET
    files: str = str(ROOT / "var" / "files")
    seal_files: bool = Field(default=False, description="whether files of evidence are stored encrypted")
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_key_id: str = ""
    s3_secret: str = ""
    scheme: Path = Field(default_factory=default_scheme)
    county_file: Path | None = Field(
        default=None, description="the county's part of the scheme; empty: as the scheme says"
    )
    year: int | None = Field(default=None, ge=2016, le=2039, description="assessment year; empty: the current one")
    language: Literal["zh_Hans", "en"] = "zh_Hans"
    session_hours: int = Field(default=12, ge=1, le=24 * 31)
    session_role_hours: str = Field(default="", description="hours of single roles, as role=hours by commas")
    session_idle_minutes: str = Field(
        default="admin=30,office=60,leaders=60,inspectorate=60,village=240,town=240,bureau=240",
        description="minutes without use after which a role is signed out, as role=minutes by commas",
    )
    remember_days: int = Field(default=30, ge=0, le=180, description="days on a remembered device; 0: none is")
    pack_days: int = Field(default=14, ge=0, le=30, description="days a phone keeps pages taken along; 0: none are")
    keep_years: int = Field(default=30, ge=10, le=100, description="years for which files of households are kept")
    password_kinds: int = Field(default=0, ge=0, le=4, description="kinds of characters that a password must have")
    password_days: int = Field(default=0, ge=0, le=3650, description="days after which a password is changed; 0: never")
    slip_days: int = Field(default=14, ge=1, le=60, description="days for which a first sign-in slip is good")
    reset_hours: int = Field(default=72, ge=1, le=336, description="hours for which the code of a reset is good")
    factor_roles: str = Field(
        default="",
        description="roles that need a second factor, by commas; empty: in production those that rule; or none",
    )
    factor_minutes: int = Field(
        default=15, ge=1, le=24 * 60, description="minutes for which a factor counts for acts of weight"
    )
    oidc_issuer: str = Field(default="", description="OpenID Connect provider of the county; empty: none")
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_label: str = Field(default="", description="what its button says; empty: 统一身份认证")
    oidc_factor: str = Field(default="", description="amr and acr values that count as a second factor, by commas")
    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: str = ""
    dingtalk_client_id: str = ""
    dingtalk_client_secret: str = ""
    rates: str = Field(
        default="sign_in=120/1,search=120/1,exports=60/10,papers=200/10,verify=6/60",
        description="how often a person may ask for what costs, as kind=number/minutes by commas; none: without bounds",
    )
    clamav: str = Field(default="", description="socket of ClamAV that scans uploads; empty: nothing is scanned")
    clamav_down: Literal["refuse", "accept"] = "refuse"
    max_upload_mb: int = Field(default=20, ge=1, le=200)
    max_request_mb: int = Field(default=60, ge=1, le=1000)
    trusted_hosts: str = ""
    site_url: str = Field(default="http://localhost:8000", description="where people reach the pages, for links")
    smtp_url: str = ""
    mail_from: str = ""
    outbound: str = Field(default="", description="origins that webhooks may go to, separated by commas")
    outbound_private: str = Field(default="", description="private networks that webhooks may reach, by commas")
    sms_url: str = ""
    sms_secret: str = ""
    anchor_days: int = Field(default=1, ge=0, le=31, description="so often the head of the history leaves; 0: never")
    syslog_url: str = Field(default="", description="log server that gets the head of the history; empty: none")
    syslog_format: Literal["rfc5424", "rfc3164"] = "rfc5424"
    cef_url: str = Field(default="", description="log server that gets a copy of the audit trail; empty: none")
    pg_bin: str = Field(default="", description="folder of pg_dump and pg_restore; empty: on the path")
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="how many proxies stand before the web process")

    @property
    def hosts(self) -> list[str] | None:
        """The host names that requests may be for; None: any, outside of production."""
        named = listed(self.trusted_hosts)
        if not named and self.env == "production":
            named = [urlsplit(self.site_url).hostname or ""]
        return [*named, *(host for host in THIS_MACHINE if host not in named)] if named else None

    @property
    def imports(self) -> Path:
        """The folder of uploaded spreadsheets, sealed until they are applied: beside the files, on this machine."""
        return imports_beside(self.files)

    @property
    def s3(self) -> dict[str, str]:
        """Access to the bucket of `files`, if it is one."""
        return {
            "endpoint": self.s3_endpoint,
            "region": self.s3_region,
            "key_id": self.s3_key_id,
            "secret": self.s3_secret,
        }

    @property
    def sender(self) -> str:
        """The From of mails."""
        return self.mail_from or f"xiaohao@{urlsplit(self.site_url).hostname or 'localhost'}"

    @field_validator("site_url")
    @classmethod
    def _a_site(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not urlsplit(value).hostname:
            raise ValueError("give the site's address as https://host")
        return value

    @property
    def sign_ons(self) -> tuple[str, ...]:
        """The ways of signing on that are configured, in the order of their buttons."""
        return tuple(way for way, names in SIGN_ONS.items() if all(getattr(self, name) for name in names))

    @model_validator(mode="after")
    def _whole_sign_ons(self) -> "Settings":
        values = {name: getattr(self, name) for names in SIGN_ONS.values() for name in names}
        if fault := sign_on_fault(values, _PREFIX, () if self.env == "production" else THIS_MACHINE):
            raise ValueError(fault)
        return self

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        if value and (not value.startswith(("smtp://", "smtps://", "smtp+plain://")) or not urlsplit(value).hostname):
            raise ValueError("give the mail server as smtp://host:587, smtps://host:465 or smtp+plain://host:25")
        if value.startswith("smtp+plain://") and urlsplit(value).username:
            raise ValueError("a mail server reached without encryption gets no password: smtp+plain://host:25")
        return value

    _log_servers = field_validator("syslog_url", "cef_url")(setting_values.log_server)

    @field_validator("session_role_hours", "session_idle_minutes")
    @classmethod
    def _by_role(cls, value: str) -> str:
        if any(role not in ROLES or not 1 <= n <= MOST_BY_ROLE for role, n in by_role(value).items()):
            raise ValueError(f"give role=number (1 to {MOST_BY_ROLE}) by commas; the roles: {', '.join(ROLES)}")
        return value

    _scanner = field_validator("clamav")(setting_values.scanner_address)
    _rates = field_validator("rates")(setting_values.rates_of_kinds)

    @field_validator("factor_roles")
    @classmethod
    def _roles(cls, value: str) -> str:
        if value != "none" and any(role not in ROLES for role in listed(value)):
            raise ValueError(f"give roles by commas, or none; the roles: {', '.join(ROLES)}")
        return value

    @property
    def factor_required(self) -> frozenset[str]:
        """The roles that need a second factor: without a choice, in production those that rule, inspect or operate."""
        if self.factor_roles == "none" or (not self.factor_roles and self.env != "production"):
            return frozenset()
        return frozenset(listed(self.factor_roles) or ("admin", "office", "leaders", "inspectorate"))

    @field_validator("outbound")
    @classmethod
    def _origins(cls, value: str) -> str:
        for entry in listed(value):
            if not entry.startswith(("http://", "https://")) or not urlsplit(entry).hostname:
                raise ValueError("give origins as https://host, separated by commas")
        return value

    @field_validator("outbound_private")
    @classmethod
    def _networks(cls, value: str) -> str:
        for entry in listed(value):
            ip_network(entry)
        return value

    @model_validator(mode="after")
    def _a_gateway_with_a_secret(self) -> "Settings":
        if self.sms_url and len(self.sms_secret) < 16:
            raise ValueError(f"set {_PREFIX}SMS_SECRET to a random text of at least 16 characters")
        return self

    @field_validator("files")
    @classmethod
    def _a_folder_or_a_bucket(cls, value: str) -> str:
        if not value or ("://" in value and not value.startswith("s3://")) or value.rstrip("/") == "s3:":
            raise ValueError("give a folder, or a bucket as s3://bucket/prefix")
        return value

    @model_validator(mode="after")
    def _no_default_secret(self) -> "Settings":
        if self.env == "production":
            for name in ("secret_key", "data_key"):
                # Of several data keys the first encrypts; the others may be keys being replaced.
                first = getattr(self, name).split(",")[0].strip() if name == "data_key" else getattr(self, name)
                if first == DEVELOPMENT_SECRET or len(first) < 32:
                    raise ValueError(f"set {_PREFIX}{name.upper()} to a random text of at least 32 characters")
        return self

    @model_validator(mode="after")
    def _known_hosts(self) -> "Settings":
        if (
            self.env == "production"
            and not listed(self.trusted_hosts)
            and urlsplit(self.site_url).hostname in THIS_MACHINE
        ):
            raise ValueError(
                f"set {_PREFIX}TRUSTED_HOSTS to the host names of the site, or {_PREFIX}SITE_URL to its address"
            )
        return self


def _environment() -> dict[str, str]:
    """The values of `.env`, overridden by the process's variables; an empty one counts as not set.

    A secret may stand in a file, as containers hand them over.  Raises SystemExit where it cannot be read or is given twice.
    """
    values = {**dotenv_values(".env"), **os.environ}
    found = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in values.items()
        if name.startswith(_PREFIX) and value
    }
    for name in SECRETS:
        path = found.pop(f"{name}_file", None)
        if path is None:
            continue
        variable = f"{_PREFIX}{name.upper()}"
        if name in found:
            raise SystemExit(f"{variable}: set this or {variable}_FILE, not both")
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SystemExit(f"{variable}_FILE: the file {path} cannot be read") from error
    return found


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.  Raises SystemExit with one sentence when the environment is wrong."""
    try:
        return Settings.model_validate(_environment())
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{_PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SystemExit(f"{name}{first['msg'].removeprefix('Value error, ')}") from error
