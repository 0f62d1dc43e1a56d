"""Delivery planning: the deliveries of an event by address and unit bot, their time, and the reason for or against
each.

The rows are written with the in-app messages in the same transaction, and sent afterwards by the worker.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Address, Event, Preference, Robot, Ticket, Unit, User, Village
from notifications import checking_people, ranking_people
from notifications.county_clock import county_clock, scheme_of
from notifications.rules import ALL_RULES, BY_LADDER, Manner, manner

#: A refused or bounced address gets nothing more; an unreachable one still does.
DEAD_ENDS = ("refused", "bounced")
LANGUAGE = "zh_Hans"
#: The parameter that marks urgent messages.
PRESSING = "pressing"
#: Links of messages that are about no ticket.
_PAGES = {
    "appointed": "/posts",
    "ask_erasure": "/personal-data",
    "authorise": "/authorisations",
    "calendar": "/calendar",
    "draw": "/spot-checks",
    "end_authorisation": "/authorisations",
    "took_over": "/taken-over",
    "head_sent": "/blocks",
    "papers_waiting": "/board#waiting",
    "post_cancelled": "/posts",
    "post_ended": "/posts",
    "post_reinstated": "/posts",
}
#: Roles that may open a paper's page.
_OF_PAPERS = {"pressed", "issuer"}


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event with its message kind and recipients (each with the role they substitute, or "")."""

    event: Event
    kind: str
    params: Mapping[str, Any]
    recipients: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """One possible delivery to a person or a unit's bot; `leaves` says whether it is sent, `why` the reason."""

    announcement: Announcement
    channel: str
    user_id: int | None
    address_id: int | None
    robot_id: int | None
    at: datetime | None
    why: str
    params: dict[str, Any]
    language: str
    weighty: bool

    @property
    def leaves(self) -> bool:
        return self.at is not None

    def row(self, now: datetime) -> dict[str, Any]:
        """The delivery's columns."""
        whom = f"u{self.user_id}" if self.user_id is not None else f"r{self.robot_id}" if self.robot_id else "log"
        return {
            "channel": self.channel,
            "event_id": self.announcement.event.id,
            "key": f"e{self.announcement.event.id}:{whom}:{self.channel}",
            "address_id": self.address_id,
            "robot_id": self.robot_id,
            "kind": self.announcement.kind,
            "params": self.params,
            "language": self.language,
            "weighty": self.weighty,
            "created_at": now,
            "status": "pending",
            "next_at": self.at,
            "tries": 0,
        }


@dataclass(frozen=True, slots=True)
class _Reach:
    """The addresses and preferences of the people of a batch."""

    addresses: Mapping[int, list[Address]]
    people: Mapping[int, tuple[str | None, str, int | None]]
    preferences: Mapping[tuple[int, str], str]
    robots: Mapping[int, list[Robot]]


def plan(session: Session, announcements: Sequence[Announcement], now: datetime, *, every: bool = False) -> list[Plan]:
    """The deliveries of the events; with `every` also the suppressed ones with their reason (for the preview)."""
    reach = _reach(session, announcements)
    logged = [entry for entry in announcements if entry.event.given.get("syslog") and entry.kind == "head_sent"]
    if not every and not reach.addresses and not reach.robots and not logged:
        return []
    setting = county_clock(session)
    plans: list[Plan] = [
        Plan(entry, "syslog", None, None, None, now, "log server", facts(session, entry)[0], "en", False)
        for entry in logged
    ]
    for entry in announcements:
        if not entry.recipients:
            continue
        params, urgent = facts(session, entry)
        how = manner(entry.kind, entry.params.get("rung"))
        at = setting.speaking_hour(now) if how.waits and not urgent else now
        if urgent or not how.waits:
            # This is not postponed, however many messages the recipient gets.
            params[PRESSING] = True
        weighty = how.weighty or (entry.kind == BY_LADDER and bool(entry.event.given.get("paper")))
        for person, instead in sorted(entry.recipients.items()):
            mine = {**params, "instead_of": instead} if instead else params
            plans += _to_person(Plan(entry, "", person, None, None, at, "", mine, LANGUAGE, weighty), how, reach, every)
        for robot in () if how.personal else _robots(entry, reach):
            plans.append(
                Plan(entry, robot.channel, None, None, robot.id, at, "unit's robot", params, LANGUAGE, weighty)
            )
    return plans


def _to_person(draft: Plan, how: Manner, reach: _Reach, every: bool) -> list[Plan]:
    """The deliveries to a person: `draft` completed for each channel that may carry it."""
    entry, person = draft.announcement, draft.user_id or 0
    language = reach.people[person][0] or LANGUAGE if person in reach.people else LANGUAGE
    rows = []
    addresses = {row.channel: row for row in reach.addresses.get(person, ())}
    for channel in ("email", "sms"):
        row, why = addresses.get(channel), ""
        if channel == "sms" and not how.sms:
            why = "not a kind for text messages"
        elif row is None:
            why = "no verified address"
        elif row.fault in DEAD_ENDS:
            why = f"address {row.fault}"
        elif channel == "email" and not how.mandatory:
            preference = reach.preferences.get((person, entry.kind), how.how)
            why = {"at_once": "", "digest": "in the morning digest", "off": "switched off by the person"}[preference]
        if not why or every:
            rows.append(
                replace(
                    draft,
                    channel=channel,
                    address_id=row.id if row else None,
                    at=None if why else draft.at,
                    why=why or ("mandatory" if how.mandatory else "at once"),
                    language=language,
                )
            )
    return rows


def _robots(entry: Announcement, reach: _Reach) -> list[Robot]:
    """The bots of the units whose own people are notified; a village's cadre is no member of the town's group."""
    units = {
        reach.people[person][2]
        for person in entry.recipients
        if person in reach.people and reach.people[person][1] != "village"
    }
    return [robot for unit in sorted(unit for unit in units if unit) for robot in reach.robots.get(unit, ())]


def _reach(session: Session, announcements: Sequence[Announcement]) -> _Reach:
    people = sorted({person for entry in announcements for person in entry.recipients})
    robots = defaultdict(list)
    addresses = defaultdict(list)
    for robot in session.scalars(select(Robot).where(Robot.ended_at.is_(None)).order_by(Robot.id)):
        robots[robot.unit_id].append(robot)
    for row in session.scalars(
        select(Address).where(Address.user_id.in_(people), Address.ended_at.is_(None), Address.verified_at.is_not(None))
    ):
        addresses[row.user_id].append(row)
    if not addresses and not robots:
        return _Reach({}, {}, {}, {})
    known = session.execute(select(User.id, User.language, User.role, User.unit_id).where(User.id.in_(people)))
    preferences = session.execute(
        select(Preference.user_id, Preference.kind, Preference.how).where(Preference.user_id.in_(sorted(addresses)))
    )
    return _Reach(
        addresses,
        {row[0]: (row[1], row[2], row[3]) for row in known},
        {(row[0], row[1]): row[2] for row in preferences},
        robots,
    )


def read_ahead(session: Session, events: Sequence[Event]) -> list[Any]:
    """The tickets of these events with villages and towns, kept loaded as long as the list."""
    ids = sorted({event.subject_id for event in events if event.subject_type == "ticket"})
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(ids))).all()
    of_villages = sorted({ticket.in_village_id for ticket in tickets if ticket.in_village_id is not None})
    villages = session.scalars(select(Village).where(Village.id.in_(of_villages))).all()
    units = {village.town_id for village in villages} | {
        ticket.subject_unit_id for ticket in tickets if ticket.subject_unit_id is not None
    }
    towns = session.scalars(select(Unit).where(Unit.id.in_(sorted(units)))).all()
    return [*tickets, *villages, *towns]


def facts(session: Session, entry: Announcement) -> tuple[dict[str, Any], bool]:
    """The outgoing facts of an event: number, village, kind, rung and link, and whether it is urgent."""
    event = entry.event
    if event.subject_type == "case":
        case = [f"第{event.subject_id}号问责案", f"Accountability case {event.subject_id}"]
        return {"path": f"/cases/{event.subject_id}", "what": case}, False
    if event.subject_type in ("household", "random_draw", "bulk_list"):
        return {"path": checking_people.path_of(session, event)}, False
    if event.subject_type == "ranking" or event.action in ranking_people.REMINDERS:
        return ranking_people.facts(session, event), False
    if entry.kind == "head_sent":
        return _block_head(event), False
    if entry.kind == "verified":
        return {"path": "/inbox", "count": event.given["findings"]}, False
    if entry.kind == "view_entered":
        return {"path": f"/views/{event.subject_id}", "count": event.given["count"]}, False
    if event.subject_type != "ticket":
        count = {"count": event.given["waiting"]} if entry.kind == "papers_waiting" else {}
        return {"path": _PAGES.get(entry.kind, "/inbox"), **count}, False
    ticket = session.get_one(Ticket, event.subject_id)
    params: dict[str, Any] = {"number": ticket.number, "path": f"/tickets/{ticket.number}", **named(session, ticket)}
    if "rung" in entry.params or "rung" in event.given:
        rung = int(entry.params.get("rung", event.given.get("rung")))
        name = scheme_of(session, ticket.scheme_version_id).ladder.rungs[rung - 1].name
        params["rung"] = [name.zh, name.en]
        params["proposed"] = entry.params.get("status") == "proposed"
        if entry.params.get("status") == "recorded":
            params["recorded"] = True
    if event.given.get("paper") and _OF_PAPERS.issuperset(ALL_RULES.get(entry.kind, ("ticket",))):
        params["path"] = f"/papers/{quote(event.given['paper'], safe=':')}"
    if event.given.get("instruction"):
        params["path"] = f"/instructions/{event.given['instruction']}"
    return params, ticket.urgent


def _block_head(event: Event) -> dict[str, Any]:
    """The head of the history so that a person reads it, and the page that compares it finds it in the text."""
    number, total, said = (
        event.given["block"],
        event.given["events"],
        f"block {event.given['block']} {event.effect['hash']}",
    )
    words = [f"第{number}批，至此共{total}条记录", f"{total} events so far"] if total is not None else ["", ""]
    return {"path": _PAGES["head_sent"], "what": [f"{said} {words[0]}".strip(), f"{said} {words[1]}".strip()]}


def named(session: Session, ticket: Ticket) -> dict[str, Any]:
    """The kind of a ticket and its village, or the unit it is about, in both languages where there are two."""
    labels: dict[str, Any] = {}
    code = ticket.duty_code or ticket.kind
    names = scheme_of(session, ticket.scheme_version_id).names()
    called = next((text for known, text in names if known == code), None)
    labels["what"] = [called.zh, called.en] if called else [code, code]
    if ticket.in_village_id is not None:
        village = session.get_one(Village, ticket.in_village_id)
        town = session.get_one(Unit, village.town_id)
        labels["village"] = [f"{town.name}{village.name}", f"{town.name_en} {village.name}"]
    if ticket.subject_unit_id is not None:
        unit = session.get_one(Unit, ticket.subject_unit_id)
        labels["subject_unit"] = [unit.name, unit.name_en]
    return labels
