"""Posts over the API: the list, entering one, ending one, and cancelling what was entered by mistake."""

from datetime import date
from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from models.post import POSTS
from web.api.fields import Body, Listed, Moment, NeededDay, NeededText, Text, answer, by_id, needed, of
from web.api.operations import Call, get, post
from web.api.repeats import Repeat
from workflow.county.context import county_context
from workflow.county.posts import post_entries, post_views
from workflow.county.unit_names import find_unit

LIST = "/posts"
#: A request that comes again is answered by the line of its post.
_REPEAT = Repeat(("id",), lambda call, _path, kept: by_id(_lines(call), kept["id"]))


@answer
class Post:
    """A post; `stands_for` is of a deputy, `closed` says whether the person's account is closed.

    `standing` is `held`, `ahead`, `over` or `cancelled`.
    """

    id: int
    unit: str
    kind: str
    person: str
    closed: bool
    stands_for: str | None
    from_day: date
    until_day: date | None
    document: str
    recorded_at: Moment | None
    standing: str


class PostQuery(Body):
    """Which posts: of one unit (code, name or alias), or of every unit."""

    unit: Text | None = None


@get(LIST, "Posts of the caller's unit, or of every unit for readers of the county", links={})
def list_posts(call: Call, query: PostQuery) -> Listed[Post]:
    unit = find_unit(call.session, query.unit).id if query.unit else None
    return Listed(items=_lines(call, unit))


class EnteringPost(Body):
    """Who has which post, from which day to which, by which document; a deputy stands in for a colleague until a day."""

    user: NeededText = None
    kind: Annotated[Text | SkipJsonSchema[None], needed(enum=list(POSTS))] = None
    stands_for: Text | None = None
    from_day: NeededDay = None
    until_day: date | None = None
    document: NeededText = None


@post(
    LIST,
    "Enter a post",
    status=201,
    links={f"{LIST}/{{post}}/end": "/id", f"{LIST}/{{post}}/cancel": "/id"},
    repeat=_REPEAT,
)
def enter_post(call: Call, body: EnteringPost) -> Post:
    row = post_entries.enter(call.session, call.actor, call.now, body.given())
    return by_id(_lines(call), row.id)


class EndingPost(Body):
    """The last day of the post, and the document that says so."""

    until_day: NeededDay = None
    document: NeededText = None


@post(f"{LIST}/{{post}}/end", "End a post", repeat=_REPEAT)
def end_post(call: Call, post: int, body: EndingPost) -> Post:
    row = post_entries.end(call.session, call.actor, call.now, post, body.given())
    return by_id(_lines(call), row.id)


class CancellingPost(Body):
    """Why the entry was a mistake."""

    reason: NeededText = None


@post(f"{LIST}/{{post}}/cancel", "Cancel a post that was entered by mistake", repeat=_REPEAT)
def cancel_post(call: Call, post: int, body: CancellingPost) -> Post:
    row = post_entries.cancel(call.session, call.actor, call.now, post, body.given().get("reason", ""))
    return by_id(_lines(call), row.id)


def _lines(call: Call, unit_id: int | None = None) -> list[Post]:
    place = county_context(call.session)
    return [
        of(
            Post,
            line.row,
            unit=place.unit(line.row.unit_id).name,
            person=line.name,
            closed=line.closed,
            stands_for=line.stands_for,
            from_day=line.first,
            until_day=line.last,
            standing=line.standing,
        )
        for line in post_views.listed(call.session, call.actor, call.now, unit_id)
    ]
