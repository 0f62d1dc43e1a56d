"""Settings: read from the environment alone, and no default secret outside development."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT, Settings, settings

SECRETS = {"XIAOHAO_SECRET_KEY": "s" * 40, "XIAOHAO_DATA_KEY": "d" * 40}
SITE = {"XIAOHAO_SITE_URL": "https://xiaohao.example"}
OIDC = {"XIAOHAO_OIDC_CLIENT_ID": "xiaohao", "XIAOHAO_OIDC_CLIENT_SECRET": "secret"}


def started(**environment: str) -> "subprocess.CompletedProcess[str]":
    """The application, started under this environment, with a database of nobody's: not the demo county of a checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIAOHAO_")}
    kept["XIAOHAO_DATABASE_URL"] = "sqlite://"
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
    )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "XIAOHAO_SECRET_KEY"),
        ({"XIAOHAO_SECRET_KEY": "s" * 40}, "XIAOHAO_DATA_KEY"),
        ({**SECRETS, "XIAOHAO_SECRET_KEY": "only-for-development"}, "XIAOHAO_SECRET_KEY"),
        ({**SECRETS, "XIAOHAO_DATA_KEY": "short"}, "XIAOHAO_DATA_KEY"),
        ({**SECRETS, "XIAOHAO_YEAR": "1900"}, "XIAOHAO_YEAR"),
        ({**SECRETS, "XIAOHAO_KEEP_REQUEST_DAYS": "29"}, "XIAOHAO_KEEP_REQUEST_DAYS: give 30 days or more"),
        ({**SECRETS, "XIAOHAO_KEEP_SESSION_DAYS": "183"}, "XIAOHAO_KEEP_SESSION_DAYS: give 184 days or more: logs"),
        ({**SECRETS, "XIAOHAO_KEEP_REFUSAL_DAYS": "0"}, "(网络安全法 art. 23 (3), before 2026 art. 21 (3))"),
        ({**SECRETS, "XIAOHAO_LANGUAGE": "fr"}, "XIAOHAO_LANGUAGE"),
        ({**SECRETS, "XIAOHAO_SESSION_IDLE_MINUTES": "boss=30"}, "XIAOHAO_SESSION_IDLE_MINUTES"),
        ({**SECRETS, "XIAOHAO_SESSION_ROLE_HOURS": "admin=many"}, "XIAOHAO_SESSION_ROLE_HOURS"),
        ({**SECRETS, "XIAOHAO_FACTOR_ROLES": "admin,boss"}, "XIAOHAO_FACTOR_ROLES"),
        ({**SECRETS, "XIAOHAO_SMTP_URL": "mail.example"}, "XIAOHAO_SMTP_URL"),
        ({**SECRETS, "XIAOHAO_OUTBOUND": "oapi.dingtalk.com"}, "XIAOHAO_OUTBOUND"),
        ({**SECRETS, "XIAOHAO_OUTBOUND_PRIVATE": "10.0.0.7/8"}, "XIAOHAO_OUTBOUND_PRIVATE"),
        ({**SECRETS, "XIAOHAO_SMS_URL": "https://sms.example"}, "XIAOHAO_SMS_SECRET"),
        ({**SECRETS, **SITE, "XIAOHAO_OIDC_ISSUER": "https://login.example"}, "XIAOHAO_OIDC_CLIENT_ID"),
        ({**SECRETS, **SITE, "XIAOHAO_WECOM_SECRET": "x"}, "XIAOHAO_WECOM_CORP_ID"),
        ({**SECRETS, **SITE, **OIDC, "XIAOHAO_OIDC_ISSUER": "http://localhost:9000"}, "XIAOHAO_OIDC_ISSUER"),
        (SECRETS, "XIAOHAO_TRUSTED_HOSTS"),
        ({**SECRETS, "XIAOHAO_SITE_URL": "http://localhost:8000"}, "XIAOHAO_TRUSTED_HOSTS"),
        ({**SECRETS, **SITE, "XIAOHAO_SMTP_URL": "smtp+plain://me:word@relay.example:25"}, "XIAOHAO_SMTP_URL"),
        ({**SECRETS, **SITE, "XIAOHAO_SECRET_KEY_FILE": "/run/secrets/key"}, "XIAOHAO_SECRET_KEY: set this or"),
        ({**SITE, "XIAOHAO_SECRET_KEY_FILE": "/no/such/file"}, "XIAOHAO_SECRET_KEY_FILE: the file /no/such/file"),
    ],
)
def test_production_refuses_a_default_secret_or_a_wrong_setting_in_one_sentence(
    wrong: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("XIAOHAO_")]:
        monkeypatch.delenv(name)
    for name, value in {"XIAOHAO_ENV": "production", **wrong}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        with pytest.raises(SystemExit) as refusal:
            runpy.run_path(str(ROOT / "wsgi.py"))
    finally:
        settings.cache_clear()
    # A text in place of a status: Python prints it and ends with 1, as below.
    assert named in str(refusal.value.code)
    assert len(str(refusal.value.code).splitlines()) == 1


def test_production_starts_with_secrets_and_a_site_of_its_own_and_development_without() -> None:
    assert started(XIAOHAO_ENV="production", **SECRETS, **SITE).returncode == 0
    assert started().returncode == 0
    refused = started(XIAOHAO_ENV="production")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("secret_key", "data_key"):
        (tmp_path / name).write_text(f"{name[0] * 40}\n", encoding="utf-8")
        monkeypatch.setenv(f"XIAOHAO_{name.upper()}_FILE", str(tmp_path / name))
    settings.cache_clear()
    try:
        assert (settings().secret_key, settings().data_key) == ("s" * 40, "d" * 40)
    finally:
        settings.cache_clear()


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, None),
        ({"trusted_hosts": "a.example, b.example"}, ["a.example", "b.example", "localhost", "127.0.0.1", "[::1]"]),
        ({"env": "production", "site_url": "https://c.example"}, ["c.example", "localhost", "127.0.0.1", "[::1]"]),
    ],
)
def test_in_production_requests_are_for_the_site_or_the_machine_itself(
    given: dict[str, str], hosts: list[str] | None
) -> None:
    made = Settings.model_validate({"secret_key": "s" * 40, "data_key": "d" * 40, **given})
    assert made.hosts == hosts
