"""Forged addresses: for every person and every id, own, of others, ended and nonexistent, pages and API answer as the rules say,
name nobody to whoever may not know, and change nothing.

The rules are SQL of this test's own; it asks nothing of the product.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from models import Base, Ticket
from tests.register.test_undo_import_pages import take
from tests.setup.test_county_import import VILLAGES, workbook
from tests.support.bulk_lists import brought, line, list_scheme, taken
from tests.support.candidates import judged, report
from tests.support.factories import County, day
from tests.support.households import settle_register
from tests.support.http_clients import Api
from tests.support.persons import id_number
from tests.support.reforms import DOCUMENT
from tests.support.spreadsheets import IDS, VAULT
from workflow.reform import planned_reforms, reform_act
from workflow.setup import county_import
from workflow.setup.county_import import Source
from workflow.setup.county_workbook import read_book

pytestmark = pytest.mark.one_database("sqlite")

ROLES = frozenset({"village", "town", "bureau", "office", "leaders", "inspectorate", "admin"})
OFFICE, CLERKS = ROLES - {"office"}, ROLES - {"office", "town"}
#: One account of each role, who try what does not exist, and colleagues of elsewhere, who try what is there.
EACH = ("village", "town", "water", "office", "leaders", "inspectorate", "admin")
ELSEWHERE = ("far_village", "other_town", "power")
MASKED = frozenset({"leaders", "inspectorate", "admin"})
#: Nobody's.
FORGED = (0, 2**62)
#: Whom each candidate and each import names: on the pages of nobody who does not see it.
NAMES = {
    ("candidate", 1): "上官婉清",
    ("candidate", 2): "司马相如",
    ("candidate", 3): "欧阳秋菊",
    ("import", 1): "诸葛大有",
    ("import", 2): "诸葛二有",
    ("import", 3): "诸葛三有",
    ("list", 1): "淳于小有",
}
#: Who sees a row: the names of accounts.
SEES = {
    "candidate": """
        SELECT u.name FROM user_account u, ticket t JOIN village v ON v.id = t.in_village_id WHERE t.candidate_id = :id AND (
            u.role IN ('office', 'leaders', 'inspectorate')
            OR u.role = 'village' AND u.village_id = v.id
            OR u.role = 'town' AND u.unit_id = v.town_id
            OR u.role = 'bureau' AND EXISTS (
                SELECT 1 FROM bulk_line l JOIN bulk_list b ON b.id = l.list_id
                WHERE l.candidate_id = t.candidate_id AND b.unit_id = u.unit_id))""",
    "import": """
        SELECT u.name FROM user_account u, register_import i
        WHERE i.id = :id AND (u.role = 'office' OR u.role = 'town' AND u.unit_id = i.unit_id)""",
    "own import": """
        SELECT u.name FROM user_account u, register_import i
        WHERE i.id = :id AND u.role IN ('office', 'town') AND u.unit_id = i.unit_id""",
    "book": "SELECT u.name FROM user_account u, county_book b WHERE b.id = :id AND u.role IN ('office', 'admin')",
    "list": """
        SELECT u.name FROM user_account u, bulk_list b WHERE b.id = :id AND (
            u.role = 'bureau' AND u.unit_id = b.unit_id
            OR b.taken_at IS NOT NULL AND (u.role IN ('office', 'leaders', 'inspectorate') OR u.role = 'town'
                AND EXISTS (SELECT 1 FROM bulk_line l WHERE l.list_id = b.id AND l.town_id = u.unit_id)))""",
    "own list": """
        SELECT u.name FROM user_account u, bulk_list b WHERE b.id = :id AND u.role = 'bureau' AND u.unit_id = b.unit_id""",
    "line": """
        SELECT u.name FROM user_account u, bulk_line l
        WHERE l.id = :id AND (u.role = 'office' OR u.role = 'town' AND u.unit_id = l.town_id)""",
    "reform": "SELECT u.name FROM user_account u, planned_reform p WHERE p.id = :id AND u.role = 'office'",
}


@dataclass(frozen=True)
class Door:
    """An address with an id, and what its rules answer: `never` is refused to these roles whatever the id, what is not seen is
    not found, `not_given` may be seen but not done by these roles, `else` is answered to the others, by id."""

    method: str
    path: str
    sees: str
    then: Mapping[int, int] | int = 200
    never: frozenset[str] = frozenset()
    not_given: frozenset[str] = frozenset()
    #: Whether an id that does not exist is not found even for a role that is refused.
    found_first: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, role: str, seen: bool, exists: bool, number: int) -> int:
        if self.path.startswith("/api/") and number == 0 and "number" not in self.path:
            # No id is 0: the document of the API says so.
            return 422 if "planned" not in self.path else self._answer(role, seen, exists, number)
        return self._answer(role, seen, exists, number)

    def _answer(self, role: str, seen: bool, exists: bool, number: int) -> int:
        if self.found_first and not exists:
            return 404
        if role in self.never:
            return 403
        if not seen:
            return 404
        if role in self.not_given:
            return 403
        return self.then if isinstance(self.then, int) else self.then[number]


_UNDO, _LINE = {"reason": ""}, {"answer": "left_out", "reason": ""}
_READERS, _NO_LISTS = frozenset({"leaders", "inspectorate"}), frozenset({"village", "admin"})
_JUDGES = ROLES - {"office"}
_OPEN = {1: 422, 2: 422, 3: 409, 4: 422}
_CONSENT = {"consent_by": "", "consent_on": "2018-11-20", "consent_how": "written"}
_VERDICT = {"verdict": "refused", "ground": "nothing", "reason": ""}
DOORS = (
    Door("GET", "/tickets/{number}", "candidate"),
    Door("GET", "/api/v1/candidates/{number}", "candidate"),
    Door("POST", "/tickets/{number}/consent", "candidate", _OPEN, not_given=_READERS, given={"consent_by": ""}),
    Door("POST", "/api/v1/candidates/{number}/consent", "candidate", _OPEN, not_given=_READERS, given=_CONSENT),
    Door("POST", "/tickets/{number}/register", "candidate", 409, not_given=_JUDGES, given={"version": "0"}),
    Door("POST", "/tickets/{number}/refuse", "candidate", 409, not_given=_JUDGES, given={"version": "0"}),
    Door("POST", "/api/v1/candidates/{number}/verdicts", "candidate", 409, not_given=_JUDGES, given=_VERDICT),
    Door("GET", "/imports/{id}", "import", never=CLERKS),
    Door("GET", "/imports/{id}/changes", "import", never=CLERKS),
    Door("GET", "/imports/{id}/undo", "import", never=CLERKS, not_given=frozenset({"town"})),
    Door("POST", "/imports/{id}/undo", "import", 422, never=OFFICE, given=_UNDO),
    Door("POST", "/imports/{id}/columns", "import", 409, never=CLERKS),
    Door("POST", "/imports/{id}/villages", "import", 409, never=CLERKS),
    # What is applied already leads to its page.
    Door("POST", "/imports/{id}/apply", "import", 302, never=CLERKS),
    Door("GET", "/api/v1/imports/{id}", "import", never=CLERKS),
    Door("GET", "/api/v1/imports/{id}/changes", "import", never=CLERKS),
    Door("GET", "/api/v1/imports/{id}/undo", "import", never=OFFICE),
    Door("POST", "/api/v1/imports/{id}/undo", "import", 422, never=OFFICE, given=_UNDO),
    Door("GET", "/setup/books/{id}", "book", never=ROLES - {"office", "admin"}),
    Door("GET", "/setup/books/{id}/undo", "book", never=ROLES - {"office", "admin"}),
    Door("POST", "/setup/books/{id}/undo", "book", 422, never=ROLES - {"office", "admin"}, given=_UNDO),
    # The file of the list that nobody took is not kept here.
    Door("GET", "/bulk-lists/{id}", "list", {1: 200, 2: 422}, never=_NO_LISTS),
    Door("POST", "/bulk-lists/{id}/take", "own list", {1: 409, 2: 422}, never=_NO_LISTS),
    Door("GET", "/api/v1/bulk-lists/{id}/lines", "list", never=_NO_LISTS),
    Door("POST", "/bulk-lists/1/lines/{id}", "line", {1: 422, 2: 409}, CLERKS, found_first=True, given=_LINE),
    Door("POST", "/api/v1/bulk-lists/lines/{id}", "line", {1: 422, 2: 409}, CLERKS, found_first=True, given=_LINE),
    Door("POST", "/reforms/planned/{id}/withdraw", "reform", 409, never=OFFICE),
    Door("POST", "/api/v1/reforms/planned/{id}/withdraw", "reform", 409, never=OFFICE),
)
_WANTED = {"kind": "rename", "subject": "unit", "sources": ["nothing"], "name": "县水利局"}
#: Addresses without an id: whom they are refused to, and what the others are answered.
DOORS_OF_ALL: tuple[tuple[str, str, Collection[str], int, dict[str, Any]], ...] = (
    ("GET", "/reforms", {"admin"}, 200, {}),
    ("GET", "/api/v1/reforms", {"admin"}, 200, {}),
    ("GET", "/api/v1/reforms/planned", {"admin"}, 200, {}),
    ("POST", "/reforms", OFFICE, 422, {"act": "look", "kind": "rename"}),
    ("POST", "/api/v1/reforms/preview", OFFICE, 422, _WANTED),
    ("POST", "/api/v1/reforms", OFFICE, 422, {**_WANTED, **DOCUMENT, "from_day": "2018-12-01", "seen": "x"}),
    ("GET", "/candidates", frozenset(), 200, {}),
    ("GET", "/api/v1/candidates", frozenset(), 200, {}),
    ("GET", "/imports", CLERKS, 200, {}),
    ("GET", "/api/v1/imports", CLERKS, 200, {}),
    ("GET", "/setup/books", ROLES - {"office", "admin"}, 200, {}),
    ("GET", "/bulk-lists", _NO_LISTS, 200, {}),
    ("GET", "/api/v1/bulk-lists", _NO_LISTS, 200, {}),
)


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    made = Api(settle_register(engine, list_scheme()), database_url, tmp_path / "files")
    made.app.extensions["xiaohao"].vault = VAULT
    made.now = day(1)
    return made


def live(api: Api) -> None:
    """Of everything one of each town, and one that has ended."""
    county = api.county

    def family(name: str, at: int) -> dict[str, Any]:
        person = {"name": name, "id_number": id_number(at), "labour": "none"}
        return {"people": (person,), "consent_by": name, "seen": "屋顶漏雨"}

    report(county, **family(NAMES["candidate", 1], 901))
    report(county, "far_village", village="town-b-v1", **family(NAMES["candidate", 2], 907))
    judged(county, "refuse", report(county, **family(NAMES["candidate", 3], 909)).ticket.id)
    for at, (who, town, village) in enumerate(
        (("office", "甲镇", "town-a-v1"), ("town", "甲镇", "town-a-v1"), ("other_town", "乙镇", "town-b-v1")), start=1
    ):
        name = NAMES["import", at]
        take(api, (f"H{at}", name, IDS[at - 1], town, f"{village}村", "普通劳动力", "13812345678", "3"), who=who)
    for village in ("新塘村", "新桥村"):
        book = read_book(workbook({"行政村": [VILLAGES, ["甲镇", village, "", "否", 0]]}))
        with county.write() as session:
            source = Source("县情.xlsx", ("a" if village == "新塘村" else "b") * 64)
            assert county_import.apply(session, county.people["office"], day(1), book, source).kept
    taken(county, line(NAMES["list", 1], village="没有的村"), line("赵六", IDS[3]))
    brought(county, line("钱七"))
    for number in (1, 2):
        _plan_a_reform(county, number)


def _plan_a_reform(county: County, number: int) -> None:
    """Planned, and withdrawn."""
    office = county.people["office"]
    given = {"kind": "rename", "subject": "unit", "sources": ["water"], "name": f"县水利{number}局"}
    given |= {"from_day": f"2018-12-0{number}", **DOCUMENT}
    with county.write() as session:
        seen = reform_act.preview(session, office, day(1), given).seen
        planned_reforms.enter(session, office, day(1), given, seen=seen)
        planned_reforms.withdraw(session, office, day(1), number)


def everything(api: Api) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but the counts of refusals, which are counted, and when a token was last used."""
    apart = ("refused_access", "api_token", "user_session")
    with api.county.read() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in apart]
        return {table.name: [tuple(row) for row in session.execute(select(table))] for table in tables}


def ask(api: Api, who: str, method: str, path: str, given: Mapping[str, Any]) -> tuple[int, str]:
    sent = {"json": given or None} if path.startswith("/api/") else {"data": given}
    answer = api.client.open(path, method=method, headers={"Authorization": f"Bearer {api.tokens[who]}"}, **sent)
    said = answer.get_data(as_text=True)
    answer.close()
    return answer.status_code, said


def ids_of(api: Api, door: Door) -> Iterable[tuple[int, str, set[str], bool]]:
    """Each id with its address, who sees it by this test's own SQL, and whether it exists."""
    query = text(SEES[door.sees])
    with api.county.read() as session:
        tickets = {
            ticket.candidate_id or 0: ticket.number
            for ticket in session.scalars(select(Ticket).where(Ticket.candidate_id.is_not(None)))
        }
        for number in (*(tickets if door.sees == "candidate" else (1, 2, 3)), *FORGED):
            seers = set(session.scalars(query, {"id": number}))
            path = door.path.format(id=number, number=tickets.get(number, f"2018-{number}"))
            yield number, path, seers, bool(seers)


def named(said: str, who: str, role: str, known: Mapping[str, set[str]]) -> list[str]:
    """The names in an answer that this reader may not know."""
    return [name for name, seers in known.items() if name in said and (who not in seers or role in MASKED)]


def test_forged_addresses_lead_nobody_to_what_is_not_theirs(api: Api) -> None:
    live(api)
    with api.county.read() as session:
        roles: Any = dict(session.execute(text("SELECT name, role FROM user_account")).all())
        known = {name: set(session.scalars(text(SEES[kind]), {"id": number})) for (kind, number), name in NAMES.items()}
    for who in roles:
        # Signed in before, since that is an event.
        ask(api, who, "GET", "/sessions", {})
    before, wrong = everything(api), []
    for door in DOORS:
        for number, path, seers, exists in list(ids_of(api, door)):
            for who in (*EACH, *ELSEWHERE) if exists else EACH:
                status, said = ask(api, who, door.method, path, door.given)
                wanted = door.answer(roles[who], who in seers, exists, number)
                told = named(said, who, roles[who], known)
                if status != wanted or told:
                    wrong.append((door.method, path, who, status, wanted, told))
    for method, path, refused, then, given in DOORS_OF_ALL:
        for who in (*EACH, *ELSEWHERE):
            status, said = ask(api, who, method, path, given)
            wanted, told = 403 if roles[who] in refused else then, named(said, who, roles[who], known)
            if status != wanted or told:
                wrong.append((method, path, who, status, wanted, told))
    assert wrong == []
    after = everything(api)
    assert [name for name in before if before[name] != after[name]] == []
