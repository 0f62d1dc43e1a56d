"""Settings: read from the environment alone, and no default secret outside development."""

import os
import runpy
import subprocess
import sys

import pytest

from settings import ROOT, settings

SECRETS = {"XIAOHAO_SECRET_KEY": "s" * 40, "XIAOHAO_DATA_KEY": "d" * 40}


def started(**environment: str) -> "subprocess.CompletedProcess[str]":
    """The application, started under this environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIAOHAO_")}
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
        ({**SECRETS, "XIAOHAO_LANGUAGE": "fr"}, "XIAOHAO_LANGUAGE"),
        ({**SECRETS, "XIAOHAO_SESSION_IDLE_MINUTES": "boss=30"}, "XIAOHAO_SESSION_IDLE_MINUTES"),
        ({**SECRETS, "XIAOHAO_SESSION_ROLE_HOURS": "admin=many"}, "XIAOHAO_SESSION_ROLE_HOURS"),
        ({**SECRETS, "XIAOHAO_FACTOR_ROLES": "admin,boss"}, "XIAOHAO_FACTOR_ROLES"),
        ({**SECRETS, "XIAOHAO_SMTP_URL": "mail.example"}, "XIAOHAO_SMTP_URL"),
        ({**SECRETS, "XIAOHAO_OUTBOUND": "oapi.dingtalk.com"}, "XIAOHAO_OUTBOUND"),
        ({**SECRETS, "XIAOHAO_OUTBOUND_PRIVATE": "10.0.0.7/8"}, "XIAOHAO_OUTBOUND_PRIVATE"),
        ({**SECRETS, "XIAOHAO_SMS_URL": "https://sms.example"}, "XIAOHAO_SMS_SECRET"),
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


def test_production_starts_with_secrets_of_its_own_alone_and_development_without() -> None:
    assert started(XIAOHAO_ENV="production", **SECRETS).returncode == 0
    assert started().returncode == 0
    refused = started(XIAOHAO_ENV="production")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
