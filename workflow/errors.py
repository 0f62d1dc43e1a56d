"""What can go wrong at the door, without a word of HTTP and without sentences.

WorkflowError                 code, field, params: codes and figures, from which a sentence is composed when shown
├── NotFound                  there is no such thing, or not for this actor
├── NotAllowed                never allowed to this actor
├── Conflict
│   ├── Stale                 somebody moved it since the caller looked
│   ├── WrongState            not allowed in this state
│   ├── Duplicate             an open ticket of the same subject, kind and cause exists
│   └── ExitRefused           the household does not pass the exit gate; `examination` says why
└── BadInput                  something is missing or wrong in what was given; `field` names it
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
    """Nothing there that this actor may see."""


class NotAllowed(WorkflowError):
    """Never allowed to this actor."""


class Conflict(WorkflowError):
    """What is asked collides with how things stand."""


class Stale(Conflict):
    """The ticket has moved since the caller looked at it."""


class WrongState(Conflict):
    """The action is not open in the ticket's state."""


class Duplicate(Conflict):
    """The same deficiency is already on the ledger."""


class ExitRefused(Conflict):
    """The household does not pass the exit gate; `examination` says what is missing."""

    def __init__(self, examination: Any, /, **params: str | int) -> None:
        super().__init__("exit_refused", None, **params)
        self.examination = examination


class BadInput(WorkflowError):
    """Missing or wrong data."""
