"""Posts: at most one holder at a time, also when several people appoint at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import Engine, select

from models import Post, User
from models.engine import in_transaction
from tests.support.factories import day, settle_county
from workflow.county import accounts
from workflow.verification import full_check


def test_of_simultaneous_appointments_the_last_holds_the_post_and_each_was_held(engine: Engine, tmp_path: Path) -> None:
    county = settle_county(engine)
    admin, unit = county.people["admin"], county.units["water"]
    with county.write() as session:
        people = [
            User(name=f"water-{n}", display_name=f"人{n}", role="bureau", unit_id=unit, active=True, created_at=day(0))
            for n in range(6)
        ]
        session.add_all(people)
        session.flush()
        ids = [user.id for user in people]
    start = Barrier(len(ids))

    def appoint(number: int) -> None:
        start.wait()
        in_transaction(
            engine,
            lambda session: (
                accounts.appoint(session, admin, session.get_one(User, ids[number]), "leader", day(1 + number / 24)).id
            ),
        )

    with ThreadPoolExecutor(len(ids)) as pool:
        outcomes = [job.exception() for job in [pool.submit(appoint, number) for number in range(len(ids))]]
    assert outcomes == [None] * len(ids)
    with county.read() as session:
        posts = session.scalars(select(Post).where(Post.unit_id == unit, Post.kind == "leader")).all()
    assert sorted(post.user_id for post in posts) == sorted(ids)
    assert sum(post.until_at is None for post in posts) == 1
    with county.read() as session:
        assert [f.code for f in full_check.verify(session, tmp_path)] == []
