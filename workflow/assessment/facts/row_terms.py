"""Row terms: what terms about people, villages and the quota's houses count, each with the rows behind it.

A person is named by the code of the household and the position in it, never by name.
"""

from collections.abc import Iterator

from workflow.assessment.facts.known_facts import Known
from workflow.policy.counted_people import GROUPS, RECORDED, recorded
from workflow.policy.worktime import local_date
from workflow.register.counted.quota import share_of

#: The kinds of terms counted here.
KINDS = ("people", "villages", "quota")


def rows(known: Known, term: str, town_id: int) -> Iterator[str]:
    """The rows a term counts in a town: villages by code, houses of the quota by household, people by household and
    position."""
    kind, _, name = term.partition(".")
    if kind == "people":
        return _people(known, term, town_id)
    return _villages(known, name, town_id) if kind == "villages" else _houses(known, name, town_id)


def quota_target(known: Known, town_id: int) -> int:
    """The town's part of the quota by the scheme; 0 without one."""
    return share_of(known.setting, known.setting.unit(town_id).code)


def _villages(known: Known, name: str, town_id: int) -> Iterator[str]:
    """Of listed villages alone: an income entered before a village was taken off the list counts no more."""
    for row in known.counted.villages.values():
        wanted = {"listed": True, "surveyed": row.reached is not None, "reached": row.reached is True}[name]
        if row.town_id == town_id and row.listed_poor and wanted:
            yield row.code


def _houses(known: Known, name: str, town_id: int) -> Iterator[str]:
    for home in known.homes.get(town_id, ()):
        house = known.counted.houses.get(home.id)
        if house is not None and (name == "listed" or getattr(house, f"{name}_on") is not None):
            yield home.code


def _people(known: Known, term: str, town_id: int) -> Iterator[str]:
    name = term.partition(".")[2]
    group, fact = RECORDED.get(name, (name, ""))
    on = local_date(known.at)
    for home in known.homes.get(town_id, ()):
        for person in known.people.get(home.id, ()):
            if GROUPS[group](person, on) and (not fact or recorded(person, fact)):
                yield f"{home.code} {person.position}"
