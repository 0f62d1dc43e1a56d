"""Layers: the full list of allowed imports between rooms, read from the source with `ast`.

A room is a folder; an inner room is one of its own. What a room may import is listed below and nothing else is allowed;
a pair that is no longer used is removed from the list.
"""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.sources import parsed

ROOT = Path(__file__).parents[1]
TOPS = ("models", "workflow", "notifications", "reports", "simulation", "web", "migrations", "tools", "bench")
ENTRIES = (
    *("setting_values", "setting_retention", "setting_running", "settings", "log_lines", "installation", "pacing"),
    *("retention_jobs", "trail_jobs", "worker", "wsgi"),
)

_BASE = ("models", "workflow")
_RULED = (*_BASE, "workflow.policy", "workflow.policy.scheme")
_TICKETS = "workflow.tickets"
_CUSTODY, _ACTIONS, _CONSEQUENCES, _VIEWS = (
    f"{_TICKETS}.{name}" for name in ("custody", "actions", "consequences", "views")
)
_MANY = f"{_TICKETS}.many"
_SAVED = f"{_TICKETS}.saved"
_CASES, _OVERSIGHT = "workflow.accountability.cases", "workflow.accountability.oversight"
_FACTS, _RANKING = "workflow.assessment.facts", "workflow.assessment.ranking"
_RANDOM = "workflow.register.random_checks"
_LIVES, _CANDIDATES = "workflow.register.lives", "workflow.register.candidates"
_NAMES = "workflow.register.names"
_LISTS = "workflow.register.bulk_lists"
_ERASING = "workflow.register.erasing"
_REPLIES = "workflow.accountability.replies"
_INSTRUCTIONS = "workflow.accountability.instructions"
_POSTS = "workflow.county.posts"
_ACCESS = "workflow.county.access"
_SIGN_INS = "workflow.county.sign_ins"

#: Room → the rooms it may import beside itself, those of `workflow` from the lowest up.  `workflow` itself is the ground.
ALLOWED: dict[str, tuple[str, ...]] = {
    "models": (),
    "workflow": ("models", "workflow.policy", "workflow.policy.scheme"),
    "workflow.policy.scheme": (),
    "workflow.policy": ("workflow.policy.scheme",),
    "workflow.history": (*_BASE, "workflow.policy"),
    "workflow.county": (*_RULED, "workflow.history", _ACCESS),
    _ACCESS: (*_BASE, "workflow.history"),
    _SIGN_INS: (*_BASE, "workflow.history", "workflow.county", _ACCESS),
    _POSTS: (*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
    "workflow.pictures": ("workflow", "workflow.policy"),
    "workflow.evidence": (*_BASE, "workflow.pictures"),
    _CUSTODY: (*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
    _ACTIONS: (*_RULED, "workflow.county", _CUSTODY),
    _CONSEQUENCES: (*_RULED, "workflow.history", "workflow.county", _CUSTODY, _ACTIONS),
    _TICKETS: (
        *(*_RULED, "workflow.history", "workflow.county", "workflow.evidence", "workflow.pictures"),
        *(_CUSTODY, _ACTIONS, _CONSEQUENCES),
    ),
    _VIEWS: (*_RULED, "workflow.history", "workflow.county", _CUSTODY, _ACTIONS, _TICKETS),
    _MANY: ("models", "workflow", "workflow.policy.scheme", "workflow.county", _ACTIONS, _TICKETS),
    _SAVED: (*_BASE, "workflow.policy", "workflow.history", "workflow.county", _ACTIONS, _VIEWS),
    _CASES: (*_RULED, "workflow.history", "workflow.county", _CUSTODY, _ACTIONS, _TICKETS),
    _OVERSIGHT: (
        *(*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
        *(_ACTIONS, _CONSEQUENCES, _TICKETS),
    ),
    _REPLIES: (*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
    _INSTRUCTIONS: (*_BASE, "workflow.policy", "workflow.history", "workflow.county", "workflow.evidence", _TICKETS),
    "workflow.accountability": (
        *(*_RULED, "workflow.history", "workflow.county", "workflow.evidence"),
        *(_CUSTODY, _CONSEQUENCES, _TICKETS, _CASES, _REPLIES),
    ),
    "workflow.adoption": (
        *(*_RULED, "workflow.history", "workflow.county"),
        *(_CUSTODY, _CONSEQUENCES, _TICKETS, "workflow.register.spreadsheets"),
    ),
    "workflow.register": (*_RULED, "workflow.history", "workflow.county", _TICKETS, _VIEWS, _LIVES, _LISTS, _NAMES),
    _NAMES: ("models", "workflow"),
    _LIVES: (
        *(*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
        *(_TICKETS, "workflow.register", "workflow.register.cells"),
        *(_ACTIONS, _NAMES, "workflow.register.counted"),
    ),
    _RANDOM: (
        *(*_RULED, "workflow.history", "workflow.county", "workflow.evidence"),
        *(_TICKETS, "workflow.register", _NAMES),
    ),
    _CANDIDATES: (
        *(*_RULED, "workflow.history", "workflow.county", _TICKETS, _ACTIONS, _CONSEQUENCES),
        *("workflow.register", "workflow.register.cells", _LIVES, _NAMES),
    ),
    _ERASING: (
        *(*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
        *(_TICKETS, _CANDIDATES),
    ),
    "workflow.register.counted": (*_RULED, "workflow.history", "workflow.county", _TICKETS, "workflow.register"),
    "workflow.register.spreadsheets": ("workflow",),
    "workflow.register.cells": ("workflow", "workflow.policy.scheme", "workflow.register.spreadsheets"),
    "workflow.register.importing": (
        *(*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
        *("workflow.register.cells", "workflow.register.spreadsheets", _NAMES),
    ),
    _LISTS: (
        *("models", "workflow", "workflow.history", "workflow.county", "workflow.policy", "workflow.policy.scheme"),
        *("workflow.register", "workflow.register.cells", "workflow.register.importing", _CANDIDATES, _TICKETS),
        "workflow.register.spreadsheets",
    ),
    "workflow.register.undoing": (
        *("models", "workflow", "workflow.history", "workflow.county", "workflow.policy"),
        "workflow.register.importing",
    ),
    "workflow.assessment": (
        *(*_RULED, "workflow.history", "workflow.county", "workflow.evidence"),
        *(_ACTIONS, _CONSEQUENCES, _TICKETS, _VIEWS, "workflow.register.cells", "workflow.register.spreadsheets"),
    ),
    _FACTS: (
        *("models", "workflow.policy", "workflow.policy.scheme", "workflow.county", _CUSTODY, _ACTIONS),
        *("workflow.register", "workflow.register.counted", "workflow.assessment"),
    ),
    "workflow.assessment.checking": (
        *("models", "workflow", "workflow.policy", "workflow.county", _TICKETS, "workflow.assessment", _RANKING),
    ),
    _RANKING: (
        *(*_RULED, "workflow.history", "workflow.county", _ACTIONS, _TICKETS),
        *("workflow.assessment", _FACTS),
    ),
    "workflow.assessment.desk": (*_RULED, "workflow.history", "workflow.county", _RANKING, "workflow.assessment"),
    "workflow.boards": (
        *(*_BASE, "workflow.policy", "workflow.history", "workflow.county"),
        *(_CUSTODY, _CONSEQUENCES, _TICKETS, _VIEWS, _OVERSIGHT, _INSTRUCTIONS, _RANDOM, _RANKING),
        "workflow.accountability",
        *("workflow.assessment", _ERASING),
    ),
    "workflow.reform": (
        *("models", "workflow", "workflow.policy", "workflow.policy.scheme", "workflow.history", "workflow.county"),
        *(_POSTS, _TICKETS, _CONSEQUENCES, "workflow.accountability", "workflow.register.counted"),
        _NAMES,
    ),
    "workflow.setup": (
        *(*_RULED, "workflow.history", "workflow.county", "workflow.county.posts", "workflow.adoption"),
        *("workflow.register.cells", "workflow.register.spreadsheets", "workflow.register.importing"),
        *("workflow.register.counted", _NAMES),
    ),
    "workflow.setup.books": (
        *("models", "workflow", "workflow.county", _POSTS, "workflow.history", "workflow.register.counted"),
        "workflow.setup",
    ),
    "workflow.setup.departures": (
        *("models", "workflow", "workflow.policy", "workflow.history", "workflow.county", _POSTS, _TICKETS),
        *(_CONSEQUENCES, "workflow.setup"),
    ),
    "workflow.verification.proofs": (
        *(
            "models",
            "workflow.policy",
            "workflow.history",
            "workflow.county",
            *(_POSTS, _NAMES),
            *("workflow.evidence", "workflow.pictures"),
            _CUSTODY,
            _CONSEQUENCES,
        ),
        *(
            _TICKETS,
            _CASES,
            _OVERSIGHT,
            _INSTRUCTIONS,
            _RANDOM,
            *("workflow.assessment", _RANKING, "workflow.assessment.checking"),
            "workflow.boards",
            *(_LISTS, _ERASING),
            "workflow.register.counted",
        ),
    ),
    "workflow.verification.checkpoint": ("models", "workflow.history", "workflow.verification.proofs"),
    "workflow.verification.chain": (
        *("models", "workflow.history"),
        *("workflow.verification.checkpoint", "workflow.verification.proofs"),
    ),
    "workflow.verification": (
        *("models", "workflow", "workflow.history", "workflow.evidence"),
        *("workflow.verification.chain", "workflow.verification.checkpoint", "workflow.verification.proofs"),
    ),
}
#: The same for the rooms around `workflow`; `workflow.*` is any of its rooms.
AROUND: dict[str, tuple[str, ...]] = {
    "notifications": ("models", "workflow.policy", "workflow.policy.scheme"),
    "reports": ("models", "workflow.*"),
    "simulation": ("models", "workflow.*", "notifications"),
    "web": (
        "models",
        "workflow.*",
        "notifications",
        "reports",
        "simulation",
        "setting_values",
        "settings",
        "installation",
        "migrations",
    ),
    "installation": ("models", "workflow.*", "settings"),
}
#: Libraries that only these may import.
ONLY_IN = {
    "flask": {"web", "wsgi.py", "bench/floor.py"},
    "flask_login": {"web"},
    "flask_wtf": {"web"},
    "flask_babel": {"web"},
    "apscheduler": {"worker.py"},
    "transitions": {"workflow/state_table.py"},
    "obstore": {"workflow/evidence/s3_store.py"},
    "pillow_heif": {"workflow/pictures/images.py"},
    "PIL": {
        "workflow/pictures/images.py",
        "workflow/pictures/perceptual_hash.py",
        "reports/printable.py",
        "simulation/camera.py",
        "tools/help_pictures.py",
        "tools/icons.py",
        "tools/screenshots.py",
        "bench/face.py",
        "bench/photos.py",
    },
}
#: Packages that import their own modules, which register routes or commands on them.
GATHERING = ("web.api", "web.cli", "web.pages")
#: Circles that are still to be broken.
MOST_LINES = 300
MOST_FILES = 14
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 7
#: Functions with more parameters, each with its reason.
MANY_PARAMETERS = {
    # The properties of a line of type, each with a usual value; a line names those that differ.
    "reports.word.line",
    # The columns of the row; each act on a paper sets some of them.
    "workflow.tickets.consequences.paper_outcomes.record_act",
    # The values of a ranking's content, computed in one place and stored in another.
    "workflow.assessment.ranking.rankings._write_edition",
    "workflow.assessment.ranking.snapshot.worked_out",
    # The fields of a form of figures, and of each row of its spreadsheet.
    "workflow.assessment.reported_figures.report",
    "workflow.assessment.figure_import.record",
}


def sources() -> Iterator[Path]:
    for top in TOPS:
        yield from (ROOT / top).rglob("*.py")
    yield from (ROOT / f"{name}.py" for name in ENTRIES)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sources()}


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules a file imports, also inside functions: ours by full name, libraries as written."""
    named: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in MODULES else node.module for name in full.values()}
    return frozenset(named)


def room_of(module: str) -> str:
    """The room of one of our modules: its folder; outside `workflow` the top folder."""
    if not module.startswith("workflow"):
        return module.split(".")[0]
    path = MODULES[module]
    return ".".join(path.parent.relative_to(ROOT).parts)


def pairs() -> dict[tuple[str, str], list[str]]:
    """Every pair of rooms of which the first imports the second, with the imports."""
    met: dict[tuple[str, str], list[str]] = {}
    for name, path in MODULES.items():
        for other in imports(path) & MODULES.keys():
            if room_of(name) != room_of(other):
                met.setdefault((room_of(name), room_of(other)), []).append(f"{name} imports {other}")
    return met


def allows(room: str, other: str) -> bool:
    listed = ALLOWED.get(room, AROUND.get(room))
    return listed is None or other in listed or (other.split(".")[0] == "workflow" and "workflow.*" in listed)


def test_every_import_between_rooms_is_an_allowed_pair() -> None:
    refused = [said for (room, other), lines in pairs().items() if not allows(room, other) for said in lines]
    assert refused == []


def test_every_allowed_pair_is_needed() -> None:
    used = set(pairs())
    listed = {(room, other) for room, others in (ALLOWED | AROUND).items() for other in others}
    assert {pair for pair in listed - used if not pair[1].endswith(".*")} == set()


def test_every_room_of_the_workflow_is_listed() -> None:
    assert {room_of(name) for name in MODULES if name.split(".")[0] == "workflow"} == {
        room for room in ALLOWED if room.startswith("workflow")
    }


def test_no_module_imports_itself_by_way_of_others() -> None:
    arrows = {
        name: {
            other
            for other in imports(path) & MODULES.keys() - {name}
            if not (name in GATHERING and other.startswith(f"{name}."))
        }
        for name, path in MODULES.items()
    }
    assert circles(arrows) == []


def circles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """The sets of modules that import each other: strongly connected components of two or more (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    met: list[set[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        for other in arrows[name]:
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            start = stack.index(name)
            if len(stack) - start > 1:
                met.append(set(stack[start:]))
            del stack[start:]

    for name in arrows:
        if name not in number:
            visit(name)
    return met


def test_a_circle_is_found() -> None:
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"a"}}
    assert circles(arrows) == [{"b", "c"}]


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in MODULES.values()
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert {user for user in users if not {user, user.split("/")[0]} & ONLY_IN[library]} == set()


def test_every_module_says_what_it_is_for_and_is_of_moderate_length() -> None:
    assert [path for path in MODULES.values() if not ast.get_docstring(parsed(path))] == []
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES.values()}
    assert [path for path, n in lines.items() if n > MOST_LINES and "migrations/versions" not in str(path)] == []


def test_every_room_names_the_page_of_its_decisions() -> None:
    named = re.compile(r"^Decisions: (docs/decisions/\w+\.md)$", re.MULTILINE)
    rooms = {p for name, p in MODULES.items() if p.name == "__init__.py" and not name.startswith(("bench", "tools"))}
    linked = {path: named.search(ast.get_docstring(parsed(path)) or "") for path in rooms}
    assert {path for path, link in linked.items() if link is None or not (ROOT / link[1]).exists()} == set()


def test_no_two_modules_of_the_domain_share_a_name() -> None:
    top = ("workflow.", "notifications.", "reports.")
    # A part of the scheme is named like the module that applies it.
    domain = [path for name, path in MODULES.items() if name.startswith(top) and "policy.scheme" not in name]
    names = Counter(path.name for path in domain)
    assert {name for name, count in names.items() if count > 1} == {"__init__.py"}


def test_no_room_of_the_workflow_has_more_files_than_one_can_remember() -> None:
    files = Counter(
        room_of(name) for name, path in MODULES.items() if name.startswith("workflow") and path.name != "__init__.py"
    )
    assert {room: count for room, count in files.items() if count > MOST_FILES} == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of the product with its name behind its module's; migrations and measurements are scripts."""
    for module, path in MODULES.items():
        if module.startswith(("migrations.versions", "bench")):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                yield f"{module}.{node.name}", node


def parameters(function: ast.FunctionDef) -> list[str]:
    """The named parameters, without the instance; `**given` stands for the fields of a form."""
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_function_takes_many_parameters_without_a_reason() -> None:
    many = {name for name, node in functions() if len(parameters(node)) > MOST_PARAMETERS}
    assert many == MANY_PARAMETERS


def test_a_web_worker_carries_nothing_that_only_a_command_or_an_import_needs(tmp_path: Path) -> None:
    heavy = [
        "pypinyin",
        "obstore",
        "xlsxwriter",
        "typst",
        "id_validator",
        "alembic",
        "yaml",
        "simulation",
        "apscheduler",
        "httpx",
        "prometheus_client",
        "webauthn",
        "authlib",
        "docx",
    ]
    asked = f"""
import gc, sys, wsgi
from web.api.fields import Body, Query
from workflow import text_content
print([name for name in {heavy} if name in sys.modules])
print([shape.__name__ for base in (Body, Query) for shape in base.__subclasses__() if shape.__pydantic_complete__])
lists = [each for each in vars(text_content).values() if isinstance(each, text_content.LatePattern)]
print([each.pattern for each in lists if "_compiled" in vars(each)])
print(gc.isenabled())
"""
    # Not the database of this checkout, if it has one.
    around = {**os.environ, "XIAOHAO_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=around, capture_output=True, text=True, check=True
    )
    # Of what is made at first use nothing is made yet.
    assert done.stdout.split() == ["[]", "[]", "[]", "True"]


def test_pinyin_of_single_signs_loads_no_dictionary_of_phrases() -> None:
    asked = (
        "import sys; from workflow.register.names.pinyin import initials; "
        "print(initials('单国华').split()[0], 'pypinyin.phrases_dict' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shanguohua", "False"]
