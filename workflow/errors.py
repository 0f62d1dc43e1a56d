"""Errors: everything a workflow function may raise, without HTTP and without sentences.

WorkflowError                 code, field, params: codes and figures; the sentence is composed when shown
├── NotFound                  it does not exist, or not for this actor
├── NotAllowed                never allowed to this actor
├── Conflict
│   ├── Stale                 it was moved since the caller read it
│   ├── WrongState            not allowed in this state
│   ├── Duplicate             an open ticket of the same subject, kind and cause exists
│   └── ExitRefused           the household does not pass the exit gate; `examination` says why
├── ClockInDoubt              the clock that would date it cannot be right; nothing was written
├── TooMany                   tried too often; `seconds` says when to try again
└── BadInput                  missing or wrong input; `field` names it
"""

from typing import Any


class WorkflowError(Exception):
    """The root; `code` names the sentence, `field` the input at fault, `params` what the sentence mentions."""

    def __init__(self, code: str, field: str | None = None, /, **params: str | int) -> None:
        super().__init__(f"{code} {field or ''} {params or ''}".strip())
        self.code = code
        self.field = field
        self.params = params


class NotFound(WorkflowError):
    """It does not exist, or this actor may not see it."""


class NotAllowed(WorkflowError):
    """Never allowed to this actor."""


class Conflict(WorkflowError):
    """The request conflicts with the present state."""


class Stale(Conflict):
    """The ticket has moved since the caller read it."""


class WrongState(Conflict):
    """The action is not open in the ticket's state."""


class Duplicate(Conflict):
    """The same deficiency already has an open ticket."""


class ExitRefused(Conflict):
    """The household does not pass the exit gate; `examination` lists what is missing."""

    def __init__(self, examination: Any, /, **params: str | int) -> None:
        super().__init__("exit_refused", None, **params)
        self.examination = examination


class BadInput(WorkflowError):
    """Missing or wrong data."""


class ClockInDoubt(WorkflowError):
    """The clock that would date the act cannot be right; the parameters name it and what contradicts it."""


class TooMany(WorkflowError):
    """Tried too often; the parameter `seconds` is how long to wait."""

    @property
    def seconds(self) -> int:
        """How long to wait."""
        return int(self.params["seconds"])
