"""Step-up: every act of the pages and every file they send is of weight, or stands here with the reason why it is not.

What is of weight is in `web.step_up.WEIGHTY`; what the pages do is read from their routes and from the acts of their forms.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from tests.support.pages import Pages, open_pages
from tests.support.weighty_acts import REGISTERED
from web import step_up
from web.step_up import WEIGHTY
from workflow.tickets.actions.lifecycle import ACTIONS

pytestmark = pytest.mark.one_database("sqlite")


def _each(names: str, why: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), why)


_DAILY = "daily work on what the own unit holds; the other side confirms or rules it"
_TYPED = "records what was typed, with its history; a correction follows in the same way"
_OWN = "one's own settings, session and messages; passwords and addresses ask for the password, ending lessens"
_LOOKS = "shows what it would do; the act that follows it is of weight, or named here"
_BY_SYSTEM = "done by the system alone; no form of a person has it"
#: Acts that ask for no fresh second factor, and why.
LIGHT = {
    **_each(
        "act/accept act/assist act/comment act/confirm act/decline act/endorse act/handler act/reclassify act/reject act/reopen "
        "act/resolve act/resolve/look act/resubmit act/resume act/send_back act/unassist act/withdraw act_on_matter/accept "
        "act_on_tickets/accept act_on_tickets/comment act_on_tickets/confirm act_on_tickets/endorse act_on_tickets/handler "
        "act_on_tickets act_on_tickets/resume act_on_tickets/send_back act_on_matter/comment act_on_matter/join "
        "act_on_matter/resolve act_on_matter/split open_matter file ask_time upload "
        "act_on_instruction/answer act_on_instruction/return "
        "act_on_paper/answer act_on_paper/keep act_on_paper/record act_on_paper/return act_on_ranking/object "
        "act_on_ranking/receive act_on_ranking/review act_on_ranking/save act_on_ranking/correct act_at_desk/object "
        "act_at_desk/receive act_at_desk/review act_at_desk/save act_at_desk/correct act_at_desk/make "
        "act_at_desk/remind_figures act_at_desk/remind_reports",
        _DAILY,
    ),
    **_each(
        "send_feedback answer_feedback "
        "add_village answer_bulk_line answer_import_villages apply_import bring_figures bring_figures/record define_unit "
        "describe_villages describe_villages/fill enter give_households hand_over_households make_random_check make_spot_check "
        "check_figure "
        "record record_consent record_family record_household_change/record report_candidate report_figures settle_quota "
        "settle_quota/add settle_quota/confirm settle_quota/confirm-all settle_quota/drop settle_quota/return status "
        "survey_villages survey_villages/fill take_bulk_list undo_an_import withdraw_entry",
        _TYPED,
    ),
    **_each(
        "change_password choose_theme end_other_sessions end_session give_factor passkey_options language read_inbox "
        "save_address/confirm save_address/drop save_address/enter save_preferences set_first_password "
        "sign_in sign_out withdraw_token save_view "
        "change_view/up change_view/follow change_view/unfollow change_view/rename change_view/delete "
        "add_wording delete_wording/delete",
        _OWN,
    ),
    **_each(
        "bring_bulk_list bring_figures/look bring_import change_calendar/days change_calendar/library change_calendar/notice "
        "depart/look enter_post/look look_at_scheme/look move_tickets/look record_household_change/look reform/look "
        "report_figures/fill report_figures/look tell_import_columns upload_county",
        _LOOKS,
    ),
    "plan_pack": "takes along pages that the person opens every day, without numbers, health and income",
    "bring_pages": "the same",
    "agree_to_link": "the administrator's link is asked for, and the own sign-in there",
    **_each("act/deem_accepted act/disprove act/follow act/hand_in act/hand_over act/relapse", _BY_SYSTEM),
    **_each(
        "decide/arrived decide/resend decide/tell verify verify/whole",
        "sends a message again or has the worker verify; nothing is decided",
    ),
}
#: Files that are no exports: what their readers have on paper or put there themselves.
FILES = {
    **_each("figures_sheet", "an empty sheet to fill in"),
    **_each(
        "formula_pdf unit_sheet ledger_file report_file", "published to every unit of the county on the ranking day"
    ),
    **_each("manifest worker", "parts of the program, the same for everybody"),
    **_each("draft_docx", "the own unit's unfinished draft"),
    **_each("download thumbnail brought_file figure_file", "one piece of evidence, which its page shows"),
}


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def acts(app: Flask) -> set[str]:
    """Each act that a page can be asked for: those of forms by name, and the endpoints that take one alone."""
    named = {act.split("/")[0] for act in REGISTERED}
    alone = {
        rule.endpoint.removeprefix("pages.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.") and "POST" in (rule.methods or ())
    }
    of_tickets = {f"act/{name}" for name in ACTIONS}
    return set(REGISTERED) | of_tickets | (alone - named)


def files(app: Flask) -> set[str]:
    """The endpoints that send a file when they are opened."""
    looks = re.compile(r"\.\w+$|\.<[^/]+$|/(pdf|docx)$|/files/<|^/evidence/")
    return {
        rule.endpoint.removeprefix("pages.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.")
        and "GET" in (rule.methods or ())
        and (
            looks.search(rule.rule)
            or inspect.unwrap(app.view_functions[rule.endpoint]).__annotations__.get("return") is Response
        )
    }


def weighty(name: str) -> bool:
    return name in WEIGHTY or name.split("/")[0] in WEIGHTY


def test_every_act_is_of_weight_or_has_a_reason_not_to_be(pages: Pages) -> None:
    known = acts(pages.app)
    assert {act for act in known if weighty(act) == (act in LIGHT)} == set()
    assert LIGHT.keys() <= known


def test_every_file_is_of_weight_or_has_a_reason_not_to_be(pages: Pages) -> None:
    known = files(pages.app)
    assert {name for name in known if weighty(name) == (name in FILES)} == set()
    assert FILES.keys() <= known
    assert len(known) > 18


def test_what_is_of_weight_is_an_act_or_a_file_there_is(pages: Pages) -> None:
    endpoints = {rule.endpoint.removeprefix("pages.") for rule in pages.app.url_map.iter_rules()}
    known = acts(pages.app) | endpoints
    assert {name for name in WEIGHTY if name not in known} == set()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/tickets/2018-000001/uphold", [("action", "comment"), ("act", "comment")]),
        ("/users/1/drop-factor", [("act", "none")]),
        ("/papers/1", [("act", "answer"), ("act", "sign")]),
    ],
)
def test_another_act_in_the_form_hides_none(pages: Pages, path: str, form: list[tuple[str, str]]) -> None:
    with pages.app.test_request_context(path, method="POST", data=MultiDict(form)):
        assert step_up.is_weighty()
    with pages.app.test_request_context("/tickets/2018-000001/comment", method="POST", data=MultiDict()):
        assert not step_up.is_weighty()
