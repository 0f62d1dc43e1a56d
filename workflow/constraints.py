"""Constraints: turns the database's refusal of a named constraint into an error of ours.

Guarantees rest on constraints, so only they decide between two simultaneous callers.  A refusal by any other constraint is
a bug and passes through.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from models.violations import violated
from workflow.errors import WorkflowError


@contextmanager
def refused_as(error: WorkflowError, *names: str) -> Iterator[None]:
    """Raise `error` where what is flushed inside violates one of the constraints `names` (tests: all exist)."""
    try:
        yield
    except IntegrityError as refusal:
        if violated(refusal) not in names:
            raise
        raise error from refusal
