"""The form of a checkup: what the register computes stands on it, for those who read the household."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.households import change, settle_register, visit
from tests.support.http_clients import Api

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_register(engine), database_url, tmp_path / "files")


def form(api: Api, who: str, household: str = "A1") -> str:
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    answer = api.client.get(f"/households/{household}/checkup", headers=headers)
    assert answer.status_code == 200, who
    return answer.get_data(as_text=True)


def test_the_income_is_judged_on_the_form_of_who_visits_and_not_told_to_a_bureau_that_only_matches(api: Api) -> None:
    for who in ("village", "town", "office"):
        assert "4500.00元" in form(api, who), who
    assert "4500.00元" not in form(api, "water")
    # What fails the rule is recorded as unmet by itself.
    assert 'name="result_income" value="unmet"' not in form(api, "village")
    change(api.county, income_fen=449_999)
    assert 'name="result_income" value="unmet"' in form(api, "village")
    assert 'name="result_income" value="unmet"' not in form(api, "village", "A2")


def test_what_is_still_not_met_is_one_tap_with_the_cause_of_last_time(api: Api) -> None:
    visit(api.county, findings={"water": "unmet"}, causes={"water": "dirty"}, file=())
    page = form(api, "village")
    water = page.split('id="water-unmet"')[1].split("</fieldset>")[0]
    assert "仍不达标" in water
    assert '<option value="dirty" selected>' in water
    assert "仍不达标" not in form(api, "village", "A2")
