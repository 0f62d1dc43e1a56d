"""The command line, run in process."""

import json
import re
from pathlib import Path
from typing import Any

from click.testing import Result

from tests.conftest import PG_TOOLS
from tests.support.apps import app_on
from tests.support.factories import START

#: How a value of the program looks that nobody put into words: a mapping, a list, None, an object.
_REPR = re.compile(
    r"[{\[](?:[}\]]|['\d])|\(\)|\('|\b(?:None|True|False)\b|<[\w.]+ (?:object )?at 0x|\w+\((?:\w+=|')|datetime\."
)


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
        assert not [line for line in result.output.splitlines() if is_repr(line)], (words, result.output)
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


def is_repr(line: str) -> bool:
    """Whether a line shows a value of the program as it is written in code; JSON is for programs and may be read as such.

    >>> [is_repr(text) for text in ("rungs {1: 1}", "lapsed {}", "None", '{"undone": 3}', "{1: 2}", "提醒 1（甲镇）", "a (b)")]
    [True, True, True, False, True, False, False]
    """
    for part in line.split("\t"):
        try:
            json.loads(part)
        except ValueError:
            if _REPR.search(part):
                return True
    return False
