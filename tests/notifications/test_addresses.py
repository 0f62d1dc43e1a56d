"""Addresses: what is one, how long a code is good, how often one may guess and ask, and what each fault does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Address, Delivery, User
from notifications import addresses, failed_deliveries
from notifications.addresses import CODE_LASTS, CODES_AN_HOUR, GUESSES
from tests.support.factories import START, County, settle_county, small_scheme
from workflow.county.vault import Vault

pytestmark = pytest.mark.one_database("sqlite")

VAULT = Vault("a key for tests")
SECOND = timedelta(seconds=1)
MAIL = "w@office.example"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


class Person:
    """Somebody who enters addresses; what comes of it, and what is recorded."""

    def __init__(self, county: County, name: str = "water") -> None:
        self.county, self.id = county, county.people[name].user_id or 0
        self.recorded: list[tuple[str, int]] = []

    def enter(self, value: str = MAIL, at: datetime = START, channel: str = "email") -> str:
        return self._said(lambda s: addresses.enter(s, s.get_one(User, self.id), channel, value, at, VAULT, self._put))

    def confirm(self, code: str, at: datetime = START, channel: str = "email") -> str:
        return self._said(lambda s: addresses.confirm(s, self.id, channel, code, at, self._put))

    def drop(self, channel: str = "email", at: datetime = START) -> str:
        return self._said(lambda s: addresses.drop(s, self.id, channel, at, self._put))

    def known(self, at: datetime = START) -> dict[str, list[tuple[str, bool, bool]]]:
        """Of each channel the addresses: which, verified, waiting for its code."""
        with self.county.read() as session:
            by_channel = addresses.known(session, self.id, VAULT, at)
            return {name: [(one.value, one.verified, one.waits) for one in those] for name, those in by_channel.items()}

    def code(self) -> str:
        """The code sent last."""
        with self.county.read() as session:
            row = session.scalars(
                select(Delivery).where(Delivery.kind == "verify").order_by(Delivery.id.desc())
            ).first()
            assert row is not None
            return str(row.params["code"])

    def _put(self, action: str, address: int) -> None:
        self.recorded.append((action, address))

    def _said(self, does: Any) -> str:
        with self.county.write() as session:
            try:
                does(session)
                return "done"
            except addresses.Unusable as refused:
                return refused.code


@pytest.mark.parametrize(
    ("channel", "value", "said"),
    [
        ("email", MAIL, "done"),
        ("email", " W@Office.Example ", "done"),
        ("email", "w@office", "bad_email"),
        ("email", f"{'w' * 64}@office.example", "done"),
        ("email", f"{'w' * 65}@office.example", "bad_email"),
        ("email", f"w@{'.'.join(['o' * 60] * 3)}.exampleexamplee", "done"),
        ("email", f"w@{'.'.join(['o' * 60] * 3)}.exampleexampleee", "bad_email"),
        ("sms", "13812345678", "done"),
        ("sms", "19912345678", "done"),
        ("sms", "12812345678", "bad_mobile"),
        ("sms", "1381234567", "bad_mobile"),
        ("sms", "138123456789", "bad_mobile"),
    ],
)
def test_an_address_is_a_whole_mail_address_or_mobile_number(
    county: County, channel: str, value: str, said: str
) -> None:
    person = Person(county)
    assert person.enter(value, channel=channel) == said
    kept = [(value.strip().lower(), False, True)] if said == "done" else []
    other = {"email": "sms", "sms": "email"}[channel]
    assert person.known() == {channel: kept, other: []}


def test_a_code_is_six_digits_good_for_half_an_hour_and_five_guesses(county: County) -> None:
    person = Person(county)
    assert person.confirm("123456") == "no_code"
    person.enter()
    code = person.code()
    assert len(code) == 6
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    last = START + CODE_LASTS
    assert [person.confirm(wrong, at=last) for _ in range(GUESSES - 1)] == ["wrong_code"] * (GUESSES - 1)
    assert person.confirm(code, at=last + SECOND) == "code_expired"
    assert [person.known(at)["email"] for at in (last, last + SECOND)] == [
        [(MAIL, False, True)],
        [(MAIL, False, False)],
    ]
    assert person.confirm(f" {code} ", at=last) == "done"
    assert person.confirm(code, at=last) == "no_code"
    assert person.known()["email"] == [(MAIL, True, False)]
    person.enter("new@office.example", at=last)
    assert [person.confirm(wrong, at=last) for _ in range(GUESSES)] != ["code_expired"] * GUESSES
    assert person.confirm(person.code(), at=last) == "code_expired"
    assert [action for action, _ in person.recorded] == ["address_entered", "address_used", "address_entered"]


def test_a_new_address_takes_the_place_of_the_old_one_of_its_channel_with_its_own_code(county: County) -> None:
    person, other = Person(county), Person(county, "power")
    for who in (person, other):
        who.enter()
        who.confirm(who.code())
    person.enter("13812345678", channel="sms")
    person.confirm(person.code(), channel="sms")
    person.enter("first@office.example")
    person.enter("new@office.example", at=START + SECOND)
    # The one in use stays; of those that wait only the last.
    assert person.known()["email"] == [(MAIL, True, False), ("new@office.example", False, True)]
    assert person.confirm(person.code(), at=START + 2 * SECOND) == "done"
    assert person.known() == {
        "email": [("new@office.example", True, False)],
        "sms": [("13812345678", True, False)],
    }
    assert other.known()["email"] == [(MAIL, True, False)]
    assert person.drop() == "done"
    assert person.known() == {"email": [], "sms": [("13812345678", True, False)]}
    assert other.known()["email"] == [(MAIL, True, False)]
    assert person.recorded[-1][0] == "address_dropped"
    with county.read() as session:
        rows = session.scalars(select(Address).where(Address.user_id == person.id).order_by(Address.id))
        ended = [row.ended_at for row in rows]
    assert ended == [START + 2 * SECOND, None, START + SECOND, START]


def test_five_codes_are_sent_in_an_hour_to_one_person(county: County) -> None:
    person, hour = Person(county), timedelta(hours=1)
    assert [person.enter() for _ in range(CODES_AN_HOUR + 1)] == ["done"] * CODES_AN_HOUR + ["too_many_codes"]
    assert Person(county, "power").enter() == "done"
    assert person.enter("13812345678", at=START + hour - SECOND, channel="sms") == "too_many_codes"
    assert person.enter(at=START + hour) == "done"


def test_a_returned_mail_marks_every_present_address_with_that_value(county: County) -> None:
    people = [Person(county, name) for name in ("water", "power", "housing", "town")]
    for person in people[:3]:
        person.enter()
        person.confirm(person.code())
    people[3].enter("t@office.example")
    people[2].drop()
    with county.write() as session:
        assert addresses.bounced(session, " W@office.example ", START, VAULT) == 2
        assert addresses.bounced(session, "nobody@office.example", START, VAULT) == 0
    with county.read() as session:
        ids = [person.id for person in people]
        assert addresses.faults(session, ids[:1]) == {ids[0]: [("email", "bounced")]}
        assert addresses.faults(session, ids) == {key: [("email", "bounced")] for key in ids[:2]}
        assert [user.id for _, user in addresses.unreachable(session)] == ids[:2]
        assert len(addresses.unreachable(session, most=1)) == 1


def test_what_did_not_get_through_is_counted_and_decided_once(county: County) -> None:
    person = Person(county)
    person.enter()
    person.confirm(person.code())
    office = county.people["office"].user_id or 0
    with county.write() as session:
        address = session.scalars(select(Address.id)).one()
        session.execute(update(Delivery).values(status="dead", next_at=None))
        for number, status in enumerate(("dead", "unknown", "sent", "pending"), start=1):
            session.add(
                Delivery(
                    channel="email",
                    key=f"k{number}",
                    address_id=address,
                    kind="file",
                    params={"path": "/"},
                    language="zh_Hans",
                    weighty=status == "unknown",
                    created_at=START,
                    status=status,
                    next_at=START if status == "pending" else None,
                    sent_at=START if status == "sent" else None,
                    tries=12,
                )
            )
        session.flush()
        rows = {row.key: row.id for row in session.scalars(select(Delivery))}
        # A code that did not arrive is asked for again by whom it was for.
        assert [row.key for row in failed_deliveries.stuck_deliveries(session)] == ["k2", "k1"]
        assert [row.key for row in failed_deliveries.stuck_deliveries(session, before=rows["k2"])] == ["k1"]
        assert [row.key for row in failed_deliveries.stuck_deliveries(session, limit=1)] == ["k2"]
        assert failed_deliveries.count_stuck(session) == 2
        assert failed_deliveries.count_stuck(session, most=1) == 1
        lags = [failed_deliveries.lag(session, START + timedelta(seconds=n)) for n in (-1, 0, 90)]
        assert lags == [0, 0, 90]
        decided = [
            (key, arrived, failed_deliveries.resend(session, rows[key], START + SECOND, office, arrived=arrived))
            for key, arrived in (
                ("k1", True),
                ("k1", False),
                ("k1", False),
                ("k2", True),
                ("k2", False),
                ("k3", False),
                ("k4", False),
            )
        ]
        assert [done for _, _, done in decided] == [False, True, False, True, False, False, False]
        session.expire_all()
        after = {row.key: row for row in session.scalars(select(Delivery))}
    assert (after["k1"].status, after["k1"].next_at, after["k1"].tries) == ("pending", START + SECOND, 0)
    assert (after["k2"].status, after["k2"].sent_at, after["k2"].next_at) == ("sent", START + SECOND, None)
    assert (after["k2"].decided_by_id, after["k2"].decided_at) == (office, START + SECOND)
