"""One frozen Settings, read from the environment (XIAOHAO_…) and nowhere else; `.env.example` documents each."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator
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
    files: str = str(ROOT / "var" / "files")
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_key_id: str = ""
    s3_secret: str = ""
    scheme: Path = ROOT / "schemes" / "wuhua-2018.yaml"
    year: int | None = Field(default=None, ge=2016, le=2039, description="assessment year; empty: the current one")
    language: Literal["zh_Hans", "en"] = "zh_Hans"
    session_hours: int = Field(default=12, ge=1, le=24 * 31)
    max_upload_mb: int = Field(default=20, ge=1, le=200)
    max_request_mb: int = Field(default=60, ge=1, le=1000)
    trusted_hosts: str = ""
    smtp_url: str = ""

    @property
    def s3(self) -> dict[str, str]:
        """How the bucket of `files`, if it is one, is reached."""
        return {"endpoint": self.s3_endpoint, "region": self.s3_region, "key_id": self.s3_key_id,
                "secret": self.s3_secret}  # fmt: skip

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
                if getattr(self, name) == DEVELOPMENT_SECRET or len(getattr(self, name)) < 32:
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
