"""Outcome of an action, for matrices of rights."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError


def outcome(engine: Engine, does: Callable[[Session], Any]) -> str:
    """`done`, or the status a page would answer (with the code of bad input); everything is rolled back."""
    with Session(engine) as session:
        try:
            does(session)
            return "done"
        except NotFound:
            return "404"
        except NotAllowed:
            return "403"
        except Conflict:
            return "409"
        except BadInput as error:
            return f"422 {error.code}"
        finally:
            session.rollback()


def refusal(engine: Engine, does: Callable[[Session], Any]) -> str:
    """`done`, or the kind, code and field of the refusal: `BadInput missing reason`; nothing of it stays."""
    with Session(engine) as session:
        try:
            does(session)
            session.flush()
            return "done"
        except WorkflowError as error:
            return " ".join([type(error).__name__, error.code, *([error.field] if error.field else [])])
        finally:
            session.rollback()
