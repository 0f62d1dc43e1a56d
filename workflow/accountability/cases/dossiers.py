"""Case dossiers: the custody chain of a ticket from its history, frozen with every event of the case.

Read again when the case is proposed, opened, notified and appealed; in between the figures stay as they were notified,
and only the course of the case grows.  Names of people in households are masked for every reader, so that it prints the
same for all.  All minutes are working minutes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Block, CaseDossier, Charge, Custody, Event, EventSecret, Ticket, User
from workflow.accountability.cases.case_record import folded
from workflow.county.context import CountyContext
from workflow.county.leaders import InOffice
from workflow.history import event_log, standing_in
from workflow.history.event_log import canonical, digest, stamp
from workflow.text_content import is_statement
from workflow.tickets.actions.action_input import Act
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.custody import downtime
from workflow.tickets.name_veil import Veil, veil

#: The actions with which the facts are read again.
_AFRESH = ("propose_case", "open", "notify", "appeal")
#: The acts that demand something of a unit; the second part only of the responsible one.
_OF_LEAD = ("reject", "uphold", "reassign", "refuse_time", "reopen")
ASKED = ("escalate", "issue_rung", "decline_rung", "comment", "send_back", *_OF_LEAD)
#: The acts of a unit in answer, and the time it was given.
ANSWERED = (
    *(action.name for action in ACTIONS.values() if action.answers),
    *("ask_time", "comment", "refuse_time", "sign_paper", "answer_paper"),
)
GRANTED = tuple(action.name for action in ACTIONS.values() if action.grants_time)
_SAID = ("rung", "stage", "status", "paper", "until", "ground", "kind", "request", "unit")


def freeze(session: Session, setting: CountyContext, case: AccountabilityCase, act: Act) -> CaseDossier:
    """Freeze the dossier with this event of the case, which records its hash."""
    seq, head = event_log.head_of(session, "case", case.id)
    last = latest(session, case.id)
    ticket = session.get_one(Ticket, case.ticket_id)
    hides = veil(session, [ticket])
    old = last.content if last is not None else {"facts": None, "course": []}
    step = {
        "seq": seq + 1,
        "at": stamp(act.now),
        "effective_at": stamp(act.at),
        "action": act.action,
        "to": case.state,
        "by": act.actor.name or None,
        **_away(name_of(session, standing_in.in_stead_of(session, ("case", case.id), act.actor, act.now))),
        "unit": act.actor.unit_id,
        "codes": dict(act.input.hashed),
        "words": {name: hides(str(said)) for name, said in act.input.private_text.items()},
    }
    content = {
        "case": {"id": case.id, **folded(case)},
        "leader": name_of(session, case.leader_id),
        "facts": facts(session, setting, case, ticket, act.at, hides) if act.action in _AFRESH else old["facts"],
        "course": [*old["course"], step],
        "prev": head,
    }
    row = CaseDossier(
        case_id=case.id,
        seq=seq + 1,
        action=act.action,
        made_at=act.now,
        content=content,
        hash=digest(canonical(content)),
    )
    session.add(row)
    return row


def latest(session: Session, case_id: int) -> CaseDossier | None:
    """The last frozen dossier."""
    query = select(CaseDossier).where(CaseDossier.case_id == case_id).order_by(CaseDossier.seq.desc()).limit(1)
    return session.scalars(query).one_or_none()


def facts(
    session: Session, setting: CountyContext, case: AccountabilityCase, ticket: Ticket, at: datetime, hides: Veil
) -> dict[str, Any]:
    """The facts of the ticket's history up to `at`: codes, figures, and words with names masked."""
    custodies = list(session.scalars(select(Custody).where(Custody.ticket_id == ticket.id).order_by(Custody.seq)))
    lines = [_custody(session, setting, case, row, at) for row in custodies]
    events = _events_of_ticket(session, ticket, at, hides)
    seq, head = event_log.head_of(session, "ticket", ticket.id)
    block = session.execute(select(Block.number, Block.hash).order_by(Block.number.desc()).limit(1)).one_or_none()
    seqs = {row.id: row.seq for row in custodies}
    return {
        "at": stamp(at),
        "ticket": {
            "number": ticket.number,
            "kind": ticket.kind,
            "town": ticket.town_id,
            "state": ticket.state,
            "filed_at": stamp(ticket.filed_at),
            "false_closings": ticket.false_closings,
            "seq": seq,
            "hash": head,
        },
        "block": {"number": block[0], "hash": block[1]} if block else None,
        "custodies": lines,
        "asked": [event for event in events if _asks(event, case.unit_id, ticket)],
        "answered": [event for event in events if event["action"] in ANSWERED and event["unit"] == case.unit_id],
        "granted": [event for event in events if event["action"] in GRANTED],
        "charges": _charges(session, seqs),
        "downtime": [
            {"seq": seqs[row_id], "minutes": minutes}
            for row_id, minutes in sorted(downtime.lost(session, setting.clock, custodies, at).items())
        ],
        "totals": _totals(lines),
    }


def _asks(event: dict[str, Any], unit_id: int, ticket: Ticket) -> bool:
    """Whether the act demanded something of the unit: by another unit, and not of another unit."""
    meant = event["codes"].get("unit")
    if event["action"] in _OF_LEAD:
        meant = ticket.lead_unit_id
    others = isinstance(meant, int) and meant != unit_id
    return event["action"] in ASKED and event["unit"] != unit_id and not others


def _charges(session: Session, seqs: dict[int, int]) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Charge).where(Charge.custody_id.in_(seqs), Charge.ground != "downtime").order_by(Charge.id)
    )
    return [{"seq": seqs[r.custody_id], "unit": r.unit_id, "minutes": r.minutes, "ground": r.ground} for r in rows]


def _custody(
    session: Session, setting: CountyContext, case: AccountabilityCase, row: Custody, at: datetime
) -> dict[str, Any]:
    held, over = row.minutes, row.late_minutes
    if held is None:
        # Still open: up to this moment.
        held = setting.clock.minutes_between(row.began_at, at)
        over = setting.clock.minutes_between(row.due_at, at) if at > row.due_at else 0
    return {
        "seq": row.seq,
        "episode": row.episode,
        "unit": row.unit_id,
        "stage": row.stage,
        "began_at": stamp(row.began_at),
        "due_at": stamp(row.due_at),
        "ended_at": stamp(row.ended_at) if row.ended_at else None,
        "verdict": row.verdict,
        "minutes": held,
        "late": over or 0,
        "granted": row.granted,
        "leader": name_of(session, row.leader_id),
        "deputies": list(InOffice(session, [row.unit_id]).deputies(row.leader_id, row.began_at, row.ended_at or at)),
        "handler": name_of(session, row.handler_id),
        "complained": row.id == case.custody_id,
    }


def _totals(lines: list[dict[str, Any]]) -> list[dict[str, int]]:
    """Minutes held per unit, without suspensions, and those past deadlines, in order of appearance."""
    totals: dict[int, dict[str, int]] = {}
    for line in lines:
        entry = totals.setdefault(line["unit"], {"unit": line["unit"], "minutes": 0, "late": 0, "stopped": 0})
        entry["stopped" if line["stage"] == "hold" else "minutes"] += line["minutes"]
        entry["late"] += line["late"]
    return list(totals.values())


def _events_of_ticket(session: Session, ticket: Ticket, at: datetime, hides: Veil) -> list[dict[str, Any]]:
    wanted = {*ASKED, *ANSWERED, *GRANTED}
    rows = session.execute(
        select(Event, EventSecret.body, User.display_name)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "ticket", Event.subject_id == ticket.id, Event.effective_at <= at)
        .order_by(Event.seq)
    ).all()
    away = standing_in.names(session, (event.given.get("in_stead_of") for event, *_ in rows))
    return [
        {
            "seq": event.seq,
            "at": stamp(event.effective_at),
            "action": event.action,
            "by": name,
            **_away(away.get(event.given.get("in_stead_of"))),
            "unit": event.actor_unit_id,
            "codes": {key: event.given[key] for key in _SAID if event.given.get(key) is not None},
            # A reason and its printed form count as one.
            "words": list(dict.fromkeys(hides(said) for said in (body or {}).values() if isinstance(said, str))),
        }
        for event, body, name in rows
        if event.action in wanted
        # A comment may be as short as its writer likes; a dossier prints those that say something.
        and (event.action != "comment" or any(is_statement(said) for said in (body or {}).values()))
    ]


def _away(name: str | None) -> dict[str, str]:
    """The person in whose stead a deputy acted; no key where nobody was away, as in dossiers of before."""
    return {"in_stead_of": name} if name else {}


def name_of(session: Session, user_id: int | None) -> str | None:
    """The display name of a person; None without one."""
    return session.scalar(select(User.display_name).where(User.id == user_id)) if user_id is not None else None
