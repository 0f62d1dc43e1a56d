"""Volume and hours: few mails in a busy hour, quiet hours include holidays, and a group bot gets no personal message."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from models import Delivery, User
from models.engine import make_engine
from models.schema import create_schema
from notifications import digest
from notifications.claiming import CALM, FEW
from notifications.county_clock import county_clock
from notifications.delivery_planning import PRESSING
from notifications.letters import Letter, text
from notifications.rules import ALL_RULES, MANNERS
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, day, settle_county
from tests.support.mail import dispatch_mail, rows
from tests.support.rankings import make_ranking, ranked_scheme
from tests.support.signing import lead
from tests.support.sinks import HOUSE, MailServer, mail_server, reach, robot, send
from tests.support.texts import SENTENCE
from workflow.accountability import sweep
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.policy.worktime import SHANGHAI
from workflow.tickets import participation, time_requests
from workflow.tickets.time_requests import RequestInput


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_what_comes_one_by_one_in_a_busy_hour_travels_together_at_its_end_and_what_presses_does_not_wait(
    engine: Engine,
) -> None:
    county = settle_county(engine, households=30)
    reach(county, "water")
    with mail_server() as server:
        for number in range(1, 31):
            # One ticket a minute, each sent at once if it may be.
            now = START + timedelta(minutes=number)
            county.file("town", household=f"A{number}", at=now, urgent=number == 30)
            dispatch_mail(county, now)
            send(county, server.channel(), now)
        # Five as they came, and the urgent one.
        assert len(server.mails) == FEW + 1
        assert [bool(row.params.get(PRESSING)) for row in rows(county)] == [False] * 29 + [True]
        last = START + timedelta(minutes=FEW)
        assert send(county, server.channel(), last + CALM - timedelta(seconds=1)).sent == 0
        assert send(county, server.channel(), last + CALM).sent == 1
        assert server.mails[-1]["Subject"] == "24条消息"
    assert {row.status for row in rows(county)} == {"sent"}


#: A moment, and when a deferrable message leaves.
HOURS = (
    # Saturday 29 and Sunday 30 September 2018 were worked for the National Day; 1 to 7 October were off.
    ("2018-09-28T20:00", "2018-09-29T08:30"),
    ("2018-09-29T10:00", "2018-09-29T10:00"),
    ("2018-09-30T18:00", "2018-10-08T08:30"),
    ("2018-10-03T10:00", "2018-10-08T08:30"),
    ("2018-11-24T10:00", "2018-11-26T08:30"),
    ("2018-11-20T07:00", "2018-11-20T08:30"),
    ("2018-11-20T13:00", "2018-11-20T13:00"),
    ("2018-11-20T17:30", "2018-11-20T17:30"),
    ("2018-11-20T17:31", "2018-11-21T08:30"),
    ("2018-12-29T09:00", "2018-12-29T09:00"),
    ("2018-12-31T10:00", "2019-01-02T08:30"),
)


def test_quiet_hours_and_mornings_know_holidays_and_saturdays_that_are_worked(tmp_path: Path) -> None:
    # Office hours depend on no database.
    engine = make_engine(f"sqlite:///{tmp_path / 'county.db'}", DEVELOPMENT_SECRET)
    create_schema(engine)
    county = settle_county(engine)
    with county.read() as session:
        setting = county_clock(session)
    for now, speaks in HOURS:
        assert setting.speaking_hour(at(now)) == at(speaks), now
    mornings = [day for day in range(1, 32) if setting.morning(at(f"2018-10-{day:02d}T10:00")) is None]
    assert mornings == [1, 2, 3, 4, 5, 6, 7, 13, 14, 20, 21, 27, 28]
    engine.dispose()


def test_what_reads_the_same_in_the_morning_stands_once() -> None:
    item = {"kind": "receive_report", "path": "/rankings/2018-11-20", "what": ["排名", "ranking"]}
    once = digest._once([dict(item), item | {"path": "/x"}, dict(item)])
    assert [(entry["path"], entry.get("times")) for entry in once] == [("/rankings/2018-11-20", 2), ("/x", None)]
    letter = Letter(
        1, "1:d", "a@b.example", "", "digest", {"day": "2018-11-21", "news": {"count": 2, "shown": once}}, "en", START
    )
    assert "received · ranking ×2 https://xiaohao.example/rankings/2018-11-20" in text(letter, HOUSE)


def test_a_day_of_a_year_not_announced_yet_is_named_as_provisional(engine: Engine) -> None:
    county = settle_county(engine)
    for household, filed in (("A1", "2018-11-20T10:00"), ("A2", "2027-11-22T10:00")):
        county.file("town", household=household, at=at(filed))

    def letter(morning: str) -> str:
        with county.read() as session:
            setting = county_clock(session)
            work = digest._work(session, setting, at(morning), "unit", county.units["water"])
        return text(
            Letter(1, "1:d", "a@b.example", "", "digest", {"day": morning[:10], **work}, "zh_Hans", START), HOUSE
        )

    announced, not_yet = letter("2018-11-21T08:30"), letter("2027-11-23T08:30")
    assert ("期限 11月22日 17:30" in announced, "暂定" in announced) == (True, False)
    assert "期限 11月24日 17:30（暂定）" in not_yet


def test_a_units_group_hears_nothing_that_is_said_to_one_person(engine: Engine) -> None:
    assert {kind for kind, how in MANNERS.items() if how.personal} == {
        *("handler", "view_entered"),
        *(kind for kind, roles in ALL_RULES.items() if "account" in roles),
    }
    county = settle_county(engine)
    robot(county, "water", "https://oapi.dingtalk.com/robot/send?access_token=t")
    ticket = county.file("town")
    county.do("water", "accept", ticket, START)
    dispatch_mail(county)
    with county.write() as session:
        other = User(
            name="hand", display_name="手", role="bureau", active=True, created_at=START, unit_id=county.units["water"]
        )
        session.add(other)
        session.flush()
        participation.name_handler(session, county.people["water"], ticket, "hand", START)
    dispatch_mail(county)
    assert [row.kind for row in rows(county)] == ["file"]


def test_whose_account_was_closed_meanwhile_is_written_to_no_more(engine: Engine) -> None:
    county = settle_county(engine)
    reach(county, "water")
    county.file("town", at=day(3, 20))
    dispatch_mail(county, day(3, 20))
    with county.write() as session:
        session.execute(update(User).where(User.name == "water").values(active=False))
    with mail_server() as server:
        assert send(county, server.channel(), day(6, 9)).sent == 0
        assert server.mails == []
    assert [(row.status, row.error) for row in rows(county)] == [("dead", "address_gone")]


class Gone(MailServer):
    """A mail server that accepts a mail and closes the connection without an answer."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any, *more: Any) -> str:
        await super().handle_DATA(server, session, envelope)
        server.transport.close()
        return "250 never said"


@pytest.mark.parametrize("weighty", [True, False])
def test_what_was_handed_over_and_never_answered_is_in_doubt_where_it_is_a_paper(engine: Engine, weighty: bool) -> None:
    county = settle_county(engine)
    reach(county, "water")
    county.file("town")
    dispatch_mail(county)
    with county.write() as session:
        session.execute(update(Delivery).values(weighty=weighty))
    with mail_server(Gone()) as server:
        done = send(county, server.channel(), START)
        assert (len(server.mails), done.again, done.doubted) == (1, not weighty, weighty)
    (row,) = rows(county)
    assert (row.status, row.next_at is None) == (("unknown", True) if weighty else ("pending", False))
    with mail_server() as server:
        # A server that refuses before the mail is on its way leaves no doubt.
        server.rcpt = lambda said: "451 later"
        with county.write() as session:
            session.execute(update(Delivery).values(status="pending", next_at=START))
        assert send(county, server.channel(), START).again == 1


def test_the_morning_names_what_else_is_due_beside_tickets(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    lead(county, "power")
    ticket = county.file("town")
    county.do("water", "accept", ticket, START)
    # The bureau asks for time; and for a ticket resolved late a paper awaits its signature.
    other = county.file("other_town", household="B1", at=day(16))
    county.do("water", "accept", other, day(16))
    with county.write() as session:
        time_requests.ask(
            session,
            county.people["water"],
            day(17),
            other,
            RequestInput(kind="extension", until="2018-12-28", reason=SENTENCE, plan=SENTENCE),
        )
    make_ranking(county, at("2018-12-10T17:00"), at("2018-12-10T17:00").date())
    sweep.run(county.read, county.write, day(21, 8.5))

    def agenda(unit: str, now: str) -> dict[str, list[tuple[str, str, str]]]:
        with county.read() as session:
            setting = county_clock(session)
            work = digest._work(session, setting, at(now), "unit", county.units[unit])
        return {
            name: [
                (entry["path"], entry["what"][0], entry["due"])
                for entry in part["shown"]
                if "number" not in entry or not entry["number"] or "申请" in entry["what"][0]
            ]
            for name, part in work.items()
        }

    number = county.ticket(other).number
    report = ("/rankings/2018-12-10", "各镇排名书面汇报", "12-11 12:00")
    assert agenda("power", "2018-12-11T08:30") == {"today": [report]}
    assert agenda("town-a", "2018-12-11T08:30") == {}
    office = agenda("office", "2018-12-10T17:30")
    assert (f"/tickets/{number}", "延期或暂停计时申请待答复") in {
        entry[:2] for part in office.values() for entry in part
    }
    water = agenda("water", "2018-12-11T08:30")
    assert {entry[:2] for part in water.values() for entry in part} == {
        report[:2],
        ("/papers/2018:%E5%8D%8E%E6%89%B6%E5%8A%9E:1", "supervise通知书待签收"),
    }
    assert agenda("power", "2018-12-11T12:01") == {"late": [report]}
    with county.write() as session:
        row = rankings.find(session, county.people["power"], at("2018-12-10T17:00").date())
        responses.sign(session, county.people["power"], at("2018-12-11T13:00"), row)
        written_reports.issue(session, county.people["power"], at("2018-12-11T13:00"), row)
    assert agenda("power", "2018-12-11T13:01") == {}
