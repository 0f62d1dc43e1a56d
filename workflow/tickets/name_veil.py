"""Name veil: hides the names of a ticket's people in free text from readers to whom names are shown masked.

The text is stored as typed and veiled where it is shown.  Numbers are refused at input: see `redaction`.
"""

import re
from collections.abc import Callable, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Candidate, CandidatePerson, Household, Member, Ticket
from workflow.redaction import masked

Veil = Callable[[str], str]


def unveiled(text: str) -> str:
    """The text unchanged, for readers who may see names."""
    return text


def veil(session: Session, tickets: Iterable[Ticket]) -> Veil:
    """A function that masks the names of the tickets' people in a text, as elsewhere on the page.

    For a ticket of a whole village, the names of all its people; for one of a candidate likewise, since who reports a family
    names its neighbours, and the names of the candidate and of who consented for it.
    """
    rows = list(tickets)
    places = {row.in_village_id for row in rows if row.candidate_id is not None}
    of = select(Household.id, Household.head_name).where(
        or_(
            Household.id.in_({row.household_id for row in rows if row.household_id is not None}),
            Household.village_id.in_({row.village_id for row in rows if row.village_id is not None} | places),
        )
    )
    heads = of.subquery()
    members = select(Member.name).where(Member.household_id.in_(select(heads.c.id)))
    reported = {row.candidate_id for row in rows if row.candidate_id is not None}
    candidates = select(CandidatePerson.name).where(CandidatePerson.candidate_id.in_(reported))
    consented = select(Candidate.consent_by).where(Candidate.id.in_(reported))
    asked = (select(heads.c.head_name), members, *([candidates, consented] if reported else []))
    known = [name for query in asked for name in session.scalars(query)]
    # The longest first, so that 欧阳秋菊 is not left half shown because of 欧阳秋.
    names = sorted({name for name in known if len(name) > 1}, key=lambda name: (-len(name), name))
    if not names:
        return unveiled
    any_name = re.compile("|".join(map(re.escape, names)))
    return lambda text: any_name.sub(lambda match: masked(match[0]), text)
