"""E-mail as received: content, thread, id, and how the server's answers are classified."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from models import Address, Delivery, Unit, User, Village
from notifications import message_texts
from notifications.claiming import LEASE, TRIES
from notifications.delivery import backoff
from notifications.failed_deliveries import count_stuck, resend, stuck_deliveries
from notifications.letters import Letter, Sender, mail, one_line, title
from notifications.rules import ALL_RULES, BY_LADDER, MANNERS
from notifications.smtp import Smtp
from tests.support.factories import START, County, day, settle_county
from tests.support.mail import dispatch_mail, rows
from tests.support.sinks import HOUSE, VAULT, MailServer, body, mail_server, reach, send
from workflow.tickets import participation


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> MailServer:
    running.mails, running.to = [], []
    running.rcpt = running.data = lambda said: None
    return running


def test_a_ticket_is_one_thread_in_each_readers_language_and_says_nobodys_name(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine)
    reach(county, "water")
    reach(county, "town", language="en")
    ticket = county.file("town", description="张三家断水")
    county.do("water", "decline", ticket, START, ground="not_ours", cited_duty="张三说不归我局管")
    county.do("office", "uphold", ticket, START, reason="张三家归水务局")
    dispatch_mail(county)
    assert send(county, server.channel(), START).sent == 4
    assert send(county, server.channel(), day(9)).sent == 0
    number = county.ticket(ticket).number
    first = next(m for m, to in zip(server.mails, server.to, strict=True) if to.startswith("water"))
    english = next(m for m, to in zip(server.mails, server.to, strict=True) if to.startswith("town"))
    assert first["Subject"] == f"[{number}] 有新工单待办理 · 饮水 · 甲镇town-a-v1村"
    assert english["Subject"] == f"[{number}] Declined by the unit; a ruling is needed · 饮水 · town-a town-a-v1村"
    assert {m["In-Reply-To"] for m in server.mails} == {f"<ticket.{number}@xiaohao.example>"}
    assert len(set(server.ids)) == 4
    for sent in server.mails:
        said = str(sent) + body(sent) + body(sent, "html")
        assert f"https://xiaohao.example/tickets/{number}" in body(sent)
        assert f'href="https://xiaohao.example/tickets/{number}"' in body(sent, "html")
        assert "张三" not in said
        assert "断水" not in said
        assert sent["Auto-Submitted"] == "auto-generated"


def test_every_kind_is_rendered_in_both_languages_and_every_kind_that_tells_somebody_has_a_template() -> None:
    telling = {kind for kind, roles in ALL_RULES.items() if roles} | {BY_LADDER}
    assert telling | {"bundle", "digest", "verify"} == set(message_texts.HEADLINES)
    assert {name.split("/")[0] for name in MANNERS} <= telling
    params = {
        "number": "2018-000001",
        "path": "/tickets/2018-000001",
        "what": ["饮水", "Water"],
        "village": ["甲镇一村", "Town A Village 1"],
        "rung": ["督办", "Supervise"],
        "code": "123456",
        "count": 7,
    }
    # A village's name is shown as text and never as a link.
    named = params | {"village": ["https://else.example/村", "x"], "what": ["<b>饮水</b>", "x"]}
    page = body(
        mail(Letter(1, "1:x", "a@b.example", "", "file", named, "zh_Hans", START, (("file", named),)), HOUSE), "html"
    )
    assert 'href="https://else' not in page
    assert "<b>" not in page
    for kind in sorted(telling | {"verify"}):
        subjects = set()
        for language in ("zh_Hans", "en"):
            letter = Letter(1, f"1:{kind}", "a@b.example", "", kind, params, language, START, ((kind, params),))
            made = mail(letter, HOUSE)
            assert "{" not in str(made["Subject"]) + body(made) + body(made, "html")
            assert ("工单号" in body(made)) == (language != "en")
            subjects.add(title(kind, {}, language))
        assert len(subjects) == 2
        assert not any(ord(sign) > 0x2E80 for sign in title(kind, {"rung": params["rung"]}, "en")), kind


@pytest.mark.parametrize("name", ["一村\r\nBcc: everybody@else.example", "一村\n\nbody", "一\u2028村", "一\x00村"])
def test_a_name_cannot_write_a_header(engine: Engine, server: MailServer, name: str) -> None:
    if engine.dialect.name == "postgresql" and "\x00" in name:
        name = name.replace("\x00", "\x01")
    county = settle_county(engine)
    reach(county, "water")
    with county.write() as session:
        session.execute(update(Village).values(name=name + "v").where(Village.code == "town-a-v1"))
        session.execute(update(Unit).values(name_en=name).where(Unit.code == "town-a"))
    county.file("town")
    dispatch_mail(county)
    assert send(county, server.channel(), START).sent == 1
    assert server.mails[0]["Bcc"] is None
    assert server.to == ["water@office.example"]
    assert "\n" not in str(server.mails[0]["Subject"])
    assert one_line(name) in str(server.mails[0]["Subject"])


def test_an_address_with_a_line_break_is_no_address(engine: Engine, server: MailServer) -> None:
    county = settle_county(engine)
    where = reach(county, "water", "water@office.example\r\nRCPT TO:<everybody@else.example>")
    county.file("town")
    dispatch_mail(county)
    assert send(county, server.channel(), START).dead == 1
    assert server.to == []
    with county.read() as session:
        assert session.get_one(Address, where).fault == "refused"


def test_permanent_and_passing_refusals_are_told_apart_and_the_dead_can_be_sent_again(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine)
    for who in ("water", "power", "housing"):
        reach(county, who)
    county.file("town", kind="water")
    county.file("town", kind="power")
    dispatch_mail(county)
    answers = {"water@office.example": "550 no such user", "power@office.example": "451 come back later"}
    server.rcpt = answers.get
    done = send(county, server.channel(), START)
    assert (done.sent, done.again, done.dead) == (0, 1, 1)
    water, power = rows(county)
    assert (water.status, water.error, water.next_at) == ("dead", "smtp_550", None)
    assert (power.status, power.error, power.tries) == ("pending", "smtp_451", 1)
    assert power.next_at == START + backoff(power.id, 1)
    # Not a second before; and after the last try it is dead.
    now = START
    for tries in range(2, TRIES + 1):
        assert power.next_at is not None
        assert send(county, server.channel(), power.next_at - timedelta(seconds=1)).again == 0
        now = power.next_at
        send(county, server.channel(), now)
        power = rows(county)[1]
        assert power.tries == tries
    assert (power.status, power.error) == ("dead", "smtp_451")
    assert now < START + timedelta(days=1)
    with county.read() as session:
        known = {row.user_id: row.fault for row in session.scalars(select(Address))}
        assert known[county.people["water"].user_id or 0] == "refused"
        assert known[county.people["power"].user_id or 0] == "unreachable"
        assert count_stuck(session) == 2
        assert [row.id for row in stuck_deliveries(session)] == [power.id, water.id]
    # To a refused address nothing more is written; to one out of reach it is.
    county.file("town", household="A2", kind="water")
    county.file("town", household="A2", kind="power")
    dispatch_mail(county)
    assert [row.status for row in rows(county)[2:]] == ["pending"]
    server.rcpt = lambda said: None
    office = county.people["office"].user_id or 0
    with county.write() as session:
        assert resend(session, power.id, now, office)
        assert not resend(session, power.id, now, office)
    assert send(county, server.channel(), now).sent == 2
    with county.read() as session:
        assert (
            session.scalars(select(Address.fault).where(Address.user_id == county.people["power"].user_id)).one()
            is None
        )


class Dies(Smtp):
    """A channel that hands a letter over and is then interrupted, as by a kill."""

    def send(self, letter: Letter) -> None:
        super().send(letter)
        raise KeyboardInterrupt


def paper(county: County) -> Delivery:
    """A letter about a punitive paper."""
    with county.write() as session:
        session.execute(update(Delivery).values(weighty=True))
    return rows(county)[-1]


@pytest.mark.parametrize("weighty", [False, True])
def test_after_a_crash_ordinary_mail_goes_again_under_its_id_and_a_paper_waits_for_a_persons_word(
    engine: Engine, server: MailServer, weighty: bool
) -> None:
    county = settle_county(engine)
    reach(county, "water")
    county.file("town")
    dispatch_mail(county)
    if weighty:
        paper(county)

    with pytest.raises(KeyboardInterrupt):
        send(county, Dies(server.url, HOUSE), START)
    assert [row.status for row in rows(county)] == ["sending"]
    assert send(county, server.channel(), START + LEASE).sent == 0
    later = START + LEASE + timedelta(seconds=1)
    assert send(county, server.channel(), later).sent == (0 if weighty else 1)
    row = rows(county)[0]
    if not weighty:
        assert (row.status, len(server.ids), len(set(server.ids))) == ("sent", 2, 1)
        return
    assert (row.status, row.next_at, len(server.ids)) == ("unknown", None, 1)
    office = county.people["office"].user_id or 0
    with county.write() as session:
        assert [entry.id for entry in stuck_deliveries(session)] == [row.id]
        assert resend(session, row.id, later, office)
    assert send(county, server.channel(), later).sent == 1
    assert len(set(server.ids)) == 1
    assert rows(county)[0].decided_by_id == office


def test_on_a_busy_day_one_person_gets_one_mail_and_a_second_try_sends_the_same(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine, households=9)
    reach(county, "water")
    for number in range(1, 10):
        county.file("town", household=f"A{number}")
    dispatch_mail(county)
    server.data = lambda said: "451 later"
    assert send(county, server.channel(), START).again == 1
    server.data = lambda said: None
    assert send(county, server.channel(), START + timedelta(hours=1)).sent == 1
    assert server.mails[0]["Subject"] == "9条消息"
    assert all(county.ticket(n).number in body(server.mails[0]) for n in range(1, 10))
    assert {(row.status, row.error) for row in rows(county)} == {("sent", None)}


def test_after_the_last_try_was_interrupted_what_travelled_in_one_mail_is_given_up_together(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine, households=9)
    reach(county, "water")
    for number in range(1, 10):
        county.file("town", household=f"A{number}")
    dispatch_mail(county)
    with pytest.raises(KeyboardInterrupt):
        send(county, Dies(server.url, HOUSE), START)
    assert len([row for row in rows(county) if row.lead_id is not None]) == 8
    with county.write() as session:
        session.execute(update(Delivery).values(tries=TRIES))
    assert send(county, server.channel(), START + LEASE + timedelta(seconds=1)).sent == 0
    assert {row.status for row in rows(county)} == {"dead"}


def test_what_can_wait_goes_out_when_the_office_opens_and_an_urgent_ticket_at_once(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine)
    reach(county, "water")
    evening = day(3, 20)  # A Friday.
    county.file("town", at=evening)
    county.file("town", household="A2", at=evening, urgent=True)
    ticket = county.file("town", household="A3", at=evening)
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "急", evening)
    dispatch_mail(county, evening)
    assert send(county, server.channel(), evening).sent == 1
    monday = day(6, 8.5)
    assert {row.next_at for row in rows(county) if row.status == "pending"} == {monday}
    assert send(county, server.channel(), monday - timedelta(seconds=1)).sent == 0
    assert send(county, server.channel(), monday).sent == 3
    county.file("town", kind="power", at=day(7, 12.5))
    with county.write() as session:
        session.execute(update(User).where(User.name == "power").values(language="en"))
    reach(county, "power")
    dispatch_mail(county, day(7, 12.5))
    # At noon mails are still sent.
    assert rows(county)[-1].next_at == day(7, 12.5)


def test_a_letter_is_addressed_by_what_it_is_not_by_when_it_is_sent() -> None:
    def made(key: str, to: str) -> str:
        params = {"number": "2018-000001", "path": "/"}
        return str(mail(Letter(1, key, to, "", "file", params, "en", START), HOUSE)["Message-ID"])

    assert made("1:e1:u1:email", "a@b.example") == made("1:e1:u1:email", "new@b.example")
    assert made("1:e1:u1:email", "a@b.example") != made("1:e1:u2:email", "a@b.example")
    assert made("1:e1:u1:email", "a@b.example").endswith("@xiaohao.example>")
    assert Sender("http://localhost:8000/", "x@y").link("/inbox") == "http://localhost:8000/inbox"
    assert VAULT.open(VAULT.seal("x")) == "x"


def test_what_waits_for_somebody_who_has_moved_follows_them_and_what_has_nowhere_to_go_is_given_up(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine)
    county.file("town", at=day(3, 20))
    for who in ("water", "power"):
        reach(county, who)
    county.file("town", kind="power", at=day(3, 20))
    dispatch_mail(county, day(3, 20))
    with county.write() as session:
        session.execute(update(Address).values(ended_at=day(4)))
    reach(county, "water", "elsewhere@office.example")
    done = send(county, server.channel(), day(6, 9))
    assert (done.sent, server.to) == (1, ["elsewhere@office.example"])
    assert {(row.status, row.error) for row in rows(county)} == {("sent", None), ("dead", "address_gone")}


def test_no_password_is_sent_to_a_server_that_offers_no_encryption(engine: Engine, server: MailServer) -> None:
    county = settle_county(engine)
    reach(county, "water")
    county.file("town")
    dispatch_mail(county)
    open_to_all = Smtp(server.url.replace("smtp://", "smtp://name:secret@"), HOUSE)
    assert send(county, open_to_all, START).again == 1
    assert (rows(county)[0].error, server.mails) == ("no_encryption", [])


def test_who_claims_a_paper_claims_nothing_else_so_a_crash_leaves_one_in_doubt(
    engine: Engine, server: MailServer
) -> None:
    county = settle_county(engine)
    reach(county, "water")
    for household in ("A1", "A2", "A3"):
        county.file("town", household=household)
    dispatch_mail(county)
    paper(county)
    with pytest.raises(KeyboardInterrupt):
        send(county, Dies(server.url, HOUSE), START)
    assert sorted(row.status for row in rows(county)) == ["pending", "pending", "sending"]
    assert send(county, server.channel(), START + LEASE * 2).sent == 2
    assert sorted(row.status for row in rows(county)) == ["sent", "sent", "unknown"]
    assert len(server.ids) == len(set(server.ids)) == 3
