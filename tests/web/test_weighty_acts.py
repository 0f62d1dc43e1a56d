"""Weighty acts: no form of any role's pages does something of weight on one click, and none posts an act nobody judged.

Every page is judged as it is answered, in every test (`tests/support/apps.py`); the walk of `test_shown_figures` opens the
whole of a county. Here is what is judged, and how.
"""

import pytest
from flask import Flask

from tests.support.apps import app_on
from tests.support.forms_at_once import forms_of
from tests.support.weighty_acts import ASKED, LIGHT, REGISTERED, SHOWN, too_easy
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.tickets import matters
from workflow.tickets.actions.lifecycle import ACTIONS, JUDGING

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def app(empty_database_url: str) -> Flask:
    return app_on(empty_database_url)


def test_every_act_of_the_pages_is_judged_once(app: Flask) -> None:
    posting = {
        rule.endpoint.removeprefix("pages.")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("pages.")
    }
    named = {act.partition("/")[0] for act in REGISTERED} | {"act_on_case"}
    assert posting ^ named == set(), "an endpoint without an entry, or an entry without an endpoint"
    assert len(ASKED) + len(SHOWN) + len(LIGHT) == len(REGISTERED), "an act that is two things"
    assert {f"act/{name}" for name in ACTIONS} <= REGISTERED
    assert {f"act/{name}" for name, each in ACTIONS.items() if each.undoes or name in JUDGING} <= ASKED
    assert {f"act_on_matter/{name}" for name in matters.ACTS} <= REGISTERED
    assert all(LIGHT.values())


FORM = '<form method="post" action="/users/3/close">{}</form>'
BUTTON = "<button>停用</button>"


@pytest.mark.parametrize(
    ("inside", "easy"),
    [
        (BUTTON, True),
        (f'<details><summary class="btn">停用</summary>{BUTTON}</details>', False),
        # A heading that folds is no button.
        (f"<details><summary>停用</summary>{BUTTON}</details>", True),
        (f'<input name="reason" required>{BUTTON}', False),
        (f'<input name="reason">{BUTTON}', True),
        (f'<input name="reason" required value="离任">{BUTTON}', True),
        (f'<textarea name="reason" required></textarea>{BUTTON}', False),
        (f'<span class="x-bad">（必填）</span><input name="reason">{BUTTON}', False),
        (
            f'<select name="to" required><option value="">请选择</option><option value="w">王</option></select>{BUTTON}',
            False,
        ),
        (f'<select name="to" required><option value="w">王</option></select>{BUTTON}', True),
        (
            f'<select name="to" required><option value="">–</option><option value="w" selected>王</option></select>{BUTTON}',
            True,
        ),
        (f'<input type="radio" name="to" value="w" required>{BUTTON}', False),
        ('<button type="button">停用</button>', False),
    ],
)
def test_a_form_that_could_be_sent_as_it_opens_is_found(app: Flask, inside: str, easy: bool) -> None:
    page = FORM.replace("close", "tokens").format(inside)
    assert (too_easy(app, "/users", page) == ["change_user/tokens"]) is easy


def test_an_act_nobody_judged_and_a_preview_elsewhere_are_found(app: Flask) -> None:
    assert too_easy(app, "/users", FORM.format(BUTTON)) == ["change_user/close"]
    page = f'<form method="post" action="/imports/3/apply">{BUTTON}</form>'
    assert [too_easy(app, path, page) for path in ("/imports/3", "/imports")] == [[], ["apply_import"]]
    page = '<form method="post" action="/reforms"><button name="act" value="apply">实施</button></form>'
    assert [too_easy(app, "/reforms", page, answer) for answer in (True, False)] == [[], ["reform/apply"]]


def test_the_act_is_that_of_the_button_that_is_pressed(app: Flask) -> None:
    page = (
        '<form method="post"><input type="hidden" name="act" value="days"><button>预览</button>'
        '<button name="act" value="notice" formaction="/calendar">预览通知</button></form>'
    )
    (form,) = forms_of("/calendar?year=2018", page)
    assert form.acts(app) == {"change_calendar/days": True, "change_calendar/notice": True}


def test_every_step_of_a_case_is_behind_a_button(app: Flask) -> None:
    assert len(CASE_ACTIONS) > 5
    for name in CASE_ACTIONS:
        form = (
            f'<form method="post" action="/cases/1"><input type="hidden" name="action" value="{name}">{BUTTON}</form>'
        )
        assert too_easy(app, "/cases/1", form) == [f"act_on_case/{name}"]
        assert too_easy(app, "/cases/1", f'<details><summary class="btn">办理</summary>{form}</details>') == []
