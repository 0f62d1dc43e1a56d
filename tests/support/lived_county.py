"""Tampering target: a county in which every event that leaves a row beside a ticket has happened once."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, select

from models import Escalation, Evidence
from tests.support.db_snapshot import prepared
from tests.support.factories import START, County, day, settle_county, stage
from tests.support.posts import appoint
from tests.support.signing import TALK
from workflow import evidence
from workflow.accountability import paper_actions, proposals, sweep
from workflow.actors import actor_of, system
from workflow.boards import day_counts
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.history import sealing
from workflow.tickets import attachments, participation
from workflow.tickets.custody import downtime

#: What the photo of the mended pump is.
PUMP = b"a pump"


def lived_county(engine: Engine, files: Path) -> County:
    """A county in which everything that leaves a row has happened once.

    It happens once a process, kind of database and scheme; the next empty database gets the rows that came of it.
    """
    made = prepared(engine, ("lived", stage()), lambda: _lived(engine, files))
    evidence.keep(files, PUMP)
    return replace(made, engine=engine, people=dict(made.people), units=dict(made.units))


def _lived(engine: Engine, files: Path) -> County:
    county = settle_county(engine)
    with county.write() as session:
        li = accounts.create_user(
            session, county.people["admin"], START, NewUser(name="li", role="bureau", unit=county.code("water"))
        )
        appoint(session, li, "leader", START)
    first = county.file("village", description="水管断了")
    second = county.file("town", household="A2")
    county.do("town", "endorse", first, day(0, 11))
    county.do("water", "decline", first, day(1), ground="not_ours", cited_duty="三定方案")
    county.do("office", "uphold", first, day(2), reason="是你单位的职责")
    county.do("water", "accept", first, day(3))
    with county.write() as session:
        participation.name_handler(session, county.people["water"], first, "li", day(3))
        participation.assist(session, county.people["water"], first, county.code("power"), day(3))
        participation.comment(session, county.people["town"], first, "等了很久", day(3))
    with county.write() as session:
        sealing.seal_all(session, day(4))
        downtime.record(session, day(4, 18), day(4, 19))
    sweep.run(county.read, county.write, day(24))
    third, fourth = (county.file("town", household=code, kind="power") for code in ("A1", "A2"))
    for ticket in (third, fourth):
        county.do("power", "accept", ticket, START)
    sweep.run(county.read, county.write, day(24))
    with county.write() as session:
        for ticket, issue in ((third, True), (fourth, False)):
            rung = session.scalars(
                select(Escalation.id).where(Escalation.ticket_id == ticket, Escalation.rung == 4)
            ).one()
            proposals.answer(session, county.people["office"], day(24), ticket, rung, issue, "屡催不办", **TALK)
    papers_lived(county)
    photo = bring(county, files, first)
    county.do("water", "resolve", first, day(25), evidence=[photo], note="已通水")
    county.do("town", "reject", first, day(26), reason="水质浑浊")
    county.do("office", "cancel", second, day(26), reason="重复")
    with county.write() as session:
        sealing.seal_all(session, day(27))
        day_counts.count(session, day(27))
    return county


def papers_lived(county: County) -> None:
    """A paper answered, and one revoked by two persons."""
    with county.write() as session:
        who = system()
        second = actor_of(
            accounts.create_user(session, who, day(24), NewUser(name="wang", role="office", unit="office"))
        )
    with county.write() as session:
        paper_actions.answer(session, county.people["power"], day(24, 11), "2018:华扶办:3", "已派施工队")
        paper_actions.ask_revocation(session, county.people["office"], day(24, 11), "2018:华扶办:1", "督办有误")
    with county.write() as session:
        paper_actions.rule_on_revocation(session, second, day(24, 12), "2018:华扶办:1", True, "同意撤销")


def bring(county: County, files: Path, ticket: int, content: bytes = PUMP) -> int:
    with county.write() as session:
        row: Evidence = attachments.add(
            session,
            county.people["water"],
            ticket,
            day(24),
            filename="pump.txt",
            sha256=evidence.keep(files, content),
            size=len(content),
            media_type="text/plain",
        )
        return row.id
