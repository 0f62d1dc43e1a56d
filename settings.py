"""One frozen Settings, read from the environment (XIAOHAO_…) and nowhere else; `.env.example` documents each."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent
DEVELOPMENT_SECRET = "only-for-development"


class Settings(BaseSettings):
    """Where things are and how this installation runs."""

    model_config = SettingsConfigDict(env_prefix="XIAOHAO_", env_file=".env", frozen=True, extra="ignore")

    env: Literal["development", "production", "test"] = "development"
    database_url: str = f"sqlite:///{ROOT / 'var' / 'xiaohao.db'}"
    secret_key: str = DEVELOPMENT_SECRET
    data_key: str = DEVELOPMENT_SECRET
    files: Path = ROOT / "var" / "files"
    scheme: Path = ROOT / "schemes" / "wuhua-2018.yaml"
    year: int | None = Field(default=None, ge=2016, le=2039, description="assessment year; empty: the current one")
    language: Literal["zh_Hans", "en"] = "zh_Hans"
    session_hours: int = Field(default=12, ge=1, le=24 * 31)
    max_upload_mb: int = Field(default=20, ge=1, le=200)
    trusted_hosts: str = ""
    smtp_url: str = ""

    @model_validator(mode="after")
    def _no_default_secret(self) -> "Settings":
        if self.env == "production":
            for name in ("secret_key", "data_key"):
                # Of several data keys the first seals; the others may be what one wants to be rid of.
                first = getattr(self, name).split(",")[0].strip() if name == "data_key" else getattr(self, name)
                if first == DEVELOPMENT_SECRET or len(first) < 32:
                    raise ValueError(f"set XIAOHAO_{name.upper()} to a random text of at least 32 characters")
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.  Raises SystemExit with one sentence when the environment is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"XIAOHAO_{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SystemExit(f"{name}{first['msg'].removeprefix('Value error, ')}") from error
