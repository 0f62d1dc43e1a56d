"""How something asked of a door ends, for matrices of who may do what when."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workflow.errors import BadInput, Conflict, NotAllowed, NotFound


def outcome(engine: Engine, does: Callable[[Session], Any]) -> str:
    """`done`, or the status a page answers with (and the code of bad input); nothing of it stays."""
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
