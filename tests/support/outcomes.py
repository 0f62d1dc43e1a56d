"""Outcome of an action, for matrices of rights."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workflow.errors import BadInput, Conflict, NotAllowed, NotFound


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
