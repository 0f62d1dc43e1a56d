"""The demo county's reform: a bureau renamed, two merged, a town into another, four villages into one, with everything open;
afterwards somebody can go on with every ticket, and every unit has its people."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import BulkLine, Candidate, Custody, Household, PlannedReform, Post, Reform, Ticket, Unit, User, Village
from models.engine import reading
from tests.simulation.test_county import NOW, SLACK, Lived, lived
from tests.support.invariants import violations
from workflow.actors import Actor, acting
from workflow.county.context import county_context
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.views import detail
from workflow.tickets.visibility import sees


@pytest.fixture(scope="module")
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(
        request, "sqlite", tmp_path_factory.mktemp("reform"), seed=6, days=24, households=160, slow=SLACK
    ) as made:
        yield made


def test_the_reform_is_played_whole_and_everything_verifies(county: Lived) -> None:
    with reading(county.engine) as session:
        done = [(row.kind, row.subject, row.content) for row in session.scalars(select(Reform).order_by(Reform.id))]
        assert [each[:2] for each in done if each[0] != "rename"] == [
            ("merge", "unit"),
            ("merge", "unit"),
            ("merge", "village"),
        ]
        (bureau, town, village) = (content for kind, _, content in done if kind == "merge")
        assert len(bureau["ended"]) == 2
        assert bureau["tickets"] > 1
        assert town["tickets"] > 1
        assert (town["villages"], len(village["ended"])) >= (19, 4)
        assert village["tickets"] > 0
        renamed = next(content for kind, subject, content in done if (kind, subject) == ("rename", "unit"))
        assert session.scalars(select(Unit.name).where(Unit.id == renamed["id"])).one() == renamed["after"]
        # The rename was entered ahead and applied on its day; another still waits for its own.
        states = session.scalars(select(PlannedReform.state).order_by(PlannedReform.id)).all()
        assert list(states) == ["applied", "waiting"]
    assert violations(county.engine, NOW, county.files) == []


def test_nothing_open_is_with_what_ended_and_tickets_went_on_with_the_successors(county: Lived) -> None:
    with reading(county.engine) as session:
        ended = select(Unit.id).where(Unit.ended_on.is_not(None))
        heirs = select(Unit.successor_id).where(Unit.ended_on.is_not(None))
        held = select(func.count()).select_from(Custody).where(Custody.ended_at.is_(None))
        assert session.scalar(held.where(Custody.unit_id.in_(ended))) == 0
        finished = select(func.count()).where(Custody.verdict.is_not(None), Custody.unit_id.in_(heirs))
        assert (session.scalar(finished) or 0) > 5
        places = select(Village.ended_on).join(Household, Household.village_id == Village.id)
        assert set(session.scalars(places)) == {None}
        for unit in session.scalars(select(Unit).where(Unit.id.in_(heirs))):
            posts = select(Post.kind).where(Post.unit_id == unit.id, Post.until_at.is_(None))
            assert {"leader", "duty"} <= set(session.scalars(posts)), unit.name


def test_somebody_can_go_on_with_every_open_ticket(county: Lived) -> None:
    with reading(county.engine) as session:
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


def test_families_that_are_not_registered_are_reported_seen_and_judged(county: Lived) -> None:
    with reading(county.engine) as session:
        reported = session.scalars(select(Candidate)).all()
        assert reported
        assert {row.verdict for row in reported} <= {None, "registered", "refused", "withdrawn"}
        assert set(session.scalars(select(Ticket.filed_as).where(Ticket.candidate_id.is_not(None)))) <= {
            *("village", "town", "bureau"),
        }


def test_bureaus_bring_lists_that_become_checks_and_candidates(county: Lived) -> None:
    with reading(county.engine) as session:
        lines = session.scalars(select(BulkLine)).all()
        assert {"check", "candidate"} <= {row.outcome for row in lines}
        assert {row.settled_at is None for row in lines if row.outcome == "check"} == {True, False}


def _goes_on(session: Session, person: Actor, ticket: Ticket) -> bool:
    """Whether the person sees the ticket and is offered something that moves it on."""
    offered = detail.view_of(session, person, ticket, NOW).actions if sees(person, ticket, session) else ()
    return any(ACTIONS[name].advances or name in ("uphold", "register") for name in offered)
