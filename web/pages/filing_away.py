"""Filing on a page taken along: one choice names kind and cause, and says where the ticket goes, since nobody can be asked.

What the page said is held against what holds when the form arrives: to another unit nothing is filed unseen.  The last day
is counted from the arrival and is not on the page.
"""

from collections.abc import Iterable

from web import db, taken_along
from web.pages.checkup import ways_of
from web.pages.form_fields import Choice
from web.words.language import say
from web.words.system import unit_name
from workflow.actors import Actor
from workflow.errors import Conflict
from workflow.policy.scheme.model import Kind
from workflow.register.access import find_household

#: The input of the choice: kind, cause and unit by code.
FIELD = "way"


def ways(actor: Actor, household: str | None, kinds: Iterable[Kind]) -> list[Choice]:
    """What can be filed about a household, by kind; none on a page that is not taken along."""
    if not taken_along.is_now() or household is None:
        return []
    with db.read_session() as session:
        located = find_household(session, actor, household)
    offered: list[Choice] = []
    for kind in kinds:
        choices = [
            (
                "/".join((kind.code, way.cause.code if way.cause else "", way.unit.code)),
                f"{say(way.cause.name) if way.cause else say(kind.name)} → {unit_name(way.unit)}",
            )
            for way in ways_of(located, kind)
        ]
        offered.append((say(kind.name), choices))
    return offered


def chosen(value: str) -> tuple[str, str | None]:
    """Kind and cause of a choice."""
    kind, _slash, rest = value.partition("/")
    return kind, rest.partition("/")[0] or None


def check(value: str, unit: str) -> None:
    """Raises Conflict where the ticket would go to another unit than the page said."""
    if value.rpartition("/")[2] != unit:
        raise Conflict("not_what_was_shown")
