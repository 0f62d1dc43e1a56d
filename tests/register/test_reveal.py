"""Personal data in full: who may see it, the record each look leaves, and what free text may not contain."""

import pytest
from sqlalchemy import Engine, select

from models import Event, EventSecret, Household
from tests.support.factories import County, day, settle_county
from tests.support.persons import id_number, move_in, phone
from workflow import redaction
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.register import reveal
from workflow.tickets import attachments, participation
from workflow.tickets.views import detail, timeline

pytestmark = pytest.mark.one_database("postgresql")

VAULT = Vault("a key for tests")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    with made.write() as session:
        move_in(session, VAULT, "A1", 1, "欧阳秋菊", "欧阳秋", "司徒大力")
    return made


def look(county: County, who: str, code: str = "A1", ground: str = "contact", note: str = "") -> reveal.People:
    with county.write() as session:
        return reveal.reveal_people(session, county.people[who], VAULT, code, day(1), ground=ground, note=note)


def page(county: County, who: str) -> reveal.People:
    with county.read() as session:
        household = session.scalars(select(Household).where(Household.code == "A1")).one()
        return reveal.people_of(session, county.people[who], VAULT, household, day(0).date())


def test_the_town_sees_numbers_whole_on_asking_and_each_look_is_an_event(county: County) -> None:
    before = page(county, "town")
    assert before.may_reveal
    assert [person.id_number for person in before] == ["4414" + "*" * 12 + id_number(n)[-2:] for n in (11, 12, 13)]
    assert before.phone == "138****0001"
    shown = look(county, "town", note="核对名单")
    assert [person.id_number for person in shown] == [id_number(n) for n in (11, 12, 13)]
    assert shown.phone == phone(1)
    look(county, "town", ground="papers")
    with county.read() as session:
        rows = session.execute(
            select(Event, EventSecret.body)
            .outerjoin(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.subject_type == "household")
            .order_by(Event.seq)
        ).all()
    assert [(e.action, e.actor_id, e.given, body) for e, body in rows] == [
        ("reveal", county.people["town"].user_id, {"ground": "contact", "id_numbers": 3}, {"note": "核对名单"}),
        ("reveal", county.people["town"].user_id, {"ground": "papers", "id_numbers": 3}, None),
    ]


def test_the_responsible_unit_sees_them_while_its_ticket_is_open_and_no_longer(county: County) -> None:
    with pytest.raises(NotFound):
        look(county, "water")
    ticket = county.file()
    assert look(county, "water").revealed
    with pytest.raises(NotFound):
        look(county, "power")
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(2))
    assert look(county, "water").revealed
    county.confirm(ticket, day(3))
    with pytest.raises(NotFound):
        look(county, "water")


def test_a_former_holder_and_an_assisting_unit_do_not(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, ground="not_ours", cited_duty="三定")
    county.do("office", "reassign", ticket, unit="power", reason="电路")
    with pytest.raises(NotFound):
        look(county, "water")
    with county.write() as session:
        participation.assist(session, county.people["power"], ticket, "housing", day(1))
    with pytest.raises(NotAllowed):
        look(county, "housing")
    assert look(county, "power").revealed


@pytest.mark.parametrize("who", ["village", "office", "leaders", "inspectorate"])
def test_who_sees_the_household_but_does_not_handle_it_is_refused(county: County, who: str) -> None:
    county.file()
    with pytest.raises(NotAllowed):
        look(county, who)
    assert not page(county, who).may_reveal
    with county.read() as session:
        assert session.scalars(select(Event).where(Event.subject_type == "household")).all() == []


@pytest.mark.parametrize("who", ["other_town", "other_village", "far_village", "admin", "power"])
def test_for_whom_the_household_does_not_exist_it_does_not_exist(county: County, who: str) -> None:
    county.file()
    with pytest.raises(NotFound):
        look(county, who)


def test_a_look_needs_a_ground_and_another_ground_needs_words(county: County) -> None:
    for ground, note in (("", ""), ("curiosity", ""), ("other", " ")):
        with pytest.raises(BadInput):
            look(county, "town", ground=ground, note=note)
    assert look(county, "town", ground="other", note="省核查组抽查该户").revealed


@pytest.mark.parametrize("who", ["leaders", "inspectorate"])
def test_masked_roles_get_neither_name_nor_number_nor_address_nor_birth(county: County, who: str) -> None:
    shown = page(county, who)
    assert [person.name for person in shown] == ["欧***", "欧**", "司***"]
    assert [(p.id_number, p.born) for p in shown] == [(None, None)] * 3
    assert (shown.phone, shown.address) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        f"户主身份证{id_number(11)}",
        f"身份证 {id_number(11)[:6]} {id_number(11)[6:14]} {id_number(11)[14:]}",
        f"电话{phone(1)}。",
        "电话138 0753 0001",
        "电话138-0753-0001",
        "电话１３８０７５３０００１",
    ],
)
def test_numbers_of_persons_are_refused_in_free_text(county: County, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        county.file(description=text)
    assert (refused.value.code, refused.value.field) == ("number_in_text", "description")
    ticket = county.file()
    with pytest.raises(BadInput), county.write() as session:
        participation.comment(session, county.people["town"], ticket, text, day(1))
    assert not redaction.holds_number(redaction.without_numbers(text))


@pytest.mark.parametrize(
    "text",
    ["合同编号441424201811200001234", "2018年11月20日到户", "资金13800元", "座机0753-4433221", "18 户 2018-000012"],
)
def test_other_figures_are_not_taken_for_numbers_of_persons(text: str) -> None:
    assert not redaction.holds_number(text)


def test_a_file_name_is_kept_without_numbers(county: County) -> None:
    ticket = county.file()
    with county.write() as session:
        row = attachments.add(
            session,
            county.people["town"],
            ticket,
            day(1),
            filename=f"身份证{id_number(11)}.jpg",
            sha256="0" * 64,
            size=1,
            media_type="image/jpeg",
        )
        assert row.filename == "身份证441*************" + id_number(11)[-2:] + ".jpg"


def test_names_in_free_text_are_veiled_for_who_reads_names_masked(county: County) -> None:
    ticket = county.file(description="欧阳秋菊和司徒大力家断水，邻居欧阳秋也一样")
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "已联系欧阳秋菊", day(1))
    county.do("water", "decline", ticket, ground="not_ours", cited_duty="欧阳秋菊家属自备井")
    county.do("office", "reassign", ticket, unit="power", reason="欧阳秋菊家电路")
    number = county.ticket(ticket).number
    for who in ("leaders", "inspectorate", "water"):
        with county.read() as session:
            view = detail.ticket_view(session, county.people[who], number, day(2))
            said = [view.veil(view.ticket.description)]
            for line in timeline.history(session, county.people[who], number):
                said += [str(text) for text in line.words.values()]
        assert said[0] == "欧***和司***家断水，邻居欧**也一样"
        assert len(said) >= 3
        assert not any(name in text for text in said for name in ("欧阳", "秋菊", "大力"))
    with county.read() as session:
        assert detail.ticket_view(session, county.people["power"], number, day(2)).veil("欧阳秋菊") == "欧阳秋菊"
