"""Forms: a refusal is read once, at its input or above the form; what was typed stays; selects offer what may be chosen."""

import re
from pathlib import Path

import pytest
from flask import render_template_string
from sqlalchemy import Engine

from tests.support.factories import day
from tests.support.pages import Pages, open_pages
from web.pages.form_fields import action_fields
from web.pages.forms import FormState, Refusal
from web.pages.ticket_filters import filters
from web.pages.ticket_page import offers
from workflow.county.context import county_context
from workflow.state_table import Action
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.views import detail
from workflow.tickets.views.listing import Filters

pytestmark = [
    pytest.mark.one_database("sqlite"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

_FORM = """{% import '_forms.html' as forms %}{% call forms.form(state, '/there') %}
{{ forms.field(state, 'note', 'Note', required=true) }}{% endcall %}"""


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        return opened


def _rendered(pages: Pages, state: FormState) -> str:
    with pages.app.test_request_context():
        return " ".join(render_template_string(_FORM, state=state).split())


def test_a_refusal_about_an_input_is_drawn_there_and_not_above_the_form(pages: Pages) -> None:
    text = _rendered(pages, FormState({"note": "a < b"}, Refusal("Too short.", "note")))
    assert text.count("Too short.") == 1
    assert 'id="note-wrong">Too short.' in text
    assert re.search(r'<input class="form-control is-invalid"[^>]* value="a &lt; b"', text)
    assert 'aria-invalid="true" aria-describedby="note-wrong"' in text
    # The first that asks for the focus gets it: the page opens there.
    assert re.search(r"<(input|div)[^>]* autofocus[ >]", text)[1] == "input"  # type: ignore[index]


def test_a_refusal_about_no_input_of_the_form_is_drawn_above_it(pages: Pages) -> None:
    text = _rendered(pages, FormState({"note": "kept"}, Refusal("Changed meanwhile.", "version")))
    assert text.count("Changed meanwhile.") == 1
    assert text.index("Changed meanwhile.") < text.index('value="kept"')
    assert re.search(r'role="alert" tabindex="-1" autofocus> ?Changed', text)
    assert "aria-invalid" not in text


def test_a_form_that_was_not_sent_shows_neither_the_refusal_nor_what_was_typed_elsewhere(pages: Pages) -> None:
    refusal = Refusal("Too short.", "note")
    text = _rendered(pages, FormState({"note": "of another form"}, refusal, tried=False))
    assert "Too short." not in text
    assert "of another form" not in text
    assert not refusal.drawn


def test_a_refused_comment_is_read_once_on_the_page_of_its_ticket(pages: Pages) -> None:
    number = pages.county.ticket(pages.county.file("village")).number
    answer = pages.post("town", f"/tickets/{number}/comment", note="字" * 2001)
    assert answer.status_code == 422
    [wrong] = re.findall(r'id="comment-wrong">([^<]+)', answer.text)
    assert answer.text.count(wrong) == 1
    assert "字" * 2001 in answer.text


def test_an_action_that_is_no_longer_offered_is_refused_above_the_page(pages: Pages) -> None:
    ticket = pages.county.file("village")
    number = pages.county.ticket(ticket).number
    pages.county.do("town", "endorse", ticket)
    answer = pages.post("town", f"/tickets/{number}/endorse", version="1")
    assert answer.status_code in (403, 409)
    assert answer.text.count('class="alert alert-danger"') == 1


def _action(name: str) -> Action:
    return ACTIONS[name]


def test_a_ruling_is_offered_every_bureau_and_the_town_but_not_the_present_unit(pages: Pages) -> None:
    county = pages.county
    ticket = county.file("village")
    county.do("town", "endorse", ticket)
    county.do("water", "decline", ticket, ground="not_ours", cited_duty="三定方案")
    with pages.app.test_request_context(), county.read() as session:
        view = detail.ticket_view(session, county.people["office"], county.ticket(ticket).number, day(0))
        [unit] = [each for each in action_fields(view, None, _action("reassign"), day(0)) if each.name == "unit"]
        units = view.setting.units.values()
        wanted = {u.code for u in units if u.type in ("bureau", "office") or u.id == view.ticket.town_id}
        assert {code for code, _name in unit.choices} == wanted - {county.code("water")}
        assert unit.required


def test_a_false_closing_is_not_asked_of_a_ticket_that_was_withdrawn(pages: Pages) -> None:
    county = pages.county
    closed, withdrawn = county.file("village"), county.file("village", household="A2")
    county.do("town", "endorse", closed)
    county.do("water", "accept", closed)
    county.resolve(closed, day(0))
    county.confirm(closed, day(0))
    county.do("village", "withdraw", withdrawn, reason="报错了")
    with pages.app.test_request_context(), county.read() as session:
        asked = [
            {
                each.name
                for each in action_fields(
                    detail.ticket_view(session, county.people["office"], county.ticket(ticket).number, day(1)),
                    None,
                    _action("reopen"),
                    day(1),
                )
            }
            for ticket in (closed, withdrawn)
        ]
    assert ["false_closing" in names for names in asked] == [True, False]


def test_what_a_page_offers_beside_the_actions_depends_on_role_and_custody(pages: Pages) -> None:
    county = pages.county
    ticket = county.file("village")
    county.do("town", "endorse", ticket)
    county.do("water", "accept", ticket)
    found = {}
    with pages.app.test_request_context(), county.read() as session:
        for who in ("village", "town", "water", "office", "leaders", "inspectorate"):
            actor = county.people[who]
            view = detail.ticket_view(session, actor, county.ticket(ticket).number, day(0))
            found[who] = offers(view, actor, day(0))
            assert county.code("water") not in dict(found[who].invitees)

    def those(name: str) -> set[str]:
        return {who for who, offered in found.items() if getattr(offered, name)}

    assert those("upload") == {"village", "town", "water", "office"}
    assert those("name_handler") == {"water"}
    assert those("assist") == {"water", "office"}
    assert those("comment") == {"village", "town", "water", "office", "leaders"}
    assert those("ask_time") == {"water"}
    assert those("recipients") == {"office", "leaders", "inspectorate"}


def test_the_list_offers_a_reader_the_filters_that_can_narrow_it(pages: Pages) -> None:
    county = pages.county
    with pages.app.test_request_context(), county.read() as session:
        setting = county_context(session)
        names = {
            (who, mine): [each.name for each in filters(session, county.people[who], setting, Filters(), mine)]
            for who in ("village", "town", "water", "office")
            for mine in (False, True)
        }
    last = ["rung", "sort"]
    assert names[("village", True)] == ["kind", "source", *last]
    assert names[("village", False)] == ["state", "kind", "source", "owner", *last]
    assert names[("town", False)] == ["state", "kind", "source", "owner", "handler", *last]
    assert names[("town", True)] == ["state", "kind", "source", "handler", *last]
    assert names[("water", True)] == ["state", "kind", "source", "town", "handler", *last]
    assert names[("office", False)] == ["state", "kind", "source", "owner", "town", "handler", *last]
