"""Operations of the API: what an address can name, and what is simply not there."""

import pytest

from tests.support.http_clients import Api

pytestmark = pytest.mark.one_database("sqlite")

RANKING = "/rankings/2018-11-30"


def test_a_number_or_a_kind_of_file_that_no_address_has_is_not_there(api: Api) -> None:
    number = api.file()

    def said(method: str, path: str) -> tuple[int, str]:
        answer = api.call("office", method, path, {} if method == "POST" else None)
        return answer.status_code, answer.json["code"]

    unknown = [
        ("GET", f"{RANKING}/ledger.docx"),
        ("GET", f"{RANKING}/ledger.exe"),
        ("GET", f"{RANKING}/ledger."),
        ("GET", f"{RANKING}/reports/water.exe"),
        ("GET", f"{RANKING}/reports/water.PDF"),
        ("POST", f"/tickets/{number}/requests/one/grant"),
        ("POST", f"/tickets/{number}/requests/-1/grant"),
        ("GET", "/nothing"),
    ]
    assert {path: said(method, path) for method, path in unknown} == {path: (404, "http_404") for _, path in unknown}
    # An address that could be has an answer of its own.
    for path in (f"{RANKING}/ledger.pdf", f"{RANKING}/ledger.xlsx", f"{RANKING}/reports/water.docx"):
        assert said("GET", path) == (404, "no_such_ranking"), path
    assert said("POST", f"/tickets/{number}/requests/1/grant")[0] in (404, 422)
