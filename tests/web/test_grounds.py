"""Grounds: whatever leaves as a file or in full is on the audit trail with what it was taken for, and nothing without."""

import ast
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import select

from models import Event
from reports import lists
from settings import ROOT
from tests.support.http_clients import Api
from tests.support.sources import parsed
from tests.support.spreadsheets import HEADS, text
from workflow.history.grounds import GROUNDS, OF_LISTS

pytestmark = pytest.mark.one_database("sqlite")

#: Files that hold nothing of the county's people: empty forms, and slips that are made, not exported.
OF_NOBODY = {"pages.county_template", "pages.figures_sheet"}
#: Photos and files of tickets, seen on their page as a page is; empty forms; slips of first sign-ins, made and not exported.
SILENT = {
    ("web/form_files.py", "_guarded"),
    ("web/pages/county_setup.py", "county_template"),
    ("web/pages/figures_import.py", "figures_sheet"),
    ("web/pages/first_sign_in.py", "print_slips"),
}
#: Addresses of files of people, whose page asks for the ground.
ASKING = {
    "pages.tickets_xlsx": "/tickets.xlsx",
    "pages.households_xlsx": "/households.xlsx",
    "pages.candidates_xlsx": "/candidates.xlsx",
    "pages.register_xlsx": "/register.xlsx",
    "pages.household_pdf": "/households/A1/file.pdf",
    "pages.refused_of_import": "/imports/1/refused.xlsx",
}
#: The office's own papers, and the trail with a form of its own (tests/web/test_trail.py).
DOCUMENTS = {
    *("pages.dossier", "pages.formula_pdf", "pages.ledger_file", "pages.report_file", "pages.unit_sheet"),
    *("pages.draft_docx", "pages.paper_course_file", "pages.paper_document"),
    *("api.get_paper_course", "api.get_paper_document", "api.get_formula", "api.get_ledger", "api.get_report"),
    *("api.get_sheet", "api.get_trail"),
}
_FILE = re.compile(r"\.(xlsx|csv|pdf|docx)\b|\.<(any\([^)]*\):)?kind>")


def taken(api: Api) -> list[dict[str, Any]]:
    with api.county.read() as session:
        query = select(Event).where(Event.action.in_(("export", "refused_rows"))).order_by(Event.id)
        return [event.given for event in session.scalars(query)]


def test_every_address_of_a_file_is_known_here(api: Api) -> None:
    there = {rule.endpoint for rule in api.app.url_map.iter_rules() if _FILE.search(rule.rule)}
    forms = {f"pages.take_{name.removeprefix('pages.')}" for name in ASKING} | {"pages.register_in_full"}
    others = {name for name in there if name.startswith("pages.form at")}
    assert there - forms - others - OF_NOBODY == (set(ASKING) | DOCUMENTS) & there
    assert set(ASKING) <= there


def test_nothing_is_handed_over_before_it_is_recorded_with_a_ground() -> None:
    """Whoever hands a file over calls `lists.record`, which takes no export without a `Ground`."""
    sent = set()
    for path in sorted((ROOT / "web").rglob("*.py")):
        for function in (node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef)):
            said = ast.unparse(function)
            if "send_file(" in said or "Content-Disposition" in said:
                sent.add((str(Path(path).relative_to(ROOT)), function.name, "record(" in said or "exported(" in said))
    assert {(path, name) for path, name, recorded in sent if not recorded} == SILENT


@pytest.mark.parametrize("endpoint", sorted(set(ASKING) - {"pages.refused_of_import"}))
def test_a_file_of_people_is_asked_about_and_each_ground_is_recorded(api: Api, visit: Any, endpoint: str) -> None:
    api.file("town", "A1")
    town, path = visit("town"), ASKING[endpoint]
    page = town.get(path)
    assert (page.status_code, 'name="ground"' in page.get_data(as_text=True), taken(api)) == (200, True, [])
    for wrong in ("", "document", "incident", "x"):
        refused = town.get(f"{path}?ground={wrong}")
        assert (refused.status_code, taken(api)) == (422, []), wrong
    with town.get(f"{path}?ground=work") as answer:
        assert answer.status_code == 200
        assert not answer.get_data().startswith(b"<!")
    form = "/register/masked" if endpoint == "pages.register_xlsx" else path
    assert town.post(form, data={"ground": "other"}).status_code == 422
    assert town.post(form, data={}).status_code == 422
    with town.post(form, data={"ground": "other", "note": "县委巡察组调阅在档农户情况"}) as answer:
        assert answer.status_code == 200
        assert not answer.get_data().startswith(b"<!")
    assert [each["ground"] for each in taken(api)] == ["work", "other"]
    assert "县委巡察组调阅" in str(_private(api))
    assert visit("admin").get(path).status_code in (403, 404)


def test_the_command_that_writes_rejected_rows_records_its_ground(api: Api, tmp_path: Path) -> None:
    source, target = tmp_path / "register.csv", tmp_path / "refused.xlsx"
    row = ("H2", "李4", "441424199001011", "甲镇", "town-a-v1村", "=1+1", "13912345678", "2")
    source.write_bytes(text(HEADS, row).getvalue())

    def run(*more: str) -> Any:
        words = ["import-households", str(source), "--refused", str(target), *more]
        return api.app.test_cli_runner().invoke(args=words)

    for wrong in (("--ground", "document"), ("--ground", "other")):
        assert (run(*wrong).exit_code, target.exists(), taken(api)) == (1, False, []), wrong
    assert run("--ground", "other", "--note", "县委巡察组调阅导入未通过的农户").exit_code == 0
    assert run().exit_code == 0
    assert taken(api) == [{"list": "refused", "rows": 1, "ground": code} for code in ("other", "work")]
    assert "县委巡察组调阅" in str(_private(api))


def _private(api: Api) -> list[Any]:
    from models import EventSecret

    with api.county.read() as session:
        return list(session.scalars(select(EventSecret.body)))


def test_grounds_are_one_list() -> None:
    assert set(OF_LISTS) < set(GROUNDS)
    assert len(get_args(lists.Exported)) == len(set(get_args(lists.Exported)))
