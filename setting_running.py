"""Running settings: for whom an installation is, how long a page waits for its database, and in what form a process logs."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from setting_retention import Retention


class Running(Retention):
    """How the processes of an installation run; beside it what they keep and for how long."""

    env: Literal["development", "production", "test"] = "development"
    maintenance: Path = Field(
        default=Path(__file__).parent / "var" / "maintenance",
        description="file that closes the site while it is there; its text is what people are told",
    )
    wait_connect_seconds: int = Field(default=5, ge=1, le=60, description="longest wait of a page for a connection")
    wait_lock_seconds: int = Field(default=5, ge=1, le=60, description="longest wait of a page for a lock")
    wait_statement_seconds: int = Field(default=60, ge=1, le=600, description="longest statement of a page")
    wait_idle_seconds: int = Field(default=60, ge=1, le=600, description="longest pause of a page within a transaction")
    log_form: Literal["json", "text"] | None = Field(
        default=None, description="form of log lines: json or text; empty: json in production, else text"
    )

    @property
    def form_of_log_lines(self) -> Literal["json", "text"]:
        """JSON for what collects the lines of an installation, text for a terminal."""
        return self.log_form or ("json" if self.env == "production" else "text")
