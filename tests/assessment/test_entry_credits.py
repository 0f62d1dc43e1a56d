"""Entries say only what can be, and the list says which of them count: their credits make the progress, to the last one."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from models import DutyEntry, Household, Ticket, Village
from tests.support.duties import LAST, at, duty, duty_county, enter, homes_duty, number, open_by, tickets
from tests.support.factories import County, words
from tests.support.households import people
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.assessment import duty_view
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Count
from workflow.tickets.actions.entry_credits import counting, credits_of, worth
from workflow.tickets.views import detail

DUTIES = [
    homes_duty(min=1, most="village_households"),
    duty(
        "meetings",
        ["towns"],
        "yearly",
        LAST,
        count={
            "target": 5,
            "unit": words("次"),
            "once_per": ["month"],
            "fields": [{"code": "subject", "name": words("议题"), "min_chars": 2}, number("present", most="villages")],
        },
    ),
    duty("fund", ["towns"], "yearly", LAST, count={"unit": words("元"), "fields": [number("yuan", fractions=True)]}),
]
MOMENT = at("2018-12-03")


@pytest.fixture
def county(engine: Engine) -> County:
    county = duty_county(engine, DUTIES)
    people(county, *[{}] * 3)
    open_by(county, at("2018-11-01"))
    return county


def owed(county: County, code: str) -> Ticket:
    return tickets(county)["town-a", code, "2018"]


def refused(county: County, code: str, **fields: str) -> BadInput:
    with pytest.raises(BadInput) as refusal:
        enter(county, "town", owed(county, code), "2018-11-20", fields=fields)
    return refusal.value


def homes_of(county: County, code: str) -> int:
    with county.read() as session:
        query = select(func.count()).select_from(Household).join(Village, Village.id == Household.village_id)
        return int(session.scalar(query.where(Village.code == code)) or 0)


def test_of_a_village_no_more_households_are_visited_than_it_has_and_at_least_one(county: County) -> None:
    """Seen: 9999, 0 and 2.5 households of a village were recorded."""
    most = homes_of(county, "town-a-v1")
    assert most > 0
    for value, code in (
        ("9999", "above_households"),
        (str(most + 1), "above_households"),
        ("0", "below_least"),
        ("2.5", "not_a_count"),
        ("-1", "not_a_count"),
    ):
        error = refused(county, "homes", village="town-a-v1", households=value)
        assert (error.code, error.field) == (code, "fields.households")
    assert refused(county, "homes", village="town-a-v1", households="9999").params["most"] == most
    enter(county, "town", owed(county, "homes"), "2018-11-20", fields={"village": "town-a-v1", "households": str(most)})


@pytest.mark.parametrize("text", ["无", "无。", "暂无", "没有", "／", "……", "无 无", "略", "N/A", "none"])
def test_a_text_that_says_nothing_is_refused_at_its_field(county: County, text: str) -> None:
    error = refused(county, "meetings", subject=text, present="2")
    assert (error.code in ("says_nothing", "too_short"), error.field) == (True, "fields.subject")


def test_what_is_counted_is_whole_and_an_amount_has_two_decimals(county: County) -> None:
    assert refused(county, "meetings", subject="危房改造", present="1.5").code == "not_a_count"
    assert refused(county, "meetings", subject="危房改造", present="3").params == {
        "most": 2,
        "field_zh": "present",
        "field_en": "present",
    }
    enter(county, "town", owed(county, "fund"), "2018-11-20", fields={"yuan": "1234.50"})
    assert refused(county, "fund", yuan="1.234").code == "not_a_figure"


def lines(county: County, code: str) -> dict[int, tuple[int, str]]:
    with county.read() as session:
        who = county.people["town"]
        view = detail.ticket_view(session, who, owed(county, code).number, MOMENT)
        shown = duty_view.duty_view(session, who, view, MOMENT)
        assert shown is not None
        assert shown.progress is not None
        credit_of = {line.id: line.credit for line in shown.entries if line.credit is not None}
        found: dict[int, tuple[int, str]] = {key: (credit.amount, credit.why) for key, credit in credit_of.items()}
        assert sum(amount for amount, _ in found.values()) == shown.progress.done
        return found


def test_the_list_says_which_entry_counts_and_why_one_does_not(county: County) -> None:
    """Seen: the list showed entries beside a progress that did not count them."""
    ticket = owed(county, "meetings")
    days = ("2018-11-20", "2018-11-21", "2018-10-08")
    made = [enter(county, "town", ticket, day, fields={"subject": "危房改造", "present": "1"}) for day in days]
    assert lines(county, "meetings") == {made[0]: (1, ""), made[1]: (0, "once"), made[2]: (1, "")}
    most, homes = homes_of(county, "town-a-v1"), owed(county, "homes")
    first, second = (
        enter(county, "town", homes, day, fields={"village": "town-a-v1", "households": str(most)}) for day in days[:2]
    )
    assert lines(county, "homes") == {first: (most, ""), second: (0, "beyond")}


COUNTS = [
    duty.count
    for path in SCHEMES
    for duty in shipped_scheme(path).duties.list
    if duty.count is not None and not duty.count.by_register
]
VALUES = {"village": st.sampled_from(["v1", "v2", "v3"]), "number": st.integers(0, 30), "text": st.just("内容")}


@st.composite
def entries(draw: Any, count: Count) -> list[DutyEntry]:
    rows = []
    for number_ in range(draw(st.integers(0, 6))):
        fields = {
            field.code: draw(st.sampled_from([choice.code for choice in field.choices]))
            if field.type == "choice"
            else str(draw(VALUES[field.type]))
            for field in count.fields
        }
        on = date(2018, draw(st.integers(8, 12)), draw(st.integers(1, 28)))
        rows.append(DutyEntry(id=number_, on=on, fields=fields, void=False))
    return sorted(rows, key=lambda row: (row.on, row.id))


@given(st.data())
def test_the_credits_make_the_progress_in_every_count_of_every_scheme(data: Any) -> None:
    count = data.draw(st.sampled_from(COUNTS))
    rows = data.draw(entries(count))
    there, such = {"v1": 3, "v2": 10}, frozenset({"v1", "v2"}) if count.villages else None
    found = credits_of(count, rows, there, such)
    assert list(found) == [row.id for row in rows]
    assert sum(credit.amount for credit in found.values()) == worth(count, counting(count, rows, such), there)
    assert all(credit.amount > 0 for credit in found.values() if not credit.why)
    if count.sum is not None:
        by_village: dict[str, int] = {}
        for row in rows:
            village = row.fields["village"]
            by_village[village] = by_village.get(village, 0) + int(row.fields[count.sum])
        assert sum(c.amount for c in found.values()) == sum(min(n, there.get(v, 0)) for v, n in by_village.items())


FIELDS = [
    (f"{path.stem}-{duty.code}-{field.code}", field)
    for path in SCHEMES
    for duty in shipped_scheme(path).duties.list
    if duty.count is not None
    for field in duty.count.fields
]


@pytest.mark.parametrize("field", [field for _, field in FIELDS], ids=[name for name, _ in FIELDS])
def test_every_field_of_an_entry_has_its_bounds_in_the_scheme(field: Any) -> None:
    if field.type == "number":
        assert not field.fractions
        assert field.min is not None
        assert field.min >= 1
        assert field.max is not None or field.most is not None
    if field.type == "text" and field.required:
        assert field.min_chars is not None
