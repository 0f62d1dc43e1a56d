"""Leaks: no page, response, header, log line, message, event or row contains a full ID number, nor a name for masked
readers.

Every GET route is requested by every role; a route that no role reached with the arguments known here fails the test
and has to be given one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from models import Base
from tests.support.full_county import Web, full_county, live
from tests.support.log_listener import Listener, listening
from tests.support.persons import id_number, phone
from tests.support.thorough import is_thorough

NUMBERS = [*(id_number(n * 10 + p) for n in (1, 2, 3, 4) for p in (1, 2)), *(phone(n) for n in (1, 2, 3, 4))]
NAMES = ("欧阳", "秋菊", "司徒", "大力")
#: Readers of masked names; `power` is a former holder, the other town only made a spot check.
MASKED = ("leaders", "inspectorate", "admin", "power", "other_town")
PEOPLE = ("village", "town", "water", "housing", "office", *MASKED)
#: Who asks lists in other orders and with filters too: a reader of the names, and readers of masked ones by three rules.
ASKING = ("office", "leaders", "power", "other_town")
#: So many objects of a route are asked for by everybody; of the others each has its turn.
MANY = 1
#: Between them they see whatever there is.
SEERS = ("office", "town", "admin", "inspectorate")
#: Of routes that by GET only lead back to the page with the form, whatever they name.
NAMED_FORMS = {"act": ["close"], "action": ["accept"], "asked": ["1"], "rung": ["1"], "channel": ["email"]}
#: Files of one household or import.
OF_PEOPLE = ("pages.household_pdf", "pages.refused_of_import")
#: What a route asks for in its query.
ASKED = {
    "api.get_trail": "?ground=audit",
    **dict.fromkeys(
        (*("pages.tickets_xlsx", "pages.households_xlsx", "pages.candidates_xlsx", "pages.register_xlsx"), *OF_PEOPLE),
        "?ground=work",
    ),
}
#: Open without a sign-in, or without data of a county.
BARE = {"pages.sign_in", "pages.first_sign_in", "pages.sign_on", "pages.sign_on_back", "pages.sign_on_link"}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(NUMBERS) as made:
        yield made


@pytest.fixture
def web(engine: Engine, database_url: str, tmp_path: Path, listener: Listener) -> Web:
    return full_county(engine, database_url, tmp_path / "files")


def _values(converter: BaseConverter, examples: dict[str, list[str]], name: str) -> list[str]:
    """The values to try for an argument of a route: all that the route itself names, or the known ones."""
    if name in NAMED_FORMS:
        return NAMED_FORMS[name]
    if isinstance(converter, IntegerConverter):
        return examples["int"]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    return examples.get(name, examples["string"])


def _named(rule: Rule, values: Sequence[str]) -> dict[str, Any]:
    return dict(zip(sorted(rule._converters), values, strict=True)) | dict(rule.defaults or {})


def ask_everything(web: Web, examples: dict[str, list[str]], people: tuple[str, ...] = PEOPLE) -> set[str]:
    """Requests every GET route as each of these people; returns the endpoints that no one reached.

    Whoever was refused a route twice is not asked again: one refusal looks like another.
    """
    unreached = set()
    for rule in web.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in BARE:
            continue
        values = [_values(rule._converters[name], examples, name) for name in sorted(rule._converters)]
        with web.app.test_request_context():
            paths = [web.app.url_for(rule.endpoint, **_named(rule, chosen)) for chosen in product(*values)]
        ground = ASKED.get(rule.endpoint, "")
        orders = (
            [] if rule.arguments else [f"{paths[0]}{query}{ground.replace('?', '&')}" for query in _orders(examples)]
        )
        objects = len(paths)
        paths += [path + ground for path in paths if ground]
        refused: Counter[str] = Counter()
        answers = [
            status
            for place, path in enumerate(paths)
            for status in _asked(web, path, _askers(people, place % objects), refused)
        ]
        answers += [status for path in orders for status in _asked(web, path, ASKING, refused)]
        assert 500 not in answers, rule
        if not any(status < 400 for status in answers):
            unreached.add(rule.endpoint)
    return unreached


def _askers(people: tuple[str, ...], place: int) -> tuple[str, ...]:
    """Who asks for an object of a route: everybody for the first ones, the office and a third of the rest for others."""
    if place < MANY or is_thorough():
        return people
    return tuple(who for number, who in enumerate(people) if who == "office" or (number + place) % 3 == 0)


def _orders(examples: dict[str, list[str]]) -> tuple[str, str]:
    """What a list is asked for: some of its rows, and another order."""
    number = examples["number"][1]
    return (
        f"?q=%E6%AC%A7&state=closed&village=town-a-v1&household=A1&kind=water&ticket={number}",
        "?sort=name&days=30&tickets=1&mine=1",
    )


def _asked(web: Web, path: str, people: tuple[str, ...], refused: Counter[str]) -> list[int]:
    """The statuses of a path; where the widest readers all get 404, the others are not asked."""
    asked = [who for who in people if refused[who] < 2]
    widest = {who: web.ask(who, "GET", path).status_code for who in asked if who in SEERS}
    rest = [] if set(widest.values()) == {404} else [who for who in asked if who not in SEERS]
    answers = widest | {who: web.ask(who, "GET", path).status_code for who in rest}
    refused.update(who for who, status in answers.items() if status == 403)
    return list(answers.values())


def command_lines(web: Web) -> None:
    """Every command except those that write elsewhere, with arguments where they are known."""
    known = {"due": ["2018-11-20T10:00", "2"], "token": ["office"], "sweep": ["--dry-run"], "rotate-key": []}
    for name in sorted(set(web.app.cli.commands) - {"backup", "restore", "demo", "run", "shell"}):
        done = web.app.test_cli_runner().invoke(args=[name, *known.get(name, [])])
        web.heard.append(("system", name, done.output + str(done.exception or "")))


# Thousands of requests; the answers do not depend on the database, and other tests use both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_full_number_leaves_the_register_and_no_name_reaches_who_reads_names_masked(
    web: Web, listener: Listener
) -> None:
    examples = live(web)
    answer = web.ask("office", "POST", "/households", data={"q": id_number(11)})
    assert "欧阳秋菊" in answer.get_data(as_text=True)
    for given, kept in ((phone(1), "/households"), (f"{id_number(11)}&status=in", "/households?status=in")):
        assert web.ask("office", "GET", f"/households?q={given}").headers["Location"] == kept
    assert ask_everything(web, examples) == set(), "teach `live` and `examples` how to reach these routes"
    _no_name_reaches_who_reads_names_masked(web)
    command_lines(web)
    shown = web.ask("town", "POST", "/households/A1/people", data={"ground": "contact"})
    assert shown.headers["Cache-Control"] == "no-store"
    _, _, audited = web.heard.pop()
    assert all(number in audited for number in (id_number(11), id_number(12), phone(1)))
    for who in ("leaders", "inspectorate", "admin", "power", "other_town", "office", "village"):
        assert web.ask(who, "POST", "/households/A1/people", data={"ground": "contact"}).status_code in (403, 404)

    assert len(web.heard) > 500
    for number in NUMBERS:
        assert not [(who, path) for who, path, said in web.heard if number in said]
    # SQLAlchemy's statements with their parameters are among the records: a number does not even travel there.
    assert listener.heard > 1000
    assert listener.leaks == set()
    with web.county.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert not any(number in str(row) for number in NUMBERS), table.name


def _no_name_reaches_who_reads_names_masked(web: Web) -> None:
    read = [(who, path, said) for who, path, said in web.heard if who in MASKED and path.startswith("GET")]
    assert len(read) > 200
    # They do read the tickets, their texts and the matter: only the names are hidden.
    assert any("欧***和司***家断水" in said for who, _, said in read if who == "leaders")
    assert any("欧***和司***家的水泵" in said for who, _, said in read if who == "inspectorate")
    assert not [(who, path, name) for who, path, said in read for name in NAMES if name in said]
    clear = [said for who, path, said in web.heard if who == "town" and path.startswith("GET")]
    assert any("欧阳秋菊和司徒大力家断水" in said for said in clear)
