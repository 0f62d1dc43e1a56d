"""Channels: the interface of an outgoing channel, which sends one letter at a time and reports refusals uniformly."""

from datetime import timedelta
from typing import Protocol

from notifications.letters import Letter


class Refused(Exception):
    """The recipient's side refused a letter.

    `code` is the reason; `permanent`: retrying is useless; `target`: the address is at fault; `wait`: the time before a
    retry; `doubtful`: it was sent without an answer, so it may have arrived.
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
    """An outgoing channel.  `send` returns when the letter is accepted and is bounded in time."""

    @property
    def name(self) -> str: ...

    def send(self, letter: Letter) -> None:
        """Send a letter.  Raises Refused; any OSError counts as temporary."""

    def close(self) -> None:
        """Close connections."""
