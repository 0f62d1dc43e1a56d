"""Cells with more than one meaning, or with a word that is not the value: five figures, names of the dead, parted numbers."""

from datetime import date

import pytest

from tests.register.test_import_values import TODAY, refusals
from workflow.register.cells import values, written_births
from workflow.register.cells.births import Birth


def test_five_figures_are_a_day_count_only_where_they_can_be_no_month_or_their_column_says_so() -> None:
    texts = ("20151", "20159", "19551", "18991")
    assert refusals(lambda text: written_births.born_on(text, TODAY), *texts) == ["birth_count_unclear"] * 4
    assert written_births.born_on("20150", TODAY) == Birth(date(1955, 3, 2), "day")
    assert written_births.born_on("30125", TODAY) == Birth(date(1982, 6, 23), "day")
    assert refusals(lambda text: written_births.month(text, TODAY), "20151") == ["month_bad"]
    for cells, days in (
        (("20151", "30125"), True),
        (("20151", "201512", "30125"), False),
        (("20151", "1990-01-02"), False),
        ((), False),
    ):
        column = written_births.BirthColumn()
        for cell in cells:
            column.look_at(cell)
        assert column.of_days is days
    assert written_births.born_on("20151", TODAY, of_days=True) == Birth(date(1955, 3, 3), "day")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "李四(已故)",
            "李四（死亡）",
            "李四-死亡",
            "李四—去世",
            "李四 已故",
            "已故李四",
            "李四(2019年死亡)",
            "李四（亡）",
        ),
        *("李四（迁出）", "李四(户口已迁出)", "李四[外嫁]", "李四（已注销）", "李四／已迁出"),
    ],
)
def test_a_word_beside_a_name_that_says_its_bearer_is_gone_is_no_part_of_the_name(text: str) -> None:
    said = values.name_in_row(values.clean(text))
    assert isinstance(said, values.Noted)
    assert (said.value, said.code) == ("李四", "said_gone")
    assert refusals(values.name, text) == ["name_of_gone"]


def test_other_words_beside_a_name_stay() -> None:
    for text in ("李四(大)", "李四（小名阿亡）", "阿卜杜·买买提", "李故", "王嫁妹"):
        assert values.name_in_row(text) == values.name(text)


def test_strokes_and_spaces_in_an_id_number_are_no_part_of_it() -> None:
    for text in ("441424-19500101-2010", "441424 1950 0101 2010", "441424－19500101－2010", "441424–19500101–2010"):
        assert values.document(text, TODAY).number == "441424195001012010"
    assert values.document("441424-500101-201", TODAY).value.number == "441424195001012010"
