"""Timeline: a ticket's events as its readers see them; a former holder reads up to its own exit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, EventSecret, User, Village
from workflow.actors import Actor
from workflow.county.context import UnitFact, county_context
from workflow.history.standing_in import names
from workflow.tickets.lookup import find_ticket
from workflow.tickets.name_veil import unveiled, veil
from workflow.tickets.visibility import cut_at, masks_names, only_checks

#: Events beside the course of a ticket: neither its state nor its holder, its deadline or its rung changes by them.
BESIDE = frozenset(
    {
        *("evidence", "comment", "handler", "assist", "unassist", "enter", "withdraw_entry"),
        *("ask_time", "refuse_time", "decline_rung", "spot_holds", "spot_false"),
        *("sign_paper", "answer_paper", "deem_received", "ask_revocation", "keep_paper"),
        *("instruct", "answer_instruction", "return_instruction", "accept_instruction"),
        *("withdraw_instruction", "press_instruction"),
    }
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event for display; `words` is empty once erased."""

    seq: int
    at: datetime
    effective_at: datetime
    actor: str | None
    #: The person who was away and in whose stead a deputy acted.
    in_stead_of: str | None
    role: str
    unit: UnitFact | None
    #: The village of a village cadre, who acts for the village and not for the town.
    village: str | None
    action: str
    from_state: str | None
    to_state: str | None
    given: dict[str, Any]
    effect: dict[str, Any]
    words: dict[str, Any]
    hash: str

    @property
    def moves(self) -> bool:
        """Whether the event moved the ticket, and was not only an act beside its course."""
        return self.action not in BESIDE


def history(session: Session, actor: Actor, number: str) -> list[HistoryLine]:
    """The ticket's events in order, up to the exit of a former holder.  Raises NotFound."""
    ticket = find_ticket(session, actor, number)
    setting = county_context(session, ticket.scheme_version_id)
    cut = cut_at(actor, ticket, session)
    stranger = cut is not None or only_checks(actor, ticket, session)
    show = veil(session, [ticket]) if masks_names(actor, stranger) else unveiled
    rows = session.execute(
        select(Event, EventSecret.body, User.display_name, Village.name)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Village, Village.id == User.village_id)
        .where(Event.subject_type == "ticket", Event.subject_id == ticket.id)
        .order_by(Event.seq)
    ).all()
    away = names(session, (event.given.get("in_stead_of") for event, *_ in rows))
    return [
        HistoryLine(
            seq=event.seq,
            at=event.at,
            effective_at=event.effective_at,
            actor=name,
            in_stead_of=away.get(event.given.get("in_stead_of")),
            role=event.actor_role,
            unit=setting.units.get(event.actor_unit_id) if event.actor_unit_id else None,
            village=village,
            action=event.action,
            from_state=event.from_state,
            to_state=event.to_state,
            given=event.given,
            effect=event.effect,
            # The place of a photo is where a household lives; the history commits to it and the evidence shows it.
            # A paper repeats its reason with names masked; a duty's forms and a candidate's people are
            # shown on their pages.
            words={
                name: show(said) if isinstance(said, str) else said
                for name, said in (body or {}).items()
                if name not in ("camera", "printed", "form", "fields", "candidate")
            },
            hash=event.hash,
        )
        for event, body, name, village in rows
        if cut is None or event.effective_at <= cut
    ]
