"""Outcome of an action, for matrices of rights."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError


class Outcomes:
    """One session in which many actions are tried one after the other; nothing of them stays.

    A refusal that wrote nothing leaves its transaction as it was, so the next action is tried in it; after anything
    written the transaction is rolled back.
    """

    def __init__(self, engine: Engine) -> None:
        self._session, self._written = Session(engine), False
        event.listen(self._session, "after_flush", self._note)
        event.listen(self._session, "do_orm_execute", self._note_statement)

    def __enter__(self) -> "Outcomes":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def of(self, does: Callable[[Session], Any]) -> str:
        """`done`, or the status a page would answer (with the code of bad input)."""
        session, ended = self._session, "done"
        try:
            does(session)
        except NotFound:
            ended = "404"
        except NotAllowed:
            ended = "403"
        except Conflict:
            ended = "409"
        except BadInput as error:
            ended = f"422 {error.code}"
        except BaseException:
            session.rollback()
            raise
        if ended == "done" or self._written or session.new or session.dirty or session.deleted:
            session.rollback()
            self._written = False
        return ended

    def _note(self, *_: object) -> None:
        self._written = True

    def _note_statement(self, state: ORMExecuteState) -> None:
        self._written |= not state.is_select


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


def said(does: Callable[[], Any]) -> str:
    """The code and field of a refusal by a function of values alone: `missing reason`; empty where it refuses nothing."""
    try:
        does()
    except WorkflowError as error:
        return " ".join(filter(None, (error.code, error.field)))
    return ""
