"""Reforms are proved: what `verify` says of a row of a reform that was altered past its door."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import County, day, settle_county
from tests.support.reforms import reform
from tests.support.verify import findings_after


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    reform(made, kind="rename", sources=["water"], name="县水利局")
    reform(made, day(1.1), sources=["power"], into="water")
    reform(made, day(1.2), subject="village", sources=["town-a-v1"], into="town-a-v2")
    return made


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE reform SET document = 'x' WHERE id = 1", "reform_differs"),
        ("UPDATE reform SET reason = 'x' WHERE id = 2", "reform_differs"),
        ("UPDATE reform SET kind = 'merge' WHERE id = 1", "reform_differs"),
        ("DELETE FROM reform WHERE id = 3", "reform_differs"),
        ("UPDATE former_name SET name = 'x'", "former_name_differs"),
        ("DELETE FROM former_name", "former_name_differs"),
        ("UPDATE unit SET successor_id = 1 WHERE code = 'power'", "unit_ended_differs"),
        ("UPDATE unit SET ended_on = '2018-01-01' WHERE code = 'power'", "unit_ended_differs"),
        ("UPDATE unit SET ended_on = NULL, successor_id = NULL WHERE code = 'power'", "unit_ended_differs"),
        ("UPDATE unit SET ended_on = '2018-01-01', successor_id = 1 WHERE code = 'housing'", "unit_ended_differs"),
        ("UPDATE village SET ended_on = '2018-01-01' WHERE code = 'town-a-v1'", "village_ended_differs"),
        ("UPDATE user_account SET unit_id = 1 WHERE name = 'power'", "account_differs"),
    ],
)
def test_an_altered_row_is_found(county: County, tmp_path: Path, statement: str, finding: str) -> None:
    assert findings_after(county.engine, tmp_path, []) == set()
    assert finding in findings_after(county.engine, tmp_path, [statement])
