"""The demo county's reform: a bureau renamed, two merged, a town into another, four villages into one, with everything open;
afterwards somebody can go on with every ticket, and every unit has its people."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Authorisation,
    Candidate,
    Custody,
    Event,
    Household,
    PlannedReform,
    Post,
    Ticket,
    Unit,
    User,
    Village,
)
from models.engine import reading
from tests.support.simulated_county import NOW, Lived, reforms
from workflow.actors import Actor, acting
from workflow.county.context import county_context
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.views import detail
from workflow.tickets.visibility import sees


def test_the_reform_is_played_whole(slack_county: Lived) -> None:
    with reading(slack_county.engine) as session:
        (bureau, town, village, inspection, office) = reforms(session)
        assert [row.subject for row in (bureau, town, village)] == ["unit", "unit", "village"]
        assert (len(bureau.content["ended"]), len(village.content["ended"])) == (2, 4)
        assert town.content["villages"] >= 19
        # Then the desk itself: two inspectorates are one, the leading group has another name, the office a successor at a bureau.
        setting = county_context(session)
        assert (len(inspection.content["ended"]), office.content["house_id"]) == (2, setting.by_code["agriculture"].id)
        assert (setting.office.name, setting.leaders.name) == ("县委农村工作领导小组办公室", "县委农村工作领导小组")
        assert setting.full_name(setting.office) == "中共五华县委农村工作领导小组办公室"
        after = select(func.count()).select_from(Event).where(Event.actor_unit_id == setting.office.id)
        assert (session.scalar(after) or 0) > 50, "the new office goes on with the desk's work"
        assert session.scalars(select(Authorisation).where(Authorisation.unit_id == setting.office.id)).all()
        renamed = next(row.content for row in reforms(session, "rename") if row.subject == "unit")
        assert session.scalars(select(Unit.name).where(Unit.id == renamed["id"])).one() == renamed["after"]
        # The rename was entered ahead and applied on its day; another still waits for its own.
        states = session.scalars(select(PlannedReform.state).order_by(PlannedReform.id)).all()
        assert list(states) == ["applied", "waiting"]


def test_nothing_open_is_with_what_ended_and_tickets_went_on_with_the_successors(slack_county: Lived) -> None:
    with reading(slack_county.engine) as session:
        ended = select(Unit.id).where(Unit.ended_on.is_not(None))
        heirs = select(Unit.successor_id).where(Unit.ended_on.is_not(None))
        held = select(func.count()).select_from(Custody).where(Custody.ended_at.is_(None))
        assert session.scalar(held.where(Custody.unit_id.in_(ended))) == 0
        places = select(Village.ended_on).join(Household, Household.village_id == Village.id)
        assert set(session.scalars(places)) == {None}
        for unit in session.scalars(select(Unit).where(Unit.id.in_(heirs))):
            posts = select(Post.kind).where(Post.unit_id == unit.id, Post.until_at.is_(None))
            assert {"leader", "duty"} <= set(session.scalars(posts)), unit.name


def test_somebody_can_go_on_with_every_open_ticket(slack_county: Lived) -> None:
    with reading(slack_county.engine) as session:
        setting = county_context(session)
        assert setting.ended
        people = [acting(session, user, NOW) for user in session.scalars(select(User).where(User.active))]
        # What the report on a ranking hands in is not on the ticket's page.
        reports = {duty.code for duty in setting.scheme.duties.list if duty.of_ranking}
        stuck = []
        for ticket in session.scalars(select(Ticket).where(Ticket.ended_at.is_(None)).order_by(Ticket.id)):
            near = [
                one
                for one in people
                if one.unit_id == ticket.holding_unit_id and one.village_id in (None, ticket.in_village_id)
            ]
            if ticket.duty_code not in reports and not any(_goes_on(session, one, ticket) for one in near):
                stuck.append((ticket.number, ticket.state))
        assert stuck == []
        assert {one.unit_id for one in people}.isdisjoint(setting.ended)


def test_families_that_are_not_registered_are_reported_seen_and_judged(slack_county: Lived) -> None:
    with reading(slack_county.engine) as session:
        verdicts = set(session.scalars(select(Candidate.verdict)))
        assert verdicts <= {None, "registered", "refused", "withdrawn"}
        reporters = set(session.scalars(select(Ticket.filed_as).where(Ticket.candidate_id.is_not(None))))
        assert reporters <= {"village", "town", "bureau"}
        entered = select(Candidate.household_id).where(Candidate.verdict == "registered")
        homes = session.scalars(select(Household).where(Household.id.in_(entered))).all()
        assert {row.code[:3] for row in homes} == {"HH9"}


def _goes_on(session: Session, person: Actor, ticket: Ticket) -> bool:
    """Whether the person sees the ticket and is offered something that moves it on."""
    offered = detail.view_of(session, person, ticket, NOW).actions if sees(person, ticket, session) else ()
    return any(ACTIONS[name].advances or name in ("uphold", "register") for name in offered)
