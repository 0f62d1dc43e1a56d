"""Settings: read from the environment alone, and no default secret outside development."""

import os
import subprocess
import sys

import pytest

from settings import ROOT

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
        ({**SECRETS, "XIAOHAO_SMTP_URL": "mail.example"}, "XIAOHAO_SMTP_URL"),
        ({**SECRETS, "XIAOHAO_OUTBOUND": "oapi.dingtalk.com"}, "XIAOHAO_OUTBOUND"),
        ({**SECRETS, "XIAOHAO_OUTBOUND_PRIVATE": "10.0.0.7/8"}, "XIAOHAO_OUTBOUND_PRIVATE"),
        ({**SECRETS, "XIAOHAO_SMS_URL": "https://sms.example"}, "XIAOHAO_SMS_SECRET"),
    ],
)
def test_production_refuses_a_default_secret_or_a_wrong_setting_in_one_sentence(
    wrong: dict[str, str], named: str
) -> None:
    done = started(XIAOHAO_ENV="production", **wrong)
    assert done.returncode != 0
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_production_starts_with_secrets_of_its_own_and_development_without() -> None:
    assert started(XIAOHAO_ENV="production", **SECRETS).returncode == 0
    assert started().returncode == 0
