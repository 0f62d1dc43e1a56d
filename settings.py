"""One frozen Settings: the only place that reads XIAOHAO_… from the environment; `.env.example` documents each.

The one other thing taken from the surroundings is the name of the machine, under which a worker beats (worker.py).
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

ROOT = Path(__file__).parent
DEVELOPMENT_SECRET = "only-for-development"
_PREFIX = "XIAOHAO_"


def imports_beside(files: str | Path) -> Path:
    """Where uploaded spreadsheets lie, given where the files do."""
    return ROOT / "var" / "imports" if str(files).startswith("s3://") else Path(files).with_name("imports")


class Settings(BaseModel):
    """Where things are and how this installation runs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

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
    pg_bin: str = Field(default="", description="folder of pg_dump and pg_restore; empty: on the path")
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="how many proxies stand before the web process")

    @property
    def imports(self) -> Path:
        """The folder of uploaded spreadsheets, sealed until they are applied: beside the files, on this machine."""
        return imports_beside(self.files)

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
                # Of several data keys the first seals; the others may be what one wants to be rid of.
                first = getattr(self, name).split(",")[0].strip() if name == "data_key" else getattr(self, name)
                if first == DEVELOPMENT_SECRET or len(first) < 32:
                    raise ValueError(f"set {_PREFIX}{name.upper()} to a random text of at least 32 characters")
        return self


def _environment() -> dict[str, str]:
    """What `.env` says, and over it the process's own variables; an empty one counts as not set."""
    found = {**dotenv_values(".env"), **os.environ}
    return {name.removeprefix(_PREFIX).lower(): value for name, value in found.items()
            if name.startswith(_PREFIX) and value}  # fmt: skip


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.  Raises SystemExit with one sentence when the environment is wrong."""
    try:
        return Settings.model_validate(_environment())
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{_PREFIX}{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SystemExit(f"{name}{first['msg'].removeprefix('Value error, ')}") from error
