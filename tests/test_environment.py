"""Settings from `.env` and the environment: which one wins, and defaults."""

from pathlib import Path

import pytest

from settings import settings

read = settings.__wrapped__  # Without cached settings.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_overrules_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("XIAOHAO_SESSION_HOURS=3\nXIAOHAO_MAX_UPLOAD_MB=7\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("XIAOHAO_SESSION_HOURS", "5")
    config = read()
    assert (config.session_hours, config.max_upload_mb) == (5, 7)


def test_an_empty_setting_is_not_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOHAO_YEAR", "")
    assert read().year is None
