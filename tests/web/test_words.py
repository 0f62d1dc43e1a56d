"""Labels: every code that can be stored, recorded or raised has its words, in both languages."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, refresh
from jinja2 import nodes
from sqlalchemy import CheckConstraint

import models
from models import Base
from models.sealing import Sealed
from reports import lists
from tests.support import event_kinds
from tests.support.contexts import place_of
from tests.support.notice import SCHEME
from tests.support.sources import parsed
from tools.check_translations import CATALOGUE
from web import words
from web.app import create_app
from web.words import labels, language, template_globals
from web.words.cases import shown_value
from web.words.errors import sentence
from web.words.labels import LABELS, add, label
from web.words.register import cause_name
from workflow import errors
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.errors import BadInput, WorkflowError, WrongState
from workflow.history import grounds
from workflow.tickets.actions.lifecycle import ACTIONS

# A table of words that pages import only when they are asked for is read here whatever ran before.
for _module in pkgutil.iter_modules(words.__path__):
    importlib.import_module(f"web.words.{_module.name}")

ROOT = Path(__file__).parents[2]

#: Columns that hold one of several codes (by a CHECK), with the label people read them by.
LABELLED = {
    "accountability_case.state": "case.state",
    "address.channel": "channel",
    "authorisation.kind": "authority",
    "bulk_line.outcome": "bulk.outcome",
    "candidate.consent_how": "candidate.consent",
    "candidate.verdict": "candidate.state",
    "charge.ground": "charge.ground",
    "checkup.source": "checkup.source",
    "custody.granted": "request.kind",
    "custody.stage": "ticket.stage",
    "delivery.channel": "channel",
    "delivery.status": "delivery.status",
    "escalation.stage": "ticket.stage",
    "escalation.status": "rung.status",
    "finding.result": "checkup.result",
    "member.begin_reason": "life.past",
    "member.end_reason": "life.past",
    "household.labour": "household.labour",
    "member.labour": "household.labour",
    "candidate_person.labour": "household.labour",
    "planned_reform.kind": "reform.kind",
    "planned_reform.state": "reform.state",
    "reform.kind": "reform.kind",
    "instruction.state": "instruction.state",
    "instruction_act.act": "instruction.act",
    "message.channel": "channel",
    "paper.stage": "ticket.stage",
    "paper_act.how": "paper.act",
    "refused_access.kind": "access.refusal",
    **dict.fromkeys(("sign_on.way", "sign_on_link.way", "user_session.way"), "sign_in.way"),
    "reset_request.what": "reset.what",
    "post.kind": "post",
    "preference.how": "preference.how",
    "random_result.result": "random_check.status",
    "register_import.status": "import.status",
    "book_change.sheet": "book.sheet",
    "robot.channel": "channel",
    "scheme_adoption.state": "adoption.state",
    "spot_result.result": "spot_check.status",
    "tenure.purpose": "ticket.stage",
    "ticket.state": "ticket.state",
    "time_request.kind": "request.kind",
    "time_request.status": "request.status",
    "user_account.role": "role",
    "working_day_override.source": "working_day.source",
}
#: … and those that are never shown, with the reason.
UNREAD = {
    "ranking_reminder.what": "each matter has a column of the ranking desk",
    "planned_reform.subject": "shown by what it names",
    "reform.subject": "shown by what it names",
    "first_sign_in.agreement": "what verify and the database hold a reset to",
    "first_sign_in.reset_of": "what verify and the database hold a reset to",
    "custody.verdict": "shown as the time a stretch is late by",
    "household.status": "called what the county's scheme calls it",
    "candidate_person.sex": "not shown",
    "member.sex": "not shown",
    "member.born_exact": "how much of a date of birth is shown",
    "passkey_challenge.purpose": "not shown",
    "message.status": "the outbox of the worker",
    "paper.met_by": "one sentence of the page of a paper",
    "paper_act.act": "by its `how`, or by the act where it has none",
    "quota_house.finished_verdict": "the words of the page of the quota and of a household",
    "quota_house.paid_verdict": "the words of the page of the quota and of a household",
    "random_check.standing": "called what the county's scheme calls the status",
    "party.standing": "decides who may see a ticket",
    "tenure.next_what": "what the sweep does next",
    "ticket.type": "two kinds of pages",
    "unit.type": "decides what a unit may do",
}
_ONE_OF = re.compile(r"\b(\w+) IN \(((?:'\w+'(?:, )?)+)\)")


def _checked() -> dict[str, set[str]]:
    """The codes of every CHECK that lists them, by column."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    codes: dict[str, set[str]] = {}
    for table in Base.metadata.sorted_tables:
        for check in (each for each in table.constraints if isinstance(each, CheckConstraint)):
            for column, values in _ONE_OF.findall(str(check.sqltext)):
                if column in table.columns:
                    codes.setdefault(f"{table.name}.{column}", set()).update(re.findall(r"\w+", values))
        for column in (each for each in table.columns if isinstance(each.type, Sealed) and each.type.values):
            codes[f"{table.name}.{column.name}"] = set(getattr(column.type, "values", ()))
    return codes


CHECKED = _checked()


def _calls(*folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = parsed(path)
            yield from ((path, node) for node in ast.walk(source) if isinstance(node, ast.Call))


def _texts(node: ast.expr | None) -> set[str]:
    """The strings an argument may be: one, or either branch of a condition."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@cache
def _raised() -> dict[str, list[tuple[str, set[str] | None]]]:
    """Every error code with where it is raised and its parameters (None: not readable from the call)."""
    kinds = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, WorkflowError)
    }
    raised: dict[str, list[tuple[str, set[str] | None]]] = {}
    for path, call in _calls("workflow", "notifications", "web"):
        if _called(call) not in kinds | {"Unstorable"} or not call.args:
            continue
        given: set[str] | None = {keyword.arg or "" for keyword in call.keywords}
        if given is not None and ("" in given or len(call.args) > 2):
            given = None
        elif given is not None and len(call.args) == 2:
            given.add("field")
        for code in _texts(call.args[0]):
            raised.setdefault(code, []).append((f"{path.relative_to(ROOT)}:{call.lineno}", given))
    return raised


_NAMED = re.compile(r"%\((\w+)\)s")


def test_what_may_be_handed_over_as_a_file_has_its_name_on_the_trail() -> None:
    """The scoring method had none, and the trail of a Chinese reader said formula."""
    assert set(LABELS["export.list"]) == set(get_args(lists.Exported))


def test_every_column_of_codes_is_labelled_or_has_a_reason_not_to_be() -> None:
    assert CHECKED.keys() == LABELLED.keys() | UNREAD.keys()
    assert not LABELLED.keys() & UNREAD.keys()


@pytest.mark.parametrize("column", sorted(LABELLED))
def test_every_code_of_a_check_has_its_label(column: str) -> None:
    assert CHECKED[column] <= LABELS[LABELLED[column]].keys()


def test_every_act_of_a_paper_has_its_label() -> None:
    assert CHECKED["paper_act.act"] - {"receipt", "end"} <= LABELS["paper.act"].keys()


def test_every_ground_for_full_numbers_has_its_label() -> None:
    assert set(grounds.GROUNDS) == LABELS["ground"].keys()
    assert {*grounds.OF_LISTS, *grounds.OF_TRAIL, *grounds.OF_NUMBERS, grounds.DOCUMENT.code} == set(grounds.GROUNDS)


def test_every_recorded_action_has_its_label() -> None:
    actions = {kind for call in event_kinds.written() for kind in call.kinds}
    assert {"comment", "user_created", "calendar", "apply", "sign_paper"} <= actions, "the search finds known ones"
    escalations = {"escalate", "issue_rung", "decline_rung"}  # Named by their rung.
    steps = {"exit", "status", "taken_back"}  # Named by the status, on the household's page.
    assert actions - escalations - steps <= LABELS["event"].keys() | ACTIONS.keys() | CASE_ACTIONS.keys()


def test_no_label_of_an_event_is_left_of_an_action_that_is_gone() -> None:
    paths = [path for room in ("workflow", "reports") for path in (ROOT / room).rglob("*.py")]
    paths.append(ROOT / "notifications" / "addresses.py")
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    assert [action for action in LABELS["event"] if f'"{action}"' not in source] == []


def test_every_error_that_is_raised_has_its_sentence() -> None:
    assert len(_raised()) > 250, "the search finds them"
    assert sorted(_raised().keys() - LABELS["error"].keys()) == []


def test_no_sentence_is_left_of_an_error_that_is_gone() -> None:
    rooms = ("workflow", "notifications", "web", "models", "reports", "simulation", "migrations")
    paths = [path for room in rooms for path in (ROOT / room).rglob("*.py") if path.parent.name != "words"]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    assert [code for code in LABELS["error"] if f'"{code}"' not in source] == []


def test_every_error_gives_what_its_sentence_names() -> None:
    lacking = {
        (where, name)
        for code, raised in _raised().items()
        for where, given in raised
        if given is not None
        for name in set(_NAMED.findall(str(LABELS["error"][code]))) - {"again"}
        if name not in given and not any(f"{name}_zh" in each for each in given)
    }
    assert lacking == set()


#: Sentences that ask the reader to look again, but for the one that names statuses as the county's scheme does.
_READ = LABELS["error"].keys() - {"status_not_open"}
_ASKS_AGAIN = sorted(code for code in _READ if "%(again)s" in str(LABELS["error"][code]))


@pytest.mark.parametrize(("language_code", "page"), [("en", "eload"), ("zh_Hans", "刷新")])
def test_where_the_state_has_changed_the_reader_is_told_what_to_do_at_a_page_a_program_or_a_command(
    language_code: str, page: str
) -> None:
    app = Flask(__name__)
    Babel(app, default_locale=language_code, default_translation_directories=str(ROOT / "translations"))
    assert len(_ASKS_AGAIN) > 30, "the search finds them"
    assert "%(again)s" in str(LABELS["error"]["status_not_open"])
    told: dict[str, set[str]] = {}
    for reached_by, address in (("page", "/tickets/1"), ("api", "/api/v1/tickets/1"), ("command", None)):
        with app.app_context() if address is None else app.test_request_context(address):
            said = {code: sentence(WorkflowError(code)) for code in _READ}
            again = label("again", reached_by)
        assert [code for code in _ASKS_AGAIN if not said[code].endswith(again)] == []
        told[reached_by] = {code for code, text in said.items() if page in text}
    assert (told["page"], told["api"], told["command"]) == (set(_ASKS_AGAIN), set(), set())


def test_every_label_is_translated_and_keeps_its_placeholders() -> None:
    with CATALOGUE.open("rb") as stream:
        chinese = {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        english = {str(text) for table in LABELS.values() for text in table.values()}
    for text in english:
        assert sorted(_NAMED.findall(chinese[text])) == sorted(_NAMED.findall(text)), text
        assert chinese[text] % dict.fromkeys(_NAMED.findall(text), "") or not text


@pytest.fixture
def reader() -> Iterator[Any]:
    """An app whose reader's language the test sets."""
    app = Flask(__name__)
    chosen = {"language": "en"}
    Babel(
        app,
        locale_selector=lambda: chosen["language"],
        default_translation_directories=str(ROOT / "translations"),
    )

    def choose(code: str) -> None:
        chosen["language"] = code
        refresh()

    with app.test_request_context():
        yield choose


def test_a_label_is_looked_up_for_each_language_and_follows_its_reader(reader: Any) -> None:
    assert (language.chinese(), label("ticket.state", "suspended")) == (False, "clock stopped")
    reader("zh_Hans")
    assert (language.chinese(), label("ticket.state", "suspended")) == (True, "已暂停计时")
    reader("en")
    assert label("ticket.state", "suspended") == "clock stopped"


def test_labels_looked_up_outside_of_an_app_are_not_kept_for_readers() -> None:
    labels._looked_up.cache_clear()
    assert label("ticket.state", "suspended") == "clock stopped"
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans", default_translation_directories=str(ROOT / "translations"))
    with app.test_request_context():
        assert label("ticket.state", "suspended") == "已暂停计时"


def test_no_template_gives_the_name_of_a_word_to_something_else() -> None:
    app = create_app(DATABASE_URL="sqlite://")
    words = {word.__name__ for word in template_globals.WORDS}
    assert {"label", "labels", "say"} <= words
    rebound = [
        f"{path.name}:{name.lineno} {name.name}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in app.jinja_env.parse(path.read_text(encoding="utf-8")).find_all(nodes.Name)
        if name.ctx in ("store", "param") and name.name in words
    ]
    assert rebound == []


def test_a_code_without_a_label_is_shown_as_it_is_and_none_as_nothing(reader: Any) -> None:
    assert (label("ticket.state", "elsewhere"), label("checkup.source", None)) == ("elsewhere", "")


def test_no_code_is_labelled_twice() -> None:
    with pytest.raises(ValueError, match="stale"):
        add({"error": {"stale": LABELS["error"]["missing"]}})


def test_a_sentence_names_the_field_as_the_page_calls_it(reader: Any) -> None:
    assert sentence(BadInput("missing", "note")) == "Fill in “note”."
    assert sentence(BadInput("missing", "note"), {"note": "remark"}) == "Fill in “remark”."


def test_what_somebody_typed_is_not_read_as_a_placeholder(reader: Any) -> None:
    assert sentence(BadInput("unit_unknown", "unit", unit="%(field)s {field} 5%")).startswith(
        "There is no unit called “%(field)s {field} 5%”"
    )


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (BadInput("role_not_in_unit", "unit", role="bureau", unit="甲镇"), {"role": "bureau"}),
        (WrongState("wrong_state", action="accept", state="in_progress"), {"ticket.state": "in_progress"}),
        (WrongState("case_wrong_state", action="hear", state="heard"), {"case.state": "heard"}),
        (BadInput("columns_missing", "file", column="village"), {"register.column": "village"}),
    ],
)
def test_a_sentence_names_codes_in_words(reader: Any, error: WorkflowError, names: dict[str, str]) -> None:
    for language_code in ("en", "zh_Hans"):
        reader(language_code)
        said = sentence(error)
        for kind, code in names.items():
            word = label(kind, code)
            assert word in said
            assert code not in said.replace(word, "")


def test_a_cause_is_named_in_words_of_its_kind(reader: Any) -> None:
    setting = place_of(SCHEME, 2018)
    have = next(code for code in (entry.code for entry in SCHEME.haves) if SCHEME.kind_of_have(code).causes)  # type: ignore[union-attr]
    kind = SCHEME.kind_of_have(have)
    assert kind is not None
    for language_code in ("en", "zh_Hans"):
        reader(language_code)
        for cause in kind.causes:
            named = cause.name.zh if language_code == "zh_Hans" else cause.name.en
            assert cause_name(setting, have, cause.code) == named
        assert cause_name(setting, have, "elsewhere") == "elsewhere"
        assert cause_name(setting, "nothing", kind.causes[0].code) == kind.causes[0].code


def test_what_the_system_shows_beside_a_harmed_result_names_day_town_and_figures(reader: Any) -> None:
    setting = place_of(SCHEME, 2018)
    town = setting.by_code[SCHEME.towns[0]]
    score = {"from": "score", "on": "2018-11-30", "town": town.code, "score": 4750}
    measure = SCHEME.measures[0]
    values = {"from": "measures", "on": "2018-11-30", "town": None, "values": [[measure.code, 1, 2], ["x", 0, 3]]}
    said = {}
    for language_code, colon in (("en", ": "), ("zh_Hans", "：")):
        reader(language_code)
        said[language_code] = [
            shown_value(setting, {"from": "tickets", "open": 3, "late": 1}),
            shown_value(setting, score).split(" · ")[-1],
            shown_value(setting, {**score, "town": None}).split(colon)[-1],
            shown_value(setting, values).partition(colon)[2],
        ]
        assert " · " not in shown_value(setting, {**score, "town": None})
    assert said["en"] == [
        "open 3, overdue 1",
        f"{town.name_en}: 47.50",
        "47.50",
        f"{measure.name.en} 1/2 households; x 0/3",
    ]
    assert said["zh_Hans"][1:] == [f"{town.name}：47.50", "47.50", f"{measure.name.zh} 1/2户；x 0/3"]


@pytest.mark.parametrize(
    ("day", "written"),
    [
        ("2018-11-09", "2018年11月9日"),
        ("2018-01-10 08:30", "2018年1月10日 08:30"),
        ("2018-13-01", "2018-13-01"),
        ("2018-11", "2018-11"),
    ],
)
def test_a_day_in_a_sentence_is_written_as_an_office_writes_it(day: str, written: str) -> None:
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans", default_translation_directories=str(ROOT / "translations"))
    with app.test_request_context():
        assert written in sentence(BadInput("figure_day", "up_to", day=day))
