"""Own word (自报, 暂计): a figure that no rows hold says so wherever it is shown, and so does the coverage."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Ranking
from reports import passages, standings, written
from tests.support.factories import START, settle_county
from tests.support.rankings import HOUR, make_ranking, ranked_scheme, report
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.assessment.ranking import own_counts, written_reports
from workflow.county.context import county_context


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_every_measure_is_counted_from_rows_or_says_on_what_it_rests(path: Path) -> None:
    """Seen: money spent, projects and medical costs stood beside counted figures as if they were counted too."""
    scheme = shipped_scheme(path)
    marks: dict[str, set[str]] = {}
    for measure in (*scheme.measures, *scheme.county_measures):
        marks.setdefault(measure.mark.zh if measure.mark else "", set()).add(measure.code)
        typed = any(term.startswith("reported.") for term in measure.of)
        assert (measure.mark is not None) == ((typed and not measure.own.of) or "entries.done" in measure.of), (
            measure.code
        )
        assert measure.called.zh.startswith(measure.name.zh)
        assert measure.called.en.startswith(measure.name.en)
    if scheme.code == "wuhua-2018":
        assert {"funds_used", "funds_paid", "aid_paid"} <= marks["自报"]
        assert len(marks["暂计"]) >= 2


def test_the_coverage_says_how_much_of_it_is_a_units_own_word(engine: Engine) -> None:
    """By hand: item 1 weighs 3 and item 9 one; only item 9's one measure is reported, so its part is a quarter."""
    county = settle_county(engine, ranked_scheme())
    county.file("town", "A1", "water", START)
    report(county, HOUR, 3)
    make_ranking(county)
    with county.read() as session:
        setting = county_context(session)
        row = session.scalars(select(Ranking)).one()
        share = own_counts.own_word_shares(setting.scheme, row.content)
        lines = {line["town"]: line for line in row.content["county"]}
        assert share == {"town-a": 25, "town-b": 25}
        assert all(share[town] <= line["coverage"] for town, line in lines.items())
        assert own_counts.own_word_shares(setting.scheme, row.content, "water") == {"town-a": 0, "town-b": 0}
        assert own_counts.own_word_shares(setting.scheme, row.content, "power")["town-a"] > 0
        table = standings.places(setting, row.content["county"], None, share)
        at = table.head.index("其中自报暂计")
        assert {line[1]: line[at] for line in table.rows} == {"甲镇": "25%", "乙镇": "25%"}
        said = passages.on_own_word(setting, row)
        assert said == ["标注“自报”的指标由责任单位填报，系统无台账可以核对：参保率。"]
        assert passages.on_own_word(setting, row, "water") == []
        for code in ("office", "power"):
            unit = setting.by_code[code]
            paper = written.compose(setting, row, unit, written_reports.draft(session, setting, row, unit, HOUR))
            text = "".join(part for section in paper.sections for part in section.text)
            assert said[0] in text
            assert "参保率（自报）全县" in text
        session.expunge_all()
