"""Feedback: complaints and suggestions about the system itself, answered by the county office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Feedback, User
from models.feedback import UNANSWERED
from models.row_changes import happened
from workflow.actors import Actor
from workflow.errors import Conflict, NotAllowed, NotFound
from workflow.inputs import remark_of, statement_of

#: Lines of a list: of a person's own the latest, of the office those without an answer first.
MOST = 50
#: The path of a page as it is kept.
_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """One piece of feedback with the name of its writer and the writer's unit."""

    row: Feedback
    writer: str
    role: str
    unit_id: int | None


def answers(actor: Actor) -> bool:
    """Whether the actor answers feedback: the county office."""
    return actor.role == "office"


def send(session: Session, actor: Actor, now: datetime, words: str, page: str = "") -> Feedback:
    """Send feedback; of the page it is about the path is kept, not what was searched for.  Raises BadInput."""
    path = page.partition("?")[0].partition("#")[0][:_LONGEST_PATH]
    row = Feedback(
        user_id=actor.account_id,
        page=path if path.startswith("/") else "",
        words=remark_of("words", words),
        sent_at=now,
    )
    session.add(row)
    happened(session, now)
    session.flush()
    return row


def answer(session: Session, actor: Actor, now: datetime, number: int, text: str) -> Feedback:
    """Answer feedback, once.  Raises NotAllowed, NotFound, BadInput, and Conflict `feedback_answered`."""
    if not answers(actor):
        raise NotAllowed("feedback_of_the_office")
    row = session.get(Feedback, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no_such_feedback")
    if row.answered_at is not None:
        raise Conflict("feedback_answered")
    row.answer, row.answered_at, row.answered_by_id = statement_of("answer", text), now, actor.user_id
    happened(session, now)
    return row


def own(session: Session, actor: Actor) -> Sequence[FeedbackLine]:
    """What the actor has sent, the latest first."""
    return _lines(session, _LINES.where(Feedback.user_id == actor.account_id).order_by(Feedback.id.desc()))


def waiting(session: Session, actor: Actor) -> Sequence[FeedbackLine]:
    """What waits for the office's answer, the oldest first; nothing for others."""
    if not answers(actor):
        return ()
    return _lines(session, _LINES.where(UNANSWERED.predicate).order_by(Feedback.id))


def answered(session: Session, actor: Actor) -> Sequence[FeedbackLine]:
    """What the office has answered, the latest first; nothing for others."""
    if not answers(actor):
        return ()
    return _lines(session, _LINES.where(Feedback.answered_at.is_not(None)).order_by(Feedback.id.desc()))


def unanswered(session: Session) -> int:
    """The number of those that wait for an answer."""
    return session.scalar(select(func.count()).select_from(Feedback).where(UNANSWERED.predicate)) or 0


def answered_since(session: Session, actor: Actor, since: datetime) -> bool:
    """Whether something of the actor was answered after this moment."""
    row = select(Feedback.id).where(Feedback.user_id == actor.account_id, Feedback.answered_at > since).limit(1)
    return session.scalar(row) is not None


_LINES: Select[Feedback, str, str, int | None] = select(Feedback, User.display_name, User.role, User.unit_id).join(
    User, User.id == Feedback.user_id
)


def _lines(session: Session, query: Select[Feedback, str, str, int | None]) -> Sequence[FeedbackLine]:
    return [FeedbackLine(*row) for row in session.execute(query.limit(MOST))]
