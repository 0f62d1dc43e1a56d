"""Forms of the simulated county: a box for a name holds a name, one for a number a number, one for places places."""

import random
from datetime import date
from pathlib import Path

import pytest

from simulation.form_words import Writer
from simulation.plausible_forms import plausible_form
from workflow import word_shapes
from workflow.inputs import check_statement, document_of
from workflow.policy.scheme.reader import read_scheme

TOWNS = ("水寨镇", "华城镇", "安流镇")
SCHEMES = ("wuhua-2018", "fanpin-monitoring")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seed", range(3))
def test_a_box_holds_what_its_caption_asks_for(scheme: str, seed: int) -> None:
    """Seen: 主持人 and 派往镇、村 held a sentence about the progress of works."""
    read, seen = read_scheme(Path("schemes") / f"{scheme}.yaml"), set()
    for duty in read.duties.list:
        for part in (duty, duty.count):
            if part is None:
                continue
            on = date(2018, 12, 3)
            made = plausible_form(
                random.Random(seed), part.fields, part.rules, on, lambda: "v", False, Writer(True, TOWNS, {"v": 20})
            )
            for field in part.fields:
                if field.type != "text" or field.code not in made:
                    continue
                text, caption = made[field.code], field.name.zh
                if field.or_none:
                    assert text == "无"
                elif field.document:
                    assert document_of(field.code, text, on, since=on.year) == text
                else:
                    check_statement(field.code, text, field.min_chars, names=True)
                if "主持" in caption:
                    seen.add("name")
                    post = next(post for post in ("镇党委书记", "镇长") if text.startswith(post))
                    assert "" in word_shapes.after_person(text.removeprefix(post)), text
                if field.code in ("towns", "places") and not field.or_none:
                    seen.add("towns")
                    assert set(text.split("、")) <= set(TOWNS)
                if field.code == "place":
                    seen.add("place")
                    assert "村" in text
                    assert "户" in text
    assert seen == ({"name", "towns", "place"} if scheme == "wuhua-2018" else set())
