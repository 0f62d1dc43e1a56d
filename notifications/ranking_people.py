"""Ranking recipients: ranked towns, signing and reporting units, recipients of reports, and late units.

A unit is notified once, through its duty officer, or its people where it has none; a unit without people climbs to the
office and on, and the substitute sees in whose place.  Source: the notice's closing paragraph.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Authorisation, Event, Post, Ranking, Unit, User
from models.post import held_at
from notifications import unheard
from notifications.county_clock import county_clock, scheme_of
from notifications.rules import LAST_RESORT, RULES, upward
from notifications.successors import present
from workflow.policy.worktime import SHANGHAI, local_date

#: Reminders of units that owe figures before a ranking, or reports after it.
REMINDERS = ("remind_figures", "remind_reports")


def people(session: Session, event: Event) -> dict[int, str]:
    """The recipients of a ranking event, never its own actor, each with the role they substitute ("": their own)."""
    if event.action == "roll_reports" and not event.effect["late"]:
        # All units had reported: no message.
        return {}
    if event.action == "issue_report" and session.get_one(Unit, event.given["unit"]).type != "office":
        # Twenty units report three times a month; the ranking's page shows which have.
        return {}
    recipients: dict[int, str] = {}
    for role in RULES[event.action]:
        if role == "signer":
            # Without a leader nobody can sign; the office sees that the report does not come.
            recipients |= dict.fromkeys(_signers(session, event.given["unit"], event.at), "")
            continue
        units = _unit_ids(session, event, role)
        if units is None:
            _climb(session, event, role, upward(role), recipients)
            continue
        # A ranking is of the towns and units of its day.
        units = present(session, units)
        by_unit = _of_units(session, units, event.at)
        recipients |= {person: "" for persons in by_unit.values() for person in persons}
        if units - by_unit.keys():
            _climb(session, event, role, LAST_RESORT, recipients)
    recipients.pop(event.actor_id or 0, None)
    return recipients


def _unit_ids(session: Session, event: Event, role: str) -> set[int] | None:
    """The units of a role; None where it is a role of the county."""
    if role == "reminded":
        return set(event.effect["units"])
    row = session.get_one(Ranking, event.subject_id)
    given: dict[str, Any] = event.given
    if role == "ranked":
        codes = [line["town"] for line in row.content["county"]]
    elif role == "reporting":
        codes = [entry["unit"] for entry in row.content["units"]]
        codes += session.scalars(select(Unit.code).where(Unit.type == "office", Unit.ended_on.is_(None))).all()
    elif role == "figure":
        # An upheld objection is corrected by the reporting unit; other figures are counted from the record.
        rows = scheme_of(session, row.scheme_version_id).measures
        codes = [
            measure.reported_by
            for measure in rows
            if given["upheld"] and measure.code == given["measure"] and measure.reported_by
        ]
    elif role == "late":
        return set(event.effect["late"])
    elif role in ("objector", "reporter"):
        return {given["town" if role == "objector" else "unit"]}
    else:
        return None
    return set(session.scalars(select(Unit.id).where(Unit.code.in_(codes))))


def _signers(session: Session, unit: int, at: datetime) -> list[int]:
    """The leader of the unit and whom the leader has authorised to sign, of those with an open account."""
    leader = select(Post.user_id).where(Post.unit_id == unit, Post.kind == "leader", held_at(at))
    today = local_date(at)
    authorised = select(Authorisation.user_id).where(
        Authorisation.unit_id == unit,
        Authorisation.kind == "sign",
        Authorisation.from_day <= today,
        Authorisation.until_day >= today,
        Authorisation.ended_at.is_(None),
        Authorisation.by_id.in_(leader),
    )
    deputies = select(Post.user_id).where(Post.stands_for_id.in_(leader), held_at(at))
    may_sign = User.id.in_(leader) | User.id.in_(authorised) | User.id.in_(deputies)
    query = select(User.id).where(User.active, may_sign)
    return list(session.scalars(query.order_by(User.id)))


def _of_units(session: Session, units: Iterable[int], at: datetime) -> dict[int, set[int]]:
    """By unit its duty officer, or without one all its people; units without people are omitted."""
    on_duty = (
        select(User.unit_id, User.id)
        .join(Post, Post.user_id == User.id)
        .where(User.active, User.unit_id.in_(units), Post.kind == "duty", held_at(at))
    )
    by_unit: dict[int, set[int]] = {}
    for unit, person in session.execute(on_duty):
        by_unit.setdefault(unit or 0, set()).add(person)
    own = select(User.unit_id, User.id).where(
        User.active,
        User.unit_id.in_(set(units) - by_unit.keys()),
        User.role.not_in(("village", "admin")),
    )
    for unit, person in session.execute(own):
        by_unit.setdefault(unit or 0, set()).add(person)
    return by_unit


def _climb(session: Session, event: Event, meant: str, way: Iterable[str], recipients: dict[int, str]) -> None:
    """Add the people of the first role of the county that has any."""
    for role in way:
        members = session.scalars(select(User.id).where(User.active, User.role == role)).all()
        for person in members:
            if role == meant:
                recipients[person] = ""
            else:
                recipients.setdefault(person, meant)
        if members:
            return
    unheard.note(session, event)


def facts(session: Session, event: Event) -> dict[str, Any]:
    """The outgoing facts of a ranking event or a reminder: the ranking's day, and when its reports are due."""
    if event.action in REMINDERS:
        on = date.fromisoformat(event.given["on"])
        made = event.action == "remind_reports"
        return {
            "path": f"/rankings/{on.isoformat()}#reports" if made else "/rankings",
            "what": [f"{on.year}年{on.month}月{on.day}日各镇排名", f"Ranking of {on}"],
        }
    row = session.get_one(Ranking, event.subject_id)
    again = (f"（第{row.edition}版）", f" (edition {row.edition})") if row.edition > 1 else ("", "")
    params: dict[str, Any] = {
        "path": f"/rankings/{row.on.isoformat()}",
        "what": [f"{row.on.year}年{row.on.month}月{row.on.day}日各镇排名{again[0]}", f"Ranking of {row.on}{again[1]}"],
    }
    if event.action == "rank":
        params["due"] = f"{reports_due(session, row):%m-%d %H:%M}"
    return params


def reports_due(session: Session, row: Ranking) -> datetime:
    """When the written reports on a ranking are due, in China's time."""
    rule = scheme_of(session, row.scheme_version_id).ranking
    day = local_date(county_clock(session).clock.due(row.made_at, rule.report_days))
    return datetime.combine(day, time.fromisoformat(rule.report_at), SHANGHAI)
