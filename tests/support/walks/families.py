"""Walk acts on families and households: lives, splits, mergers, moves, corrections, and families that are not registered."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import BulkLine, FormerCode, Household, Ticket, Unit, Village
from tests.support.bulk_lists import line, taken
from tests.support.candidates import report
from tests.support.lives import act, happen
from tests.support.spreadsheets import VAULT
from tests.support.walks.walk import Nothing, Walk
from workflow.accountability import deemed_receipts, sweep
from workflow.register.bulk_lists import list_answers, list_erasure
from workflow.register.bulk_lists.list_answers import LineAnswer
from workflow.register.candidates import erasure
from workflow.register.lives.family_input import NewPerson

VILLAGES = ("town-a-v1", "town-a-v2", "town-b-v1", "town-b-v2")


def begins(walk: Walk, kind: str, at: int) -> None:
    """Somebody is born, comes in, or was forgotten and is registered."""
    home, name = _home(walk, at), walk.stranger()[0]
    reason = {"reason": "核对户口簿，登记时遗漏"} if kind == "registered" else {}
    person = NewPerson(name=name)
    happen(walk.county, kind, person=person, who=walk.recorder(at), household=home.code, at=walk.now, **reason)
    walk.everybody.add(name)


def ends(walk: Walk, kind: str, at: int, which: int, to: int) -> None:
    """Somebody dies, leaves, was registered by mistake, or moves; the head of those who stay is the next one, and with the
    last the household ends.  Or somebody else becomes head."""
    home = _home(walk, at)
    rows = walk.members(home)
    chosen = rows[which % len(rows)]
    told: dict[str, Any] = {"who": "office", "household": home.code, "at": walk.now}
    if kind == "head":
        happen(walk.county, kind, chosen.name, **told)
        return
    if chosen.position == 1 and len(rows) > 1:
        told["head"] = rows[1].name
    if kind == "moved":
        told["to"] = _home(walk, to).code
    happen(walk.county, kind, chosen.name, ends=True, reason="核对户口簿", **told)
    if kind != "moved":
        walk.everybody.discard(chosen.name)


def split(walk: Walk, at: int, which: int) -> None:
    """One who is no head splits off, with some of the tickets, to a household that is new or was merged into this one."""
    home = _home(walk, at)
    rows = walk.members(home)[1:]
    leaving = [rows[which % len(rows)].name] if rows else []
    with walk.county.read() as session:
        still = (Ticket.household_id == home.id, Ticket.ended_at.is_(None))
        going = [row.number for row in session.scalars(select(Ticket).where(*still)).all()[: which % 2]]
        merged = session.scalars(select(Household.code).where(Household.successor_id == home.id)).first()
    back = {"to": merged} if merged and which % 3 == 0 else {}
    act(walk.county, "split", *leaving, household=home.code, at=walk.now, tickets=going, **back)


def merged(walk: Walk, at: int, to: int) -> None:
    act(walk.county, "merged", household=_home(walk, at).code, to=_home(walk, to).code, at=walk.now)


def relocated(walk: Walk, at: int, to: int) -> None:
    act(
        walk.county,
        "relocated",
        household=_home(walk, at).code,
        to=VILLAGES[to % 4],
        at=walk.now,
        who=walk.recorder(to),
    )


def undone(walk: Walk, at: int) -> None:
    """A household that was registered by mistake."""
    home = _home(walk, at)
    gone = {row.name for row in walk.members(home)}
    act(walk.county, "undone", household=home.code, reason="整户误录，核实后撤销", at=walk.now)
    walk.everybody -= gone


def corrected(walk: Walk, at: int, back: int) -> None:
    """A household's code is corrected, or a correction is taken back."""
    home = _home(walk, at)
    with walk.county.read() as session:
        former = session.scalars(select(FormerCode.code).where(FormerCode.household_id == home.id)).all()
    code = former[back % len(former)] if former and back % 2 else f"G{walk.next_number()}"
    act(walk.county, "code_corrected", household=home.code, to=code, at=walk.now, who=walk.recorder(back))


def reports(walk: Walk, at: int, who: int) -> None:
    """A family is reported that is not on the register."""
    people = [dict(zip(("name", "id_number"), walk.stranger(), strict=True)) for _ in range(2)]
    report(walk.county, walk.recorder(who), walk.now, people, _village(walk, at))


def listed(walk: Walk, at: int, which: int) -> None:
    """The water bureau's list names somebody of the register, somebody whom nobody knows, and a village nobody knows."""
    home = _home(walk, at)
    with walk.county.read() as session:
        village = session.get_one(Village, home.village_id)
        place = {"village": village.name, "town": session.get_one(Unit, village.town_id).name}
    known = [
        line(row.name, VAULT.open(row.id_sealed) if row.id_sealed and which % 2 else "", **place)
        for row in walk.members(home)[:1]
    ]
    strangers = [line(*walk.stranger(), **place), line(walk.stranger()[0], "", "从前的村", place["town"])]
    taken(walk.county, *known, *strangers[: 1 + which % 2], at=walk.now)


def answered(walk: Walk, at: int, answer: str) -> None:
    """A line of a list that asks is answered."""
    with walk.county.read() as session:
        asked = session.scalars(select(BulkLine.id).where(BulkLine.outcome == "asked").order_by(BulkLine.id)).all()
    if not asked:
        raise Nothing
    given: dict[str, Any] = {"reason": "已迁往外县，核对后不属本县"} if answer == "left_out" else {}
    if answer == "household":
        given = {"household": _home(walk, at).code}
    elif answer == "candidate":
        given = {"village": _village(walk, at)}
    with walk.county.write() as session:
        office = walk.county.people["office"]
        chosen = asked[at % len(asked)]
        list_answers.answer_line(session, office, walk.now, VAULT, chosen, LineAnswer(answer=answer, **given))


def waits(walk: Walk, days: int) -> None:
    """Some weeks pass, and the worker does what is due."""
    walk.now += timedelta(days=days)
    with walk.county.write() as session:
        erasure.erase_due(session, walk.now)
        list_erasure.erase_due(session, walk.now)
    sweep.run(walk.county.read, walk.county.write, walk.now)
    with walk.county.read() as session:
        assert deemed_receipts.next_due(session, walk.now) is None, "a sweep sees to receipts as well"


def _home(walk: Walk, at: int) -> Household:
    home = walk.home(at)
    if home is None:
        raise Nothing
    return home


def _village(walk: Walk, at: int) -> str:
    with walk.county.read() as session:
        villages = session.scalars(select(Village.code).where(Village.ended_on.is_(None)).order_by(Village.id)).all()
    return villages[at % len(villages)]
