"""Every number of the shipped schemes' forms that is held against own rows, through its door: above them, far below, and
stated as none; and every number that rows bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Household, Member, Ticket, Village
from models.engine import make_engine
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty
from workflow.assessment import duty_view
from workflow.assessment.facts import known_facts
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Duty, FormField, FormRule
from workflow.text_content import is_statement
from workflow.tickets.actions.own_gaps import counted_most, shown_by
from workflow.tickets.views import detail

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}
REASON = "台账更新滞后，新办理的下周录入"
DECLARED = Path("docs/decisions/assessment.md")


def numbers(scheme: str) -> list[tuple[Duty, FormField]]:
    fields = ((duty, field) for duty in READ[scheme].duties.list for field in duty.fields)
    return [(duty, field) for duty, field in fields if field.type == "number"]


def unheld(scheme: str) -> set[str]:
    """The numbers of forms and of their entries, as `duty.field`, that nothing holds: neither rows nor, through rules of what
    is possible, a number that rows hold."""
    found = set()
    for duty in READ[scheme].duties.list:
        for form in (duty, duty.count) if duty.count is not None else (duty,):
            typed = {field.code: field for field in form.fields if field.type == "number"}
            held = {code for code, field in typed.items() if field.known or field.own or field.most}
            for _ in typed:
                held |= {
                    share.field
                    for rule in form.rules
                    if rule.demand == "possible" and rule.relation == "at_most" and rule.to
                    for share in rule.of
                    if held.issuperset(whole.field for whole in rule.to)
                }
            found |= {f"{duty.code}.{code}" for code in typed.keys() - held}
    return found


def declared() -> dict[str, str]:
    """The typed figures that the decisions name as held by nothing, and why."""
    lines = DECLARED.read_text(encoding="utf-8").split("| figure | why no rows hold it |", 1)[1].split("\n\n", 1)[0]
    rows = (line.strip("|").split("|") for line in lines.splitlines()[2:])
    return {name.strip(" `"): why.strip() for names, why in rows for name in names.split(",")}


@dataclass(frozen=True)
class Case:
    """One number of a form that is held or bounded."""

    scheme: str
    duty: Duty
    field: FormField

    def __str__(self) -> str:
        return f"{self.scheme}-{self.duty.code}-{self.field.code}"


EVERY = [Case(scheme, duty, field) for scheme in READ for duty, field in numbers(scheme)]
TYPED = [case for case in EVERY if case.field.own is not None and case.field.known is None]
STATED = [case for case in EVERY if shown_by(case.field) is not None]
BOUNDED = [case for case in EVERY if counted_most(case.field) is not None]


def full_county(shipped: ShippedCounty) -> None:
    """Rows enough that a number can be far below each count: all households in one village, and tickets of them."""
    lead, began = "housing", shipped.now - timedelta(days=20)
    with shipped.county.write() as session:
        village = session.scalars(select(Village).where(Village.code == shipped.village)).one()
        # A listed one, which item 2 surveys and item 13 puts in order.
        village.listed_poor = True
        homes = session.scalars(select(Household).order_by(Household.code)).all()
        for place, home in enumerate(homes):
            home.village_id = village.id
            home.status = "pre_exit" if place < 26 else "new"
            home.labour = "with" if place < 24 else "partly"
        for place, person in enumerate(session.scalars(select(Member).order_by(Member.id))):
            # One in nine is not recorded as what the others are.
            person.insured = person.pension = person.allowance = place % 9 > 0
            person.illness = "患有大病" if place % 5 == 0 else ""
            person.beyond_help, person.labour = place % 2 == 0, "partly"
            person.schooling = ("小学在校" if place % 9 else "小学辍学") if place % 4 == 0 else "初中"
            person.born_on = shipped.now.date().replace(year=shipped.year - (10, 30, 45, 65)[place % 4])
        codes = [home.code for home in homes[:26]]
    for place, code in enumerate(codes if "housing" in shipped.units else ()):
        number = shipped.county.file(shipped.town, code, "housing", began)
        if place < 13:
            shipped.county.do(lead, "accept", number, began)
            shipped.county.resolve(number, began + timedelta(hours=1), lead)
            shipped.county.confirm(number, began + timedelta(days=1), shipped.town)


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ShippedCounty]]:
    # Each scheme is settled once here; on the other database one number of each sort is asked, below.
    made, engines = {}, []
    for name, scheme in READ.items():
        engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('own') / f'{name}.db'}", DEVELOPMENT_SECRET)
        create_schema(engine)
        engines.append(engine)
        made[name] = ShippedCounty(engine, scheme)
        full_county(made[name])
    yield made
    for engine in engines:
        engine.dispose()


def sent(shipped: ShippedCounty, case: Case, gap: tuple[str, int, int, str], **form: str) -> None:
    """Sends the form: refused without a reason, sent with it, and then shown with its gap and not reached."""
    ticket = shipped.owed(case.duty.code)
    filled = shipped.plausible(case.duty, shipped.period(ticket), **form)
    with pytest.raises(BadInput) as error:
        shipped.hand_in(ticket, filled)
    assert error.value.field == "missing"
    assert error.value.code in ("form_not_reached", "form_above_rows", "form_below_rows", "form_none_rows")
    shipped.hand_in(ticket, filled, missing=REASON)
    recorded = shipped.recorded(ticket)
    assert gap[0] in recorded["short"]
    assert recorded["own"][case.field.code] == gap[2]
    confirmer = next(code for code, number in shipped.units.items() if number == ticket.confirmer_unit_id)
    with shipped.county.read() as session:
        view = detail.ticket_view(session, shipped.who(confirmer), ticket.number, shipped.now)
        shown = duty_view.duty_view(session, shipped.who(confirmer), view, shipped.now)
        known = known_facts.Known(session, shipped.setting, shipped.now).tickets
    assert shown is not None
    assert shown.report is not None
    assert gap in [(each.code, each.number, each.rows, each.sort) for each in shown.report.gaps]
    fact = next(each for facts in known.values() for each in facts if each.id == ticket.id)
    assert (fact.short, fact.none) == (True, False)


def rows_of(shipped: ShippedCounty, case: Case) -> int:
    shipped.owed(case.duty.code)
    own = shipped.held(case.duty)[case.field.code].own
    assert own is not None
    # Enough that 1 is far below.
    assert own > 11, (str(case), own)
    return own


@pytest.mark.parametrize("case", TYPED, ids=str)
def test_more_than_the_rows_know(counties: dict[str, ShippedCounty], case: Case) -> None:
    shipped = counties[case.scheme]
    own = rows_of(shipped, case)
    gap = (f"own.{case.field.code}", own + 1, own, "above")
    sent(shipped, case, gap, **{case.field.code: str(own + 1)})


@pytest.mark.parametrize("case", TYPED, ids=str)
def test_far_less_than_the_rows_know(counties: dict[str, ShippedCounty], case: Case) -> None:
    shipped = counties[case.scheme]
    own = rows_of(shipped, case)
    # What is a part of it is as small.
    parts = {share.field for rule in case.duty.rules for share in rule.of if case.field.code in named(rule)}
    form = dict.fromkeys({case.field.code, *parts}, "1")
    sent(shipped, case, (f"own.{case.field.code}", 1, own, "below"), **form)


def named(rule: FormRule) -> set[str]:
    """The fields on the right side of a rule of what is possible."""
    return {share.field for share in rule.to} if rule.demand == "possible" else set()


@pytest.mark.parametrize("case", STATED, ids=str)
def test_none_where_rows_show_some(counties: dict[str, ShippedCounty], case: Case) -> None:
    shipped = counties[case.scheme]
    shipped.owed(case.duty.code)
    some = shipped.held(case.duty)[case.field.code].some
    assert some
    zero = {field.code: "0" for field in case.duty.fields if field.type == "number"}
    gap = (f"none.{case.field.code}", 0, some, "none")
    sent(shipped, case, gap, **zero, **{str(case.field.none): "已逐户核对，没有此类情况"})


@pytest.mark.parametrize("case", BOUNDED, ids=str)
def test_more_than_there_can_be_is_refused_whatever_the_reason(counties: dict[str, ShippedCounty], case: Case) -> None:
    shipped = counties[case.scheme]
    ticket = shipped.owed(case.duty.code)
    most = shipped.held(case.duty)[case.field.code].most
    assert most
    for beyond in (most + 1, 999_999):
        form = shipped.plausible(case.duty, shipped.period(ticket), **{case.field.code: str(beyond)})
        with pytest.raises(BadInput) as error:
            shipped.hand_in(ticket, form, missing=REASON)
        assert (error.value.code, error.value.field) == ("above_rows", f"form.{case.field.code}")
        assert error.value.params["most"] == most


def test_a_sweep_of_few_households_is_held_against_all_on_the_register(counties: dict[str, ShippedCounty]) -> None:
    shipped = counties["fanpin-monitoring"]
    case = next(each for each in EVERY if (each.duty.code, each.field.code) == ("household_sweep", "looked_at"))
    with shipped.county.write() as session:
        home = session.scalars(select(Household).where(Household.status == "new").limit(1)).one()
        home.visited_on = shipped.now.date()
    sent(shipped, case, ("own.looked_at", 1, 40, "below"))
    with shipped.county.write() as session:
        for home in session.scalars(select(Household)):
            home.visited_on = shipped.now.date()
    ticket = shipped.owed("household_sweep")
    shipped.hand_in(ticket, {"looked_at": "40", "newly_named": "14"})
    assert "short" not in shipped.recorded(ticket)


def test_every_typed_figure_of_a_form_is_held_or_declared_with_its_reason() -> None:
    """A figure may be held through another (paid of those entitled); what nothing holds, the decisions name."""
    told = declared()
    assert set().union(*map(unheld, READ)) == told.keys()
    assert [name for name, why in told.items() if not is_statement(why)] == []


def test_confirmed_with_a_gap_alone_a_duty_is_reached(counties: dict[str, ShippedCounty]) -> None:
    shipped = counties["wuhua-2018"]
    ticket = shipped.owed("pension")
    # All whom item 9 asks for, of whom the register does not yet record one in nine.
    whole = shipped.known(ticket)
    all_of = {"paid_for": whole["due"], "drawing": whole["aged"]}
    form = shipped.plausible(shipped.scheme.duty("pension"), shipped.period(ticket), **all_of)
    shipped.hand_in(ticket, form, missing=REASON)
    for confirmed, short in ((False, True), (True, False)):
        if confirmed:
            confirmer = next(code for code, number in shipped.units.items() if number == ticket.confirmer_unit_id)
            shipped.county.do(confirmer, "confirm", ticket.id, shipped.now)
        with shipped.county.read() as session:
            known = known_facts.Known(session, shipped.setting, shipped.now).tickets
            assert session.get_one(Ticket, ticket.id).state == ("closed" if confirmed else "resolved")
        fact = next(each for facts in known.values() for each in facts if each.id == ticket.id)
        assert fact.short is short


@pytest.mark.one_database("postgresql")
def test_a_number_of_each_sort_is_held_on_the_other_database_too(engine: Engine) -> None:
    scheme = "wuhua-2018"
    shipped = ShippedCounty(engine, READ[scheme])
    full_county(shipped)
    for cases, held in (
        (TYPED, test_more_than_the_rows_know),
        (STATED, test_none_where_rows_show_some),
        (BOUNDED, test_more_than_there_can_be_is_refused_whatever_the_reason),
    ):
        held({scheme: shipped}, next(case for case in cases if case.scheme == scheme))
