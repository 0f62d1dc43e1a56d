"""Random lives of people, households, villages and units with tickets and imports: births, deaths, moves, splits, mergers,
reforms, files that come in, tickets filed and moved on, families that are not registered reported and judged.

After every step each living person is in one household, the people of villages are the sum of their households, nothing
open is with an ended unit, and every open ticket is seen by its household's present village and town; at the end `verify` is
clean and custody is conserved.  Many and long walks: `XIAOHAO_WALKS=200 XIAOHAO_WALK_STEPS=60 pytest …`.
"""

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Candidate, CandidatePerson, Custody, Household, Member, Ticket, Unit, User, Village
from tests.conftest import fresh_database
from tests.support.candidates import candidate_scheme, report
from tests.support.databases import engine_at
from tests.support.factories import START, County, settle_county
from tests.support.lives import act, happen
from tests.support.reforms import actor, reform, sound
from tests.support.spreadsheets import VAULT, bring, text, valid
from tests.support.texts import SENTENCE
from workflow.actors import acting
from workflow.errors import WorkflowError
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.register.candidates import erasure
from workflow.register.lives.family_input import NewPerson
from workflow.tickets.consequences.candidate_verdicts import people_of
from workflow.tickets.visibility import sees

VILLAGES = ("town-a-v1", "town-a-v2", "town-b-v1", "town-b-v2")
HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "证件号码", "与户主关系", "劳动技能")
#: What a file has of a household: as it is, one more person, one fewer, in another village, somebody who lives elsewhere, or
#: a household nobody knew.
FILES = ("same", "more", "fewer", "elsewhere", "borrowed", "fresh")
at = st.integers(0, 9)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["split", "merged"]), at, at),
        st.tuples(st.just("relocated"), at, st.integers(0, 3)),
        st.tuples(st.just("undone"), at),
        st.tuples(st.sampled_from(["born", "came_in"]), at),
        st.tuples(st.sampled_from(["died", "married_out", "moved_away", "struck", "moved", "head"]), at, at, at),
        st.tuples(st.just("import"), at, st.sampled_from(FILES), at),
        st.tuples(st.just("file"), at, st.sampled_from(["water", "power"])),
        st.tuples(st.just("ticket"), at, st.sampled_from(["accept", "decline", "resolve", "confirm", "reopen"])),
        st.tuples(st.just("report"), at),
        st.tuples(st.just("judge"), at, st.sampled_from(["register", "refuse"])),
        st.tuples(st.just("wait"), st.integers(5, 40)),
        st.tuples(st.sampled_from(["rename", "merge"]), st.sampled_from(["village", "unit"]), at, at),
    ),
    min_size=3,
    max_size=int(os.environ.get("XIAOHAO_WALK_STEPS", "14")),
)


class Walker:
    """Takes the steps; what the product refuses changes nothing.  `done`: how often each kind was no refusal."""

    def __init__(self, county: County) -> None:
        self.county, self.now, self.serial = county, START, 0
        self.everybody: set[str] = set()
        self.done = Counter[str]()
        for code, village in (("A1", "town-a-v1"), ("A2", "town-a-v2"), ("B1", "town-b-v1")):
            town = {"a": "甲镇", "b": "乙镇"}[village[5]]
            family = [self._stranger() for _ in range(3)]
            rows = [
                [code, family[0][0], town, f"{village}村", *one, "户主" if one is family[0] else "之子", "普通劳动力"]
                for one in family
            ]
            assert bring(county, text(HEADINGS, *rows)).four == (1, 0, 0, 0)
            self.everybody |= {name for name, _ in family}

    def _stranger(self) -> tuple[str, str]:
        """A person nobody knows yet: name and ID number."""
        self.serial += 1
        n = self.serial
        body = f"441424{1950 + n % 60}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
        name = f"人{''.join('零一二三四五六七八九'[int(digit)] for digit in str(n))}"
        return name, valid(body + "0")

    def homes(self) -> list[Household]:
        with self.county.read() as session:
            return [row for row in session.scalars(select(Household).order_by(Household.id)) if not row.gone]

    def step(self, step: tuple[Any, ...]) -> None:
        self.now += timedelta(days=1)
        kind, homes = step[0], self.homes()
        try:
            if kind in ("rename", "merge"):
                self._reform(*step)
            elif kind == "ticket":
                self._move_on(step[1], step[2])
            elif kind == "report":
                self._report(step[1])
            elif kind == "judge":
                self._judge(step[1], step[2])
            elif kind == "wait":
                self._wait(step[1])
            elif homes:
                self._live(kind, homes[step[1] % len(homes)], homes, step)
        except WorkflowError:
            return
        self.done[f"{kind} {step[2]}" if kind in ("import", "ticket", "judge") else kind] += 1

    def _reform(self, kind: str, subject: str, one: int, other: int) -> None:
        model: Any = Village if subject == "village" else Unit
        with self.county.read() as session:
            rows = list(session.scalars(select(model).where(model.ended_on.is_(None)).order_by(model.id)))
        if subject == "unit":
            rows = [row for row in rows if row.type in ("town", "bureau")]
        self.serial += 1
        more = (
            {"into": rows[other % len(rows)].code} if kind == "merge" else {"name": f"新{self.serial}", "another": True}
        )
        sources = [rows[one % len(rows)].code]
        reform(self.county, self.now, kind=kind, subject=subject, sources=sources, **more)
        for name in self.county.people:
            actor(self.county, name)

    def _report(self, index: int) -> None:
        with self.county.read() as session:
            villages = session.scalars(select(Village).where(Village.ended_on.is_(None)).order_by(Village.id)).all()
        people = [dict(zip(("name", "id_number"), self._stranger(), strict=True)) for _ in range(2)]
        report(self.county, "office", self.now, people, villages[index % len(villages)].code)

    def _judge(self, index: int, verdict: str) -> None:
        """The town sees the family, the leading group judges it; its people are registered, or are nowhere."""
        with self.county.read() as session:
            open_ = select(Ticket).where(Ticket.candidate_id.is_not(None), Ticket.ended_at.is_(None))
            rows = session.scalars(open_.order_by(Ticket.id)).all()
            row = rows[index % len(rows)] if rows else None
            people = people_of(session, row.candidate_id or 0) if row is not None else []
        if row is None:
            return
        who = self._town_of(row)
        if row.state == "assigned" and who:
            self.county.do(who, "accept", row.id, self.now)
        if self.county.ticket(row.id).state == "in_progress" and who:
            self.county.resolve(row.id, self.now, who=who)
        self.serial += 1
        given = {"code": f"K{self.serial}"} if verdict == "register" else {"ground": "not_eligible", "reason": SENTENCE}
        self.county.do("leaders", verdict, row.id, self.now, **given)
        if verdict == "register":
            self.everybody |= {each.name for each in people}

    def _town_of(self, ticket: Ticket) -> str:
        """Who acts for the town that has a ticket; nobody, if no town has it."""
        towns = ("town", "other_town")
        return next((name for name in towns if self.county.people[name].unit_id == ticket.holder_unit_id), "")

    def _wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        with self.county.write() as session:
            erasure.erase_due(session, self.now)

    def _people(self, home: Household) -> list[Member]:
        with self.county.read() as session:
            living = (Member.household_id == home.id, Member.ends_on.is_(None))
            return list(session.scalars(select(Member).where(*living).order_by(Member.position)))

    def _live(self, kind: str, home: Household, homes: list[Household], step: tuple[Any, ...]) -> None:
        other = homes[step[-1] % len(homes)] if isinstance(step[-1], int) else home
        if kind == "file":
            self.county.file("office" if home.village_id > 2 else "town", home.code, step[2], self.now)
        elif kind == "split":
            rows = self._people(home)[1:]
            with self.county.read() as session:
                open_ = session.scalars(
                    select(Ticket).where(Ticket.household_id == home.id, Ticket.ended_at.is_(None))
                ).all()
            leaving = rows[step[2] % len(rows)].name if rows else ""
            with self.county.read() as session:
                merged = session.scalars(select(Household.code).where(Household.successor_id == home.id)).first()
            back = {"to": merged} if merged and step[2] % 3 == 0 else {}
            going = [row.number for row in open_[: step[2] % 2]]
            act(
                self.county,
                "split",
                *([leaving] if leaving else []),
                household=home.code,
                at=self.now,
                tickets=going,
                **back,
            )
        elif kind == "merged":
            act(self.county, kind, household=home.code, to=other.code, at=self.now)
        elif kind == "relocated":
            act(self.county, kind, household=home.code, to=VILLAGES[step[2]], at=self.now)
        elif kind == "undone":
            gone = {row.name for row in self._people(home)}
            act(self.county, "undone", household=home.code, reason="整户误录，核实后撤销", at=self.now)
            self.everybody -= gone
        elif kind == "import":
            self._bring(home, step[2], homes[step[3] % len(homes)])
        else:
            self._happen(kind, home, step, other)

    def _happen(self, kind: str, home: Household, step: tuple[Any, ...], other: Household) -> None:
        """A change in a family; the head of those who stay is the next one, and who is last ends the household."""
        told: dict[str, Any] = {"who": "office", "household": home.code, "at": self.now}
        if kind in ("born", "came_in"):
            name = self._stranger()[0]
            happen(self.county, kind, person=NewPerson(name=name), **told)
            self.everybody.add(name)
            return
        rows = self._people(home)
        chosen = rows[step[2] % len(rows)]
        if kind == "head":
            happen(self.county, kind, chosen.name, **told)
            return
        if chosen.position == 1 and len(rows) > 1:
            told["head"] = rows[1].name
        if kind == "moved":
            told["to"] = other.code
        happen(self.county, kind, chosen.name, ends=True, reason="核对户口簿", **told)
        if kind != "moved":
            self.everybody.discard(chosen.name)

    def _bring(self, home: Household, what: str, other: Household) -> None:
        """A file of one household; a person whom it has more begins, whom it has fewer stays."""
        people = [(row.name, "") for row in self._people(home)]
        code, village_id, fresh = home.code, home.village_id, [self._stranger(), self._stranger()]
        came: set[str] = set()
        if what == "fewer":
            people = people[:1] or people
        elif what == "more":
            people, came = [*people, fresh[0]], {fresh[0][0]}
        elif what == "elsewhere":
            village_id = other.village_id
        elif what == "borrowed":
            people += self._known(other)
        elif what == "fresh":
            people, code, came = fresh, f"N{self.serial}", {name for name, _ in fresh}
        with self.county.read() as session:
            village = session.get_one(Village, village_id)
            place = [session.get_one(Unit, village.town_id).name, village.name]
        rows = [
            [code, people[0][0], *place, *one, "户主" if one is people[0] else "其他", "普通劳动力"] for one in people
        ]
        imported = bring(self.county, text(HEADINGS, *rows), at=self.now, filename=f"{self.serial}.csv")
        if imported.counts["new"] or imported.counts["changed"]:
            self.everybody |= came

    def _known(self, home: Household) -> list[tuple[str, str]]:
        """Somebody of another household with the number, as a file would have them."""
        return [(row.name, VAULT.open(row.id_sealed)) for row in self._people(home) if row.id_sealed][:1]

    def _move_on(self, index: int, action: str) -> None:
        over = Ticket.ended_at.is_not(None) if action == "reopen" else Ticket.ended_at.is_(None)
        with self.county.read() as session:
            ids = session.scalars(select(Ticket.id).where(over).order_by(Ticket.id)).all()
        if not ids:
            return
        number = ids[index % len(ids)]
        ticket = self.county.ticket(number)
        who = ticket.kind if ticket.household_id is not None else self._town_of(ticket) or "town"
        if action == "confirm":
            self.county.confirm(number, self.now, who="town" if index % 2 else "other_town")
        elif action == "resolve":
            self.county.resolve(number, self.now, who=who)
        elif action == "reopen":
            self.county.do("office", "reopen", number, self.now, reason="复查仍未通水")
        elif action == "decline":
            self.county.do(who, "decline", number, self.now, ground="not_ours", cited_duty="三定方案")
        else:
            self.county.do(who, "accept", number, self.now)

    def check(self) -> None:
        today = local_date(self.now)
        with self.county.read() as session:
            homes = {row.id: row for row in session.scalars(select(Household))}
            living = [row for row in session.scalars(select(Member)) if counted(row, today)]
            assert sorted(row.name for row in living) == sorted(self.everybody), "each in one household"
            assert not [row for row in living if homes[row.household_id].gone]
            there = Counter(homes[row.household_id].village_id for row in living)
            told = Counter({row.village_id: 0 for row in homes.values()})
            for row in homes.values():
                told[row.village_id] += row.people or 0
            assert +there == +told, "the people of a village are the sum of its households"
            for row in homes.values():
                there_ = [one for one in living if one.household_id == row.id]
                assert [one.position for one in there_].count(1) == (1 if there_ else 0), "one head"
                assert row.gone or there_, "a household of which nobody is left has ended"
            ended = select(Unit.id).where(Unit.ended_on.is_not(None))
            stuck = select(Custody.id).where(Custody.unit_id.in_(ended), Custody.ended_at.is_(None))
            assert session.scalars(stuck).all() == [], "nothing open is with an ended unit"
            towns = {row.id: row.town_id for row in session.scalars(select(Village))}
            users = [acting(session, row, self.now) for row in session.scalars(select(User).where(User.active))]
            numbers = select(Member.id_index).where(Member.ends_on.is_(None))
            twice = select(CandidatePerson.id).where(CandidatePerson.open, CandidatePerson.id_index.in_(numbers))
            assert session.scalars(twice).all() == [], "nobody registered is an open candidate"
            gone = select(CandidatePerson.id).join(Candidate).where(Candidate.erased_at.is_not(None))
            assert session.scalars(gone).all() == [], "nobody is left of an erased family"
            ended = select(Village.id).where(Village.ended_on.is_not(None))
            for ticket in session.scalars(select(Ticket).where(Ticket.ended_at.is_(None))):
                place = homes[ticket.household_id].village_id if ticket.household_id else ticket.in_village_id
                assert place is not None
                assert place not in set(session.scalars(ended)), "no open ticket is in a village that has ended"
                assert (ticket.in_village_id, ticket.town_id) == (place, towns[place])
                for who in users:
                    if who.village_id == place or (who.role, who.unit_id) == ("town", towns[place]):
                        assert sees(who, ticket, session), who.name


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(
    max_examples=int(os.environ.get("XIAOHAO_WALKS", "8")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(taken=steps)
def test_whatever_happens_to_households_people_and_tickets_are_with_them(
    request: pytest.FixtureRequest, dialect: str, taken: list[tuple[Any, ...]]
) -> None:
    with fresh_database(request, dialect) as url:
        walker = Walker(settle_county(engine_at(url), candidate_scheme(), households=0))
        for step in taken:
            walker.step(step)
            walker.check()
        assert sound(walker.county, walker.now + timedelta(hours=1)) == []
