"""Nothing of nothing (0/0) reaches no item: on the shipped schemes, through the door of each duty."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from flask_babel import Babel

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty, shipped_in
from web.words.errors import sentence
from workflow.assessment.facts import known_facts
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Duty
from workflow.tickets.actions.own_gaps import Held

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}


def bases(duty: Duty) -> set[str]:
    """The fields that are the base of a share: the right side of a rule without a value of its own."""
    return {share.field for rule in duty.rules for share in rule.to}


#: Every form of the shipped schemes with the base of a share or the statement that there is none.
SHARES = [
    (name, duty.code)
    for name, scheme in READ.items()
    for duty in scheme.duties.list
    if bases(duty) or any(field.none for field in duty.fields)
]


# The doors are asked on both databases elsewhere; each scheme is settled once.
@pytest.fixture(scope="module", params=sorted(READ))
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("shipped"), READ[request.param])


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("notice"), READ["wuhua-2018"])


def zero(shipped: ShippedCounty, code: str) -> dict[str, str]:
    """The form with every number 0."""
    duty = shipped.scheme.duty(code)
    numbers = {field.code: "0" for field in duty.fields if field.type == "number"}
    return shipped.plausible(duty, shipped.period(shipped.owed(code)), **numbers)


def test_nothing_of_nothing_is_refused_or_needs_a_reason_and_is_never_reached(shipped: ShippedCounty) -> None:
    for name, code in SHARES:
        if name != shipped.scheme.code:
            continue
        ticket = shipped.owed(code)
        with pytest.raises(BadInput) as error:
            shipped.hand_in(ticket, zero(shipped, code))
        assert error.value.code in ("below_least", "none_unstated", "form_not_reached"), code
        known = shipped.known(ticket)
        fields = shipped.scheme.duty(code).fields
        bounded = any(each.min for each in fields if each.code not in known)
        if not bounded and not any(each.none for each in fields):
            # Nothing refuses the base, which the register knows or the unit states: sent with the reason, it falls short.
            shipped.hand_in(ticket, zero(shipped, code), missing="年底前补齐")
            assert shipped.recorded(ticket)["short"], code
            continue
        with pytest.raises(BadInput) as error:
            shipped.hand_in(ticket, zero(shipped, code), missing="年底前补齐")
        assert error.value.code in ("below_least", "none_unstated"), code


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("allowance_paid", "form.pupils"),
        ("insurance_entered", "form.people"),
        ("file_check", "form.inspected"),
        ("industry_join", "form.why_none"),
        ("public_posts", "form.why_none"),
    ],
)
def test_what_was_handed_in_as_nothing_of_nothing_is_refused_at_its_field(
    notice: ShippedCounty, code: str, field: str
) -> None:
    with pytest.raises(BadInput) as error:
        notice.hand_in(notice.owed(code), zero(notice, code), missing="年底前补齐")
    assert error.value.field == field


def test_funds_of_nothing_keep_no_proportion(notice: ShippedCounty) -> None:
    ticket = notice.owed("funds_in")
    none = dict.fromkeys(("province", "paired", "local", "paid"), "0")
    form = notice.plausible(notice.scheme.duty("funds_in"), notice.period(ticket), **none)
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, form)
    assert error.value.code == "form_not_reached"
    notice.hand_in(ticket, form, missing="省级资金尚未下达")
    assert notice.recorded(ticket)["short"] == ["all_paid", "province_to_paired", "paired_to_local", "a_head"]


def test_none_here_is_said_in_words_and_counts_neither_as_reached_nor_as_missed(shipped: ShippedCounty) -> None:
    fields = [
        (duty.code, field)
        for duty, field in ((duty, field) for duty in shipped.scheme.duties.list for field in duty.fields)
        if field.none is not None and field.known is None
    ]
    for (code, field), stated in product(fields, ("无", "本镇没有，已核对名册")):
        ticket, form = shipped.owed(code), zero(shipped, code)
        form[field.none or ""] = stated
        if stated == "无":
            with pytest.raises(BadInput) as error:
                shipped.hand_in(ticket, form)
            assert error.value.code == "none_unstated", code
            continue
        if shipped.held(shipped.scheme.duty(code)).get(field.code, Held()).some:
            # The rows show that there is some: tests/assessment/test_own_gaps.py.
            continue
        shipped.hand_in(ticket, form)
        assert shipped.recorded(ticket)["none"] == [field.code], code
        assert "short" not in shipped.recorded(ticket), code
        with shipped.county.read() as session:
            known = known_facts.Known(session, shipped.setting, shipped.now)
            fact = next(fact for facts in known.tickets.values() for fact in facts if fact.id == ticket.id)
            assert fact.none, code
            assert ticket.id not in known.paces or known.paces[ticket.id].target == 0


def test_a_base_and_the_statement_that_there_is_none_contradict_each_other(shipped: ShippedCounty) -> None:
    for duty in shipped.scheme.duties.list:
        for field in duty.fields:
            if field.none is None or field.known is not None:
                continue
            ticket = shipped.owed(duty.code)
            stated = {field.code: "1", field.none: "本镇没有，已核对名册"}
            form = shipped.plausible(duty, shipped.period(ticket), **stated)
            with pytest.raises(BadInput) as error:
                shipped.hand_in(ticket, form)
            assert error.value.code == "none_and_some", duty.code


def test_the_refusal_names_the_field_and_where_to_say_that_there_is_none(notice: ShippedCounty) -> None:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context(), pytest.raises(BadInput) as error:
        notice.hand_in(notice.owed("industry_join"), zero(notice, "industry_join"))
    with app.test_request_context():
        text = sentence(error.value)
    assert "“Labour households at home” is 0" in text
    assert "“If the town has no such household, say so”" in text
