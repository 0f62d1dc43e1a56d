"""Sheet of posts: enters who leads a unit, is on duty for it, or stands in for a person, each with days and a document."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflow import folding
from workflow.actors import Actor
from workflow.county.posts import post_entries
from workflow.errors import BadInput
from workflow.history import event_log
from workflow.inputs import written_day
from workflow.setup.county_workbook import BookRow
from workflow.setup.sheet_results import SheetResult

#: What the sheet's column 岗位 says, by kind of post.
POST_WORDS = {
    "leader": ("主要领导", "主要负责人", "负责人", "leader"),
    "duty": ("值班员", "值班人员", "联络员", "duty"),
    "deputy": ("AB岗", "替班", "代理", "deputy"),
}
_KINDS = {folding.key(word): kind for kind, words in POST_WORDS.items() for word in words}


def apply(session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult) -> None:
    """Enter the posts that are new; one that relieves another person is a change, one on record is unchanged."""
    for row in rows:
        with result.refusing(row):
            given = _given(row)
            entry = post_entries.wanted(session, actor, now, given)
            if post_entries.on_record(session, entry) is not None:
                result.counts["unchanged"] += 1
                continue
            giving_way = post_entries.displaced(session, entry)
            relieved = [{"post": each.post.id, "until_at": stamped(each.post.until_at)} for each in giving_way]
            post = post_entries.enter(session, actor, now, given)
            after = {name: text for name, text in given.items() if text and name != "user"}
            if relieved:
                before = {"holder": "、".join(each.name for each in giving_way), "relieved": relieved}
                result.changed(row, post.id, entry.user.display_name, before, after)
            else:
                result.made(row, post.id, entry.user.display_name, after)


def stamped(at: datetime | None) -> str | None:
    """A moment as a change has it."""
    return event_log.stamp(at) if at is not None else None


def _given(row: BookRow) -> dict[str, str]:
    """The cells of a row as the input of an entry.  Raises BadInput `missing`, `post_word`, `not_a_date`."""
    kind = _KINDS.get(folding.key(row.get("kind")))
    if kind is None:
        if not row.get("kind"):
            raise BadInput("missing", "kind")
        words = "、".join(words[0] for words in POST_WORDS.values())
        raise BadInput("post_word", "kind", value=row.get("kind")[:40], words=words)
    days = {}
    for name in ("from_day", "until_day"):
        if text := row.get(name):
            day = written_day(text) or written_day(text[:10])
            if day is None:
                raise BadInput("not_a_date", name)
            days[name] = day.isoformat()
    return {
        "user": row.get("name"),
        "kind": kind,
        "document": row.get("document"),
        "stands_for": row.get("stands_for"),
        **days,
    }
