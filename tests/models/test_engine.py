"""Engine: a reading transaction writes nothing, and frequent queries are planned once."""

import pytest
from sqlalchemy import Engine, select, text

from models import Household
from models.engine import reading
from tests.support.factories import day, settle_county
from workflow.tickets.views import listing
from workflow.tickets.views.listing import Filters


def test_reading_writes_nothing_even_when_an_object_was_changed(engine: Engine) -> None:
    settle_county(engine)
    with reading(engine) as session:
        household = session.scalars(select(Household).order_by(Household.id).limit(1)).one()
        known = household.id, household.head_name
        household.head_name = "改过"
        session.scalars(select(Household)).all()
    with reading(engine) as session:
        assert (known[0], session.get_one(Household, known[0]).head_name) == known


def test_an_error_while_reading_leaves_the_connection_usable(engine: Engine) -> None:
    settle_county(engine)
    with pytest.raises(ZeroDivisionError), reading(engine) as session:
        session.scalars(select(Household)).all()
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.scalars(select(Household.id)).all()


@pytest.mark.one_database("postgresql")
def test_postgresql_keeps_one_plan_for_a_list_that_is_asked_for_often(engine: Engine) -> None:
    county = settle_county(engine)
    actor = county.people["office"]
    for _ in range(15):
        with reading(engine) as session:
            listing.list_tickets(session, actor, day(0), Filters())
    with reading(engine) as session:
        kept = session.execute(
            text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%due_at%LIMIT 51'")
        ).all()
    assert [row for row in kept if row[0]], kept


@pytest.mark.one_database("postgresql")
def test_as_many_statements_as_a_day_has_are_prepared_and_stay_so(engine: Engine) -> None:
    with reading(engine) as session:
        for _ in range(4):
            for number in range(300):
                session.execute(text(f"SELECT {number} AS day_{number}"))
        kept = session.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS day_%'"))
    assert kept == 300
