"""Walk acts on units and villages: renamed, merged, divided, moved to another town, at once or planned ahead."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import Unit, Village
from tests.support.factories import County
from tests.support.reforms import DOCUMENT
from workflow.county.context import county_context
from workflow.reform import planned_reforms, reform_act, reform_parts

UNIT_KINDS = ("rename", "merge", "new", "split", "planned", "desk")
VILLAGE_KINDS = ("rename", "merge", "new", "move")


def asked(county: County, now: Any, serial: int, kind: str, subject: str, one: int, other: int) -> dict[str, Any]:
    """A reform of units or villages that are chosen by number, on a document that may have come some days late."""
    model: Any = Unit if subject == "unit" else Village
    if kind == "desk":
        return _desk(county, now, serial, one, other)
    with county.read() as session:
        rows = list(session.scalars(select(model).where(model.ended_on.is_(None)).order_by(model.id)))
        if subject == "unit":
            rows = [row for row in rows if row.type in ("town", "bureau")]
        towns = [row.code for row in session.scalars(select(Unit).where(Unit.type == "town", Unit.ended_on.is_(None)))]
    source, into = rows[one % len(rows)].code, rows[other % len(rows)].code
    digits = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(serial))
    name = f"{digits}新{'局' if subject == 'unit' else '村'}"
    first = (now - timedelta(days=serial % 3)).date().isoformat()
    whole: dict[str, Any] = {"subject": subject, **DOCUMENT, "from_day": first, "sources": [source], "another": True}
    if kind == "rename":
        return whole | {"kind": "rename", "name": name}
    if kind in ("merge", "planned"):
        return whole | {"kind": "merge", "into": into}
    if kind == "new":
        return whole | {"kind": "merge", "sources": list(dict.fromkeys((source, into))), "name": name}
    if kind == "move":
        return whole | {"kind": "move", "into": towns[other % len(towns)]}
    return whole | {"kind": "split", "parts": _parts(county, rows[one % len(rows)], name)}


def _desk(county: County, now: Any, serial: int, one: int, other: int) -> dict[str, Any]:
    """The office, the leading group or the inspectorate goes on as a new one, or at a bureau, or takes one in."""
    with county.read() as session:
        living = session.scalars(select(Unit).where(Unit.ended_on.is_(None)).order_by(Unit.id)).all()
    desks = [row.code for row in living if row.type not in ("town", "bureau")]
    bureaus = [row.code for row in living if row.type == "bureau"]
    office = next(row.code for row in living if row.type == "office")
    name = f"新{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}{serial}室"
    whole = {"kind": "merge", "subject": "unit", **DOCUMENT, "from_day": now.date().isoformat(), "another": True}
    if other % 4 == 0 or not bureaus:
        return whole | {"sources": [desks[one % len(desks)]], "name": name}
    bureau = bureaus[one % len(bureaus)]
    if other % 4 == 1:
        return whole | {"sources": [bureau], "into": office}
    return whole | {"sources": [office], "into": bureau, "name": name if other % 4 == 2 else ""}


def reformed(county: County, now: Any, serial: int, kind: str, subject: str, one: int, other: int) -> Any:
    """The office reforms; returns the moment at which it is done, of a planned one the next day."""
    whole, office = asked(county, now, serial, kind, subject, one, other), county.people["office"]
    if kind != "planned":
        with county.write() as session:
            reform_act.apply(session, office, now, whole)
        return now
    tomorrow = (now + timedelta(days=1)).date().isoformat()
    with county.write() as session:
        number = planned_reforms.enter(session, office, now, {**whole, "from_day": tomorrow}).id
    now += timedelta(days=1)
    with county.write() as session:
        planned_reforms.apply_planned(session, number, now)
    return now


def _parts(county: County, unit: Any, name: str) -> list[dict[str, Any]]:
    """Every second kind, item and village goes to the second successor."""
    with county.read() as session:
        known = reform_parts.divisible(session, county_context(session), session.get_one(Unit, unit.id))
    second: dict[str, Any] = {"name": f"{name}二"}
    second["kinds"] = [topic.removeprefix("kind:") for topic in known.topics[::2] if topic.startswith("kind:")]
    second["items"] = [topic.removeprefix("item:") for topic in known.topics[1::2] if topic.startswith("item:")]
    second["villages"] = [row.code for row in known.villages[::2]]
    second["accounts"] = [row.name for row in known.accounts[1::2]]
    return [{"name": f"{name}一"}, second]
