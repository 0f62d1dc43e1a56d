"""The command line, run in process."""

from pathlib import Path
from typing import Any

from click.testing import Result

from tests.conftest import PG_TOOLS
from tests.support.apps import app_on
from tests.support.factories import START


class Line:
    """The command line on a database, with a clock that tests set."""

    def __init__(self, url: str, folder: Path, **config: Any) -> None:
        self.now = START
        self.folder = folder
        self.app = app_on(url, FILES=folder / "files", CLOCK=lambda: self.now, PG_BIN=PG_TOOLS, **config)

    def run(self, *words: str) -> Result:
        return self.app.test_cli_runner().invoke(args=list(words))

    def said(self, *words: str) -> str:
        """The output of a command that must succeed."""
        result = self.run(*words)
        assert (result.exit_code, result.exception) == (0, None), (words, result.output)
        return result.stdout

    def refusal(self, *words: str) -> str:
        """The one sentence of a command that must fail."""
        result = self.run(*words)
        assert result.exit_code != 0, (words, result.output)
        assert isinstance(result.exception, SystemExit), (words, result.exception)
        assert result.stdout == ""
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1, lines
        assert len(lines[0]) > 3
        return lines[0]
