"""Recipients: every kind of event against a table written by hand, and an empty post that is passed over upward."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Custody, Escalation, Paper, Post, SpotCheck, User
from notifications import due_items
from notifications.county_clock import county_clock
from notifications.rules import ALL_RULES, BY_LADDER, CASE_RULES, LAST_RESORT, NEXT_UP, RULES, upward
from tests.support.event_kinds import written
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.messages import notified, notified_instead
from tests.support.posts import appoint
from tests.support.signing import TALK, authorise
from tests.support.spot_checks import FIRST, close, draw, look
from tests.support.texts import SENTENCE
from workflow.accountability import paper_actions, proposals, sweep
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.accountability.instructions import instruction_desk, instruction_sweep
from workflow.actors import actor_of, system
from workflow.county import accounts, authorisations
from workflow.county.accounts import NewUser
from workflow.county.posts import post_entries, post_relief
from workflow.county.sign_ins import first_sign_ins
from workflow.setup import household_cadres
from workflow.setup.departures import departure_act
from workflow.setup.household_cadres import Cadre
from workflow.tickets import desk, participation, time_requests
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.time_requests import RequestInput

TOWN = {"town", "town-duty", "town-leader"}
SPOT = ("disprove", "spot_false")
#: Roles in events of other subjects than tickets.
OF_NO_TICKET = {
    "account",
    "on_duty",
    "checkers",
    "explainers",
    "lookers",
    "ranked",
    "reporting",
    "late",
    "reminded",
    "reporter",
    "objector",
    "signer",
}
POSTS = (
    ("town-a", "town", "town"),
    ("water", "bureau", "water"),
    ("power", "bureau", "power"),
    ("office", "office", "office"),
    ("leaders", "leaders", "leaders"),
)
#: A scheme whose ladder notifies another role on every rung.
TELLS = {
    1: (("holder_duty", "handler"), {"water-duty", "water-hand"}),
    2: (("holder_leader",), {"water-leader"}),
    3: (("town", "office"), TOWN | {"office", "office-duty", "office-leader"}),
    4: (("inspectorate",), {"inspectorate"}),
    5: (
        ("leaders", "holder_people"),
        {"leaders", "leaders-duty", "leaders-leader", "water", "water-duty", "water-leader", "water-hand"},
    ),
}


def scheme_that_tells(tells: dict[int, tuple[str, ...]]) -> Any:
    plain = small_scheme().model_dump(mode="json")
    for number, rung in enumerate(plain["ladder"]["rungs"], start=1):
        rung["tells"] = list(tells.get(number, ()))
    return small_scheme(ladder=plain["ladder"])


@pytest.fixture
def county(engine: Engine) -> County:
    """A county in which every post of the relevant units is filled."""
    county = settle_county(engine, scheme_that_tells({number: roles for number, (roles, _) in TELLS.items()}))
    with county.write() as session:
        who = system()
        for unit, role, name in POSTS:
            for post in ("duty", "leader"):
                user = accounts.create_user(session, who, START, NewUser(name=f"{name}-{post}", role=role, unit=unit))
                appoint(session, user, post, START)
                county.people[user.name] = actor_of(user)
        hand = accounts.create_user(session, who, START, NewUser(name="water-hand", role="bureau", unit="water"))
        county.people["water-hand"] = actor_of(hand)
    for name in ("office-leader", "leaders-leader"):
        authorise(county, name, START, kind="supervise")
    notified(county)
    return county


def test_every_kind_of_event_that_anything_writes_has_a_rule() -> None:
    event_kinds = list(written())
    assert [call.unread for call in event_kinds if call.unread] == []
    kinds = {kind for call in event_kinds for kind in call.kinds} | {*ACTIONS, *CASE_ACTIONS}
    assert {"file", "comment", "adopt", "user_closed", "export", "apply", "end_matter"} <= kinds
    assert kinds == {*RULES, *CASE_RULES, BY_LADDER}
    assert set(CASE_RULES) == {*CASE_ACTIONS, "propose_case"}
    # What is written without a row of the outbox has a rule that says so; but who guides a duty is told of none of the
    # many that open at once, the `confirm` of an import shares its name with a ticket's, and who splits off stays in the
    # village.
    silent = {kind for call in event_kinds if call.silent for kind in call.kinds}
    assert {kind for kind in silent if ALL_RULES[kind]} == {"assist", "confirm", "family"}


def test_each_rule_tells_exactly_the_people_it_should(county: County) -> None:
    ticket = 1
    seen: set[str] = set()

    def move(who: str, action: str, at: float, **given: Any) -> None:
        if action in ("resolve", "confirm"):
            given["evidence"] = [county.bring(who, ticket, day(at), f"{action} {at}".encode())]
        county.do(who, action, ticket, day(at), **given)

    def act(done: Any, who: str, at: float, *given: Any) -> None:
        with county.write() as session:
            done(session, county.people[who], ticket, *given, day(at))

    def ask(at: float, until: str = "2018-12-10") -> None:
        with county.write() as session:
            time_requests.ask(
                session,
                county.people["water"],
                day(at),
                ticket,
                RequestInput(kind="extension", until=until, reason=SENTENCE, plan=SENTENCE),
            )

    def refuse(at: float) -> None:
        with county.write() as session:
            time_requests.answer(session, county.people["office"], day(at), 1, False, None, SENTENCE)

    def relapse(who: str, at: float) -> None:
        with county.write() as session:
            desk.relapse(session, county.people[who], ticket, day(at), checkup=1, finding=1)

    decline = {"ground": "not_ours", "cited_duty": SENTENCE}
    steps: list[tuple[str, Any, set[str]]] = [
        ("file", lambda: county.file("village"), {"town-duty"}),
        ("send_back", lambda: move("town", "send_back", 0, reason=SENTENCE), {"village", "town-duty"}),
        ("resubmit", lambda: move("village", "resubmit", 0), {"town-duty"}),
        ("endorse", lambda: move("town", "endorse", 0), {"water-duty", "village"}),
        ("decline", lambda: move("water", "decline", 0, **decline), TOWN | {"office-duty"}),
        ("uphold", lambda: move("office", "uphold", 0, reason=SENTENCE), TOWN | {"water-duty"}),
        ("accept", lambda: move("water", "accept", 0), {"village"}),
        ("handler", lambda: act(participation.name_handler, "water", 0, "water-hand"), {"water-hand"}),
        ("assist", lambda: act(participation.assist, "water", 0, "housing"), {"housing"}),
        ("assist", lambda: act(participation.assist, "water", 0, "power"), {"power", "power-duty", "power-leader"}),
        ("comment", lambda: act(participation.comment, "town", 0, "急"), {"water-duty", "water-hand"}),
        ("unassist", lambda: act(participation.unassist, "water", 0, "housing"), set()),
        ("evidence", lambda: county.bring("water", ticket), set()),
        ("ask_time", lambda: ask(0), {"office", "office-duty", "office-leader"}),
        ("refuse_time", lambda: refuse(0), {"water-duty", "water-hand"}),
        (
            "extend",
            lambda: move("office", "extend", 0, until="2018-12-10", reason=SENTENCE),
            TOWN | {"water-duty", "water-hand"},
        ),
        ("ask_time", lambda: ask(0, "2018-12-12"), {"leaders", "leaders-duty", "leaders-leader"}),
        (
            "extend_again",
            lambda: move("leaders", "extend_again", 0, until="2018-12-12", reason=SENTENCE),
            TOWN | {"water-duty", "water-hand"},
        ),
        ("suspend", lambda: move("office", "suspend", 0, ground="flood", until="2018-11-23"), TOWN | {"water-duty"}),
        ("resume", lambda: move("office", "resume", 1), {"water-duty", "water-hand"}),
        ("resolve", lambda: move("water", "resolve", 1), {"town-duty"}),
        ("reject", lambda: move("town", "reject", 1, reason=SENTENCE), {"water-duty", "water-hand", "water-leader"}),
        ("reclassify", lambda: move("water", "reclassify", 1, kind="power", reason=SENTENCE), {"office-duty"}),
        ("reassign", lambda: move("office", "reassign", 1, unit="power", reason=SENTENCE), TOWN | {"power-duty"}),
        ("deem_accepted", lambda: sweep.run(county.read, county.write, day(9)), {"power-duty", "power-leader"}),
        ("resolve", lambda: move("power", "resolve", 9), {"town-duty"}),
        (
            "confirm",
            lambda: move("town", "confirm", 9, visited_on=day(9).date().isoformat()),
            {"village", "power-duty"},
        ),
        ("relapse", lambda: relapse("village", 10), TOWN | {"power-duty", "power-leader"}),
        ("resolve", lambda: move("power", "resolve", 10), {"town-duty"}),
        (
            "confirm",
            lambda: move("town", "confirm", 10, visited_on=day(10).date().isoformat()),
            {"village", "power-duty"},
        ),
        ("reopen", lambda: move("town", "reopen", 11, reason=SENTENCE), {"power-duty", "power-leader"}),
        ("cancel", lambda: move("office", "cancel", 11, reason=SENTENCE), TOWN | {"village", "power-duty"}),
    ]
    for number, (kind, step, expected) in enumerate(steps):
        step()
        assert notified(county, kind) == expected, f"{number}: {kind}"
        seen.add(kind)
    ticket = county.file("village", at=day(30))
    notified(county)
    move("village", "withdraw", 30, reason=SENTENCE)
    assert notified(county, "withdraw") == TOWN
    ticket = county.file("village", household="A2", at=day(30))
    notified(county)
    move("town", "withdraw", 30, reason=SENTENCE)
    assert notified(county, "withdraw") == {"village", "town-duty", "town-leader"}
    ticket = county.file("town", household="A3", at=day(30))
    sweep.run(county.read, county.write, day(90))
    notified(county)
    with county.read() as session:
        proposed = session.scalars(
            select(Escalation).where(Escalation.ticket_id == ticket, Escalation.status == "proposed")
        ).first()
    assert proposed is not None
    with county.write() as session:
        proposals.answer(session, county.people["office"], day(90), ticket, proposed.id, True, SENTENCE, **TALK)
    assert notified(county, "issue_rung") == {"water", "water-duty", "water-leader", "water-hand"}
    seen |= {"issue_rung", *papers_told(county), *instructions_told(county, ticket)}
    of_tickets = {kind for kind in RULES if kind in ACTIONS or (RULES[kind] and not OF_NO_TICKET & {*RULES[kind]})}
    # What comes of spot checks, random checks and changes in a family is told in tests of their own, as are the daily reminder
    # of papers that wait, the proposal to erase a household and what enters a view; a report's coming in is read on the ranking's
    # page.
    assert RULES["hand_in"] == ()
    apart = {"object_ranking", "issue_report", "papers_waiting", "random_failed", "look_again", "family"}
    apart |= {"register", "refuse", "ask_erasure", "view_entered"}
    heard = (of_tickets - apart) | {
        "evidence",
        "unassist",
    }
    assert (
        seen | {"withdraw", "hand_in", "hand_over", "follow", "head_sent", "verified", "verification_failed", *SPOT}
        == heard
    )


def test_a_draw_tells_those_alone_who_are_sent_and_a_false_closing_who_answers_for_it(county: County) -> None:
    first, second = close(county), close(county, "A2", kind="power")
    notified(county)
    draw(county)
    assert notified(county) == {"other_town"}
    with county.read() as session:
        checks = {check.ticket_id: check.id for check in session.scalars(select(SpotCheck))}
        due = [
            item.path
            for item in due_items.items(
                session, county_clock(session), county.units["town-b"], FIRST + timedelta(days=99)
            )
        ]
        assert due == [f"/spot-checks/{check}" for check in sorted(checks.values())]
    look(county, "false", check=checks[first])
    office = {"office", "office-duty", "office-leader"}
    assert notified(county, "disprove") == TOWN | office | {"water-duty", "water-leader"}
    look(county, "false", check=checks[second], at=day(60))
    assert notified(county, "spot_false") == TOWN | office | {"power-duty"}
    # For a town without people the office is notified.
    close(county, "A3", day(15))
    notified(county)
    with county.write() as session:
        session.execute(update(User).where(User.name == "other_town").values(active=False))
    draw(county, FIRST + timedelta(days=31))
    assert notified(county) == office
    assert set(notified_instead(county).values()) == {"lookers"}


def instructions_told(county: County, ticket: int) -> set[str]:
    """Asserts that acts on an instruction notify its other party, and a press all who have to know; returns the acts tried."""
    WATER, LEADERS = (
        {"water", "water-duty", "water-leader", "water-hand"},
        {"leaders", "leaders-duty", "leaders-leader"},
    )
    told, at = set[str](), day(90)
    for kind, who, act, given, expected in (
        ("instruct", "leaders", instruction_desk.instruct, (ticket, "water", SENTENCE, "2019-02-20"), WATER),
        ("answer_instruction", "water", instruction_desk.answer, (1, SENTENCE), LEADERS),
        ("return_instruction", "leaders", instruction_desk.send_back, (1, SENTENCE, "2019-02-21"), WATER),
        ("answer_instruction", "water", instruction_desk.answer, (1, SENTENCE), LEADERS),
        ("accept_instruction", "leaders", instruction_desk.accept, (1, SENTENCE), WATER),
        ("instruct", "leaders", instruction_desk.instruct, (ticket, "water", SENTENCE, "2019-02-20"), WATER),
        ("withdraw_instruction", "leaders", instruction_desk.withdraw, (2, SENTENCE), WATER),
        ("instruct", "leaders", instruction_desk.instruct, (ticket, "water", SENTENCE, "2019-02-20"), WATER),
    ):
        with county.write() as session:
            act(session, county.people[who], at, *given)
        assert notified(county, kind) == expected, kind
        told.add(kind)
    instruction_sweep.run(county.read, county.write, day(95))
    office = {"office", "office-duty", "office-leader"}
    assert notified(county, "press_instruction") == WATER | LEADERS | office
    return told | {"press_instruction"}


def papers_told(county: County) -> set[str]:
    """Asserts that acts on a paper notify its other party; returns the acts tried."""
    WATER, OFFICE = {"water", "water-duty", "water-leader", "water-hand"}, {"office", "office-duty", "office-leader"}
    for household in ("B1", "B2"):
        county.do("water", "accept", county.file("other_town", household=household, at=day(90)), day(90))
    sweep.run(county.read, county.write, day(112))
    notified(county)
    with county.read() as session:
        first, second = session.scalars(select(Paper.number).where(Paper.rung == 3).order_by(Paper.id)).all()[-2:]
    steps: list[tuple[str, str, Any, tuple[Any, ...], set[str]]] = [
        ("sign_paper", "water", paper_actions.sign, (first,), OFFICE),
        ("answer_paper", "water", paper_actions.answer, (first, SENTENCE), OFFICE),
        ("ask_revocation", "office", paper_actions.ask_revocation, (first, SENTENCE), OFFICE - {"office"}),
        (
            "keep_paper",
            "office-duty",
            paper_actions.rule_on_revocation,
            (first, False, SENTENCE),
            OFFICE - {"office-duty"},
        ),
        ("return_paper", "office", paper_actions.check, (first, False, SENTENCE), WATER),
        ("answer_paper", "water", paper_actions.answer, (first, SENTENCE), OFFICE),
        ("verify_paper", "office", paper_actions.check, (first, True, SENTENCE), WATER),
        ("ask_revocation", "office", paper_actions.ask_revocation, (second, SENTENCE), OFFICE - {"office"}),
        (
            "revoke_paper",
            "office-duty",
            paper_actions.rule_on_revocation,
            (second, True, SENTENCE),
            WATER | OFFICE - {"office-duty"},
        ),
    ]
    for kind, who, act, given, expected in steps:
        if kind == "verify_paper":
            with county.read() as session:
                of_first = session.scalars(select(Paper.ticket_id).where(Paper.number == first)).one()
            county.resolve(of_first, day(112))
            notified(county)
        with county.write() as session:
            act(session, county.people[who], day(112), *given)
        assert notified(county, kind) == expected, kind
    late = county.file("other_town", household="B3", at=day(112))
    county.do("water", "accept", late, day(112))
    sweep.run(county.read, county.write, day(134))
    sweep.run(county.read, county.write, day(136))
    assert notified(county, "deem_received") == WATER
    with county.write() as session:
        rungs = select(Escalation).where(Escalation.status == "proposed", Escalation.rung == 4)
        rung = session.scalars(rungs.order_by(Escalation.id.desc())).first()
        assert rung is not None
        office = county.people["office"]
        talk = proposals.answer(session, office, day(139), rung.ticket_id, rung.id, True, SENTENCE, **TALK).paper
    notified(county)
    with county.write() as session:
        held = {"held_at": "2019-04-08T10:00", "came": "x", "minutes": SENTENCE}
        paper_actions.record_talk(session, county.people["office"], day(139, 11), str(talk), held)
    assert notified(county, "record_talk") == WATER
    return {step[0] for step in steps} | {"deem_received", "record_talk"}


def test_what_is_done_to_the_account_of_a_ruler_is_told_to_the_inspectorate_and_to_whose_it_is(county: County) -> None:
    seen: set[str] = set()
    # Changes to an office leader notify the inspectorate; those to a bureau's people do not.
    for name, expected in (("office-duty", {"inspectorate", "office-duty"}), ("water-hand", set())):
        steps: list[tuple[str, Any]] = [
            ("password_set", lambda s, a, u: accounts.set_password(s, a, u, "x", day(1))),
            ("token_issued", lambda s, a, u: accounts.issue_token(s, u, day(1))),
            ("tokens_revoked", lambda s, a, u: accounts.revoke_tokens(s, a, u, day(1))),
            ("appointed", lambda s, a, u: appoint(s, u, "leader", day(1))),
            ("user_closed", lambda s, a, u: accounts.set_active(s, a, u, False, day(1))),
            ("user_opened", lambda s, a, u: accounts.set_active(s, a, u, True, day(1))),
        ]
        for kind, step in steps:
            with county.write() as session:
                user = session.scalars(select(User).where(User.name == name)).one()
                step(session, county.people["admin"], user)
            # Every post is told to the inspectorate, whoever it is of.
            told = expected | {"inspectorate", name} if kind == "appointed" else expected
            assert notified(county, kind) == (told - {name} if kind == "user_closed" else told), (name, kind)
            seen.add(kind)
    # So do its end and the cancellation of an entry.
    with county.write() as session:
        post = session.scalars(select(Post).join(User, User.id == Post.user_id).where(User.name == "water-hand")).one()
        given = {"until_day": "2018-12-31", "document": "五组任〔2018〕13号"}
        post_entries.end(session, county.people["office-duty"], day(1), post.id, given)
    assert notified(county, "post_ended") == {"inspectorate", "water-hand"}
    with county.write() as session:
        post_entries.cancel(session, county.people["office-duty"], day(1), post.id, "登记有误")
    assert notified(county, "post_cancelled") == {"inspectorate", "water-hand"}
    with county.write() as session:
        former = session.get_one(Post, post.id)
        post_relief.reinstate(session, county.people["office-duty"], day(1), former, None, former)
    assert notified(county, "post_reinstated") == {"inspectorate", "water-hand"}
    with county.write() as session:
        post_entries.cancel(session, county.people["office-duty"], day(1), post.id, "登记有误")
    seen |= {"post_ended", "post_cancelled", "post_reinstated"}
    # An authorisation notifies the inspectorate and whom it authorises, at its start and at its end.
    named = {"kind": "sign", "user": "power", "from_day": "2018-11-21", "until_day": "2018-12-31"}
    with county.write() as session:
        made = authorisations.record(
            session, county.people["power-leader"], day(1), named | {"document": "五电授〔2018〕1号"}
        ).id
    told = notified(county, "authorise")
    with county.write() as session:
        authorisations.end(session, county.people["power-leader"], day(2), made)
    assert (told, notified(county, "end_authorisation")) == (
        {"inspectorate", "power"},
        {"inspectorate", "power"},
    )
    seen |= {"authorise", "end_authorisation"}
    # A slip made for an account that has a password, and the use of a slip, whoever it is of.
    with county.write() as session:
        hand = session.scalars(select(User).where(User.name == "water-hand")).one()
        (slip,) = first_sign_ins.make(session, county.people["admin"], day(1), [hand])
    assert notified(county, "first_sign_in_made") == {"inspectorate", "water-hand"}
    with county.write() as session:
        first_sign_ins.use(session, day(2), slip.code, "y")
    assert notified(county, "first_sign_in_used") == {"inspectorate", "water-hand"}
    seen |= {"first_sign_in_made", "first_sign_in_used"}
    # Of a person that moves the inspectorate and the person hear, whoever follows of what is taken over.
    with county.write() as session:
        hand = session.scalars(select(User).where(User.name == "water-hand")).one()
        household_cadres.assign(session, county.people["office-duty"], day(1), {"A1": Cadre("李四", hand.id)})
        moves: dict[str, Any] = {"unit": "town-b", "to": {"households": "town"}}
        departure_act.carry_out(session, county.people["office-duty"], day(1), "water-hand", moves)
    assert notified(county) == {"inspectorate", "water-hand", "town"}
    seen |= {"user_transferred", "took_over"}
    with county.write() as session:
        accounts.create_user(session, county.people["admin"], day(1), NewUser(name="shadow", role="office"))
    assert notified(county, "user_created") == {"inspectorate", "shadow"}
    with county.write() as session:
        session.execute(update(User).where(User.name == "inspectorate").values(active=False))
        accounts.create_user(session, county.people["admin"], day(1), NewUser(name="second", role="office"))
    assert notified(county, "user_created") >= {"office", "second"}
    # An account that a reform moves is told itself (tests/reform).
    # Resets and second factors: tests/county.
    resets = {"reset_asked", "reset_agreed", "reset_refused", "reset_in_emergency"}
    resets |= {"passkey_added", "passkey_removed", "sign_on_link_made", "sign_on_bound", "sign_on_ended"}
    resets |= {"factor_enrolled", "factor_removed", "recovery_code_used", "recovery_codes_made"}
    assert seen | resets | {"user_created", "user_moved"} == {
        kind for kind, roles in RULES.items() if "account" in roles
    }


def test_where_the_state_says_who_a_comment_is_told_to_those_it_concerns(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)

    def said(at: float) -> set[str]:
        with county.write() as session:
            participation.comment(session, county.people["town"], ticket, "急", day(at))
        return notified(county, "comment")

    assert said(0) == {"water-duty"}
    county.do("office", "suspend", ticket, day(0), ground="flood", until="2018-11-23")
    assert said(0) == {"office-duty", "water-duty"}
    county.do("office", "resume", ticket, day(1))
    county.resolve(ticket, day(1))
    assert said(1) == {"town-duty", "water-duty"}


@pytest.mark.parametrize(("rung", "after"), [(1, 15), (2, 16), (3, 20), (4, 23), (5, 30)])
def test_a_rung_tells_whom_the_ladder_of_the_scheme_names(county: County, rung: int, after: int) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    with county.write() as session:
        participation.name_handler(session, county.people["water"], ticket, "water-hand", START)
    notified(county)
    sweep.run(county.read, county.write, day(after, 18))
    assert notified(county, "escalate") == TELLS[rung][1]


def test_nobody_is_told_of_their_own_act(county: County) -> None:
    ticket = county.file("village")
    notified(county)
    county.do("town-duty", "send_back", ticket, START, reason=SENTENCE)
    assert notified(county) == {"village"}
    county.do("village", "withdraw", ticket, START, reason=SENTENCE)
    county.file("town-duty")
    assert notified(county, "file") == {"water-duty"}


def test_who_has_left_is_not_told_and_the_seat_counts_as_empty(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    with county.write() as session:
        participation.name_handler(session, county.people["water"], ticket, "water-hand", START)
        session.execute(update(User).where(User.name.in_(("water-duty", "water-hand"))).values(active=False))
    notified(county)
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "急", START)
    assert notified(county) == {"water", "water-leader"}
    assert notified_instead(county) == {"water": "holder_duty", "water-leader": "holder_duty"}


def test_what_the_holder_did_is_told_to_who_held_it_then(county: County) -> None:
    ticket = county.file()
    notified(county)
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "急", day(1))
    county.do("water", "decline", ticket, day(2), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", ticket, day(3), unit="power", reason=SENTENCE)
    assert notified(county, "comment") == {"water-duty"}


def test_a_unit_from_which_the_office_takes_a_ticket_is_told_so_too(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    notified(county)
    county.do("office", "reassign", ticket, day(2), unit="power", reason=SENTENCE)
    assert notified(county) == TOWN | {"power-duty", "water-duty"}
    # Before a unit was responsible there is none to tell.
    early = county.file("village", household="A2", at=day(2))
    notified(county)
    county.do("office", "reassign", early, day(2), unit="power", reason=SENTENCE)
    assert notified(county) == TOWN | {"power-duty"}


def test_cancelling_what_nobody_was_yet_responsible_for_tells_no_administrator(county: County) -> None:
    ticket = county.file("village")
    notified(county)
    county.do("office", "cancel", ticket, START, reason="误报")
    assert notified(county) == TOWN | {"village"}


CLIMB = (
    ("water-duty", {"water", "water-leader", "water-hand"}),
    ("water water-hand", {"water-leader"}),
    ("water-leader", {"office", "office-duty", "office-leader"}),
    ("office office-duty office-leader", {"leaders", "leaders-duty", "leaders-leader"}),
    ("leaders leaders-duty leaders-leader", {"inspectorate"}),
    ("inspectorate", {"admin"}),
)


def test_an_empty_seat_climbs_to_the_next_one_up_and_says_so_to_the_last(county: County) -> None:
    for number, (gone, expected) in enumerate(CLIMB, start=1):
        with county.write() as session:
            session.execute(update(User).where(User.name.in_(gone.split())).values(active=False))
        county.file("town", household=f"A{1 + number % 3}", kind="water", at=day(400 * (number // 4), 9 + number))
        assert notified(county) == expected
        assert notified_instead(county) == dict.fromkeys(expected, "holder_duty")
        county_wide_end(county)


def county_wide_end(county: County) -> None:
    """Ends the open ticket, so that the next one may be filed."""
    with county.read() as session:
        ticket = session.scalars(select(Custody.ticket_id).where(Custody.ended_at.is_(None))).one()
        at = session.scalars(select(Custody.began_at).where(Custody.ended_at.is_(None))).one()
    county.do("office", "cancel", ticket, at, reason=SENTENCE)
    notified(county)


def test_a_rung_fires_though_the_unit_has_no_leader_and_the_county_nobody_in_the_office(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    with county.write() as session:
        session.execute(update(Post).where(Post.until_at.is_(None)).values(until_at=day(1)))
        session.execute(update(User).where(User.role == "office").values(active=False))
        session.execute(update(User).where(User.unit_id == county.units["water"]).values(active=False))
    notified(county)
    sweep.run(county.read, county.write, day(16, 18))
    assert notified(county, "escalate") == {"leaders", "leaders-duty", "leaders-leader"}
    assert set(notified_instead(county).values()) == {"holder_leader"}


def test_a_ladder_that_names_nobody_is_not_silent(engine: Engine) -> None:
    county = settle_county(engine, scheme_that_tells({}))
    county.file()
    notified(county)
    sweep.run(county.read, county.write, day(3))
    assert notified(county, "escalate") == {"water"}


def test_every_way_up_ends_with_the_last_resort() -> None:
    for role in {
        *NEXT_UP,
        *NEXT_UP.values(),
        *(role for rules in (RULES, CASE_RULES) for roles in rules.values() for role in roles),
    }:
        way = list(upward(role))
        assert way[0] == role
        assert set(LAST_RESORT) <= set(way)
        assert len(way) == len(set(way))


def test_the_lateness_of_the_office_is_told_to_the_leading_group_at_every_rung(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, START, ground="not_ours", cited_duty=SENTENCE)
    notified(county)
    # Due at the close of Friday the 23rd.
    sweep.run(county.read, county.write, day(3, 18))
    assert notified(county, "escalate") >= {"leaders", "leaders-duty", "leaders-leader"}
