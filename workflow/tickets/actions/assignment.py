"""Assignment: routes a ticket to the one responsible unit, with confirmer, right to decline, hard stop and overall
limit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Household, Ticket
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import BadInput
from workflow.policy.routing import Routed, RoutingRefused, route


@dataclass(frozen=True, slots=True)
class Destination:
    """The responsible unit, the confirming unit, and the reason."""

    lead: UnitFact
    confirmer: UnitFact
    routed: Routed


@dataclass(frozen=True, slots=True)
class About:
    """What routes and confirmers depend on: the town of the subject, the unit it is, and the unit that filed.

    `judged`: the subject is a candidate, which its reporter does not judge.
    """

    town: UnitFact | None
    unit: UnitFact | None
    filer: int | None
    judged: bool = False

    @property
    def apart(self) -> bool:
        """Whether the filer does not confirm it: a unit's deficiency, or a candidate."""
        return self.unit is not None or self.judged

    def confirmer(self, setting: CountyContext, lead: UnitFact, wanted: UnitFact) -> UnitFact:
        """The unit that confirms the work of `lead`, never `lead`; of a unit's deficiency or a candidate never the filer
        either."""
        if self.apart or self.town is None:
            return setting.confirmer_about(lead, wanted, self.filer)
        return setting.confirmer_for(lead, wanted, self.town)


def about(setting: CountyContext, ticket: Ticket) -> About:
    """What the routes of a stored ticket depend on."""
    town = setting.unit(ticket.town_id) if ticket.town_id else None
    unit = setting.unit(ticket.subject_unit_id) if ticket.subject_unit_id else None
    filer = None if ticket.filed_unit_id is None else setting.present(ticket.filed_unit_id).id
    return About(town, unit, filer, ticket.candidate_id is not None)


def destination(setting: CountyContext, kind: str, cause: str, labour: str, about: About) -> Destination:
    """The destination of a deficiency by the scheme's routes.

    Raises BadInput for an unknown kind or cause, and for an open cause where a fixed last day depends on it.
    """
    try:
        routed = route(setting.scheme, kind, cause or None, labour)
    except RoutingRefused as refusal:
        field = "kind" if "kind" in refusal.code else "cause"
        raise BadInput(refusal.code, field, kind=kind, cause=cause) from refusal
    stop = setting.scheme.kind(kind).hard_stop
    if stop is not None and stop.causes and not cause:
        # An open cause would evade 20 December.
        raise BadInput("cause_decides_the_date", "cause")
    lead = setting.named(routed.lead, about.town, about.unit)
    wanted = setting.named(routed.confirmer, about.town, about.unit)
    return Destination(lead, about.confirmer(setting, lead, wanted), routed)


def check_route(setting: CountyContext, kind: str, ticket: Ticket) -> None:
    """Check that this kind can be filed for the ticket's subject.  Raises BadInput."""
    subject = ticket.subject_sort
    if subject not in setting.scheme.kind(kind).subjects:
        raise BadInput("kind_not_for_subject", "kind", kind=kind, subject=subject)


def assign(session: Session, setting: CountyContext, ticket: Ticket, at: datetime) -> None:
    """Route the ticket again and make the matched unit its lead, from `at` on."""
    household = session.get(Household, ticket.household_id) if ticket.household_id else None
    labour = household.labour if household else ticket.route_labour if ticket.candidate_id else "unknown"
    route = destination(setting, ticket.kind, ticket.cause, labour, about(setting, ticket))
    ticket.route, ticket.route_labour = route.routed.code, labour
    ticket.lead_unit_id, ticket.confirmer_unit_id = route.lead.id, route.confirmer.id
    ticket.may_decline = ticket.declines < setting.scheme.decline.rounds
    bind_hard_stop(setting, ticket)


def assign_to(setting: CountyContext, ticket: Ticket, unit: UnitFact) -> None:
    """Make `unit` the lead by decision, not by route.  If it is a town, the bureau of the route guides and confirms."""
    known = about(setting, ticket)
    route = destination(setting, ticket.kind, ticket.cause, ticket.route_labour, known)
    guided = known.unit is None and known.town is not None and unit.id == known.town.id != route.lead.id
    ticket.route = "ruling"
    ticket.lead_unit_id = unit.id
    ticket.confirmer_unit_id = known.confirmer(setting, unit, route.lead if guided else route.confirmer).id
    ticket.may_decline = ticket.declines < setting.scheme.decline.rounds
    bind_hard_stop(setting, ticket)


def bind_hard_stop(setting: CountyContext, ticket: Ticket) -> None:
    """Bind the hard stop, which applies only to its causes and to tickets filed before it (item 10)."""
    stop = setting.scheme.hard_stop_date(ticket.kind, ticket.cause or None, setting.year)
    bound = stop is not None and setting.clock.closing(stop) > ticket.filed_at
    ticket.hard_stop = stop if bound else None


def set_cap(setting: CountyContext, ticket: Ticket, began: datetime) -> None:
    """Set the overall limit of an episode that began then; it is watched and never shortens a stage."""
    ticket.cap_at = setting.clock.due(began, setting.scheme.limits_for(ticket.kind, ticket.urgent).cap)
