"""What a channel is: it takes one letter at a time, and says in one way what became of it."""

from datetime import timedelta
from typing import Protocol

from notifications.letters import Letter


class Refused(Exception):
    """The other side did not take a letter.

    `code` names why; `permanent`: trying again changes nothing; `target`: the address itself is at fault; `wait`: not
    before so long; `doubtful`: it was handed over and no answer came, so it may have arrived all the same.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        target: bool = False,
        wait: timedelta | None = None,
        doubtful: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.permanent, self.target, self.wait = code[:64], permanent, target, wait
        self.doubtful = doubtful


class Channel(Protocol):
    """One way out of the house.  `send` returns when the other side took the letter; it never waits without a limit."""

    @property
    def name(self) -> str: ...

    def send(self, letter: Letter) -> None:
        """Hand it over.  Raises Refused; any OSError counts as passing."""

    def close(self) -> None:
        """Let go of connections."""
