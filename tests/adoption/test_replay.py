"""A ticket lived again under a scheme, counted by hand: what each custody had left, and which rungs it would have reached.

The small scheme: 390 minutes a working day (08:30–12:00, 14:30–17:30), two days to accept and ten to mend, a rung a day
before the deadline, at it, and two, five and ten days after; houses of the quota are not due after 20 December.
"""

from datetime import datetime

from tests.support.contexts import place_of
from tests.support.factories import small_scheme
from tests.support.unit_findings import scheme_with_unit_findings
from workflow.adoption.replay import About, Called, Outcome, Stretch, destination, relive
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.actions import assignment

SCHEME = small_scheme()
PLACE = place_of(SCHEME, 2018)
HOUSE = [Called(1, "house", "quota")]
WATER = [Called(1, "water", "")]


def at(text: str) -> datetime:
    """A moment of December 2018, by day and hour: 17 10:00."""
    day, time = text.split()
    return datetime.fromisoformat(f"2018-12-{day}T{time}").replace(tzinfo=SHANGHAI)


def lived(
    *stretches: tuple[str, int, str, str | None], due: str = "31 17:30", granted: str | None = None
) -> list[Stretch]:
    """Custodies one after the other: stage, tenure, begin and end; the last of them was granted until `due`."""
    last = len(stretches)
    return [
        Stretch(
            1,
            seq,
            1,
            tenure,
            tenure,
            stage,
            at(began),
            at(due),
            granted if seq == last else None,
            at(ended) if ended else None,
        )
        for seq, (stage, tenure, began, ended) in enumerate(stretches, start=1)
    ]


def told(outcomes: list[Outcome] | None) -> list[tuple[str, bool, list[int]]]:
    assert outcomes is not None
    return [
        (f"{one.due_at.astimezone(SHANGHAI):%d %H:%M}", one.late, [reached.rung for reached in one.rungs])
        for one in outcomes
    ]


def again(called: list[Called], stretches: list[Stretch], now: str = "31 10:00") -> list[tuple[str, bool, list[int]]]:
    return told(relive(PLACE, 2018, False, stretches[0].began_at, called, stretches, at(now)))


def test_what_a_hard_stop_cut_off_stays_off_however_often_the_ticket_comes_back() -> None:
    # Accepted late in its last day: of two days there were ninety minutes, and ninety more were overdrawn.
    way = lived(
        ("accept", 1, "17 10:00", "18 10:00"),
        ("rule", 2, "18 10:00", "20 16:00"),
        ("accept", 1, "20 16:00", "21 10:00"),
        ("rule", 2, "21 10:00", "24 10:00"),
        ("accept", 1, "24 10:00", "26 09:30"),
    )
    assert again(HOUSE, way) == [
        ("19 17:30", False, []),
        ("21 17:30", False, []),
        ("20 17:30", True, [1, 2]),
        ("24 11:30", False, [1]),
        # 750 minutes and the ninety before are more than two days, 780 minutes.
        ("24 10:00", True, [3]),
    ]


def test_after_the_stop_it_binds_nobody_who_began_later() -> None:
    assert again(HOUSE, lived(("accept", 1, "20 17:29", "21 10:00")))[0][0] == "20 17:30"
    assert again(HOUSE, lived(("accept", 1, "20 17:30", "21 10:00")))[0][0] == "24 17:30"
    # Only accepting and mending are bound by it.
    assert again(HOUSE, lived(("rule", 2, "19 10:00", "19 11:00")))[0][0] == "24 17:30"
    assert again([Called(1, "house", "other")], lived(("accept", 1, "19 10:00", "19 11:00")))[0][0] == "21 17:30"


def test_mending_has_what_accepting_left_of_both_and_an_extension_its_own_day() -> None:
    way = lived(("accept", 1, "03 10:00", "04 10:00"), ("mend", 1, "04 10:00", "20 10:00"))
    # Twelve days from Monday the 3rd end on Wednesday the 19th; on the 20th it is ninety minutes late.
    assert again(WATER, way) == [("05 17:30", False, []), ("19 17:30", True, [1, 2])]
    granted = lived(
        ("accept", 1, "03 10:00", "04 10:00"),
        ("mend", 1, "04 10:00", "05 10:00"),
        ("mend", 1, "05 10:00", "26 10:00"),
        due="24 17:30",
        granted="extension",
    )
    assert again(WATER, granted)[-1] == ("24 17:30", True, [1, 2])
    # What came after it takes up what was left of the longer time: bounced a day before its end, a day is left.
    back = [*granted[:2], granted[2], Stretch(1, 4, 1, 1, 1, "mend", at("27 10:00"), at("31 17:30"), None, None)]
    back[2].ended_at = at("21 17:30")
    # The day left from the 27th ends on the 28th at ten, and the last working day of the year is past it.
    assert again(WATER, back)[-1] == ("28 10:00", True, [1, 2])


def test_a_stopped_clock_is_late_only_past_its_own_day() -> None:
    for ended, late in (("20 17:30", False), ("20 17:31", True)):
        way = lived(("accept", 1, "03 10:00", "04 10:00"), ("hold", 2, "04 10:00", ended), due="20 17:30")
        assert again(WATER, way)[1] == ("20 17:30", late, [])


def test_a_corrected_kind_counts_from_its_custody_on_and_an_unknown_one_not_at_all() -> None:
    plain = SCHEME.model_dump(mode="json")
    plain["kinds"][1]["limits"] = {"normal": {"accept": 5}}
    other = place_of(small_scheme(kinds=plain["kinds"]), 2018)
    way = lived(("accept", 1, "03 10:00", "03 11:00"), ("accept", 3, "03 11:00", None))
    called = [Called(1, "water", ""), Called(2, "power", "")]
    assert [due for due, _, _ in told(relive(other, 2018, False, at("03 10:00"), called, way, at("03 12:00")))] == [
        "05 17:30",
        "10 17:30",
    ]
    assert relive(other, 2018, False, at("03 10:00"), [Called(1, "gas", "")], way, at("03 12:00")) is None


def test_who_would_be_responsible_and_who_would_confirm() -> None:
    assert destination(SCHEME, "water", "", "with", About("town-a", None, None)) == ("water", "town-a")
    # Where the town leads, the guiding bureau confirms.
    assert destination(SCHEME, "house", "quota", "with", About("town-b", None, None)) == ("town-b", "housing")
    assert destination(SCHEME, "gas", "", "with", About("town-a", None, None)) is None
    plain = SCHEME.model_dump(mode="json")
    for lead, confirmer, found in (
        ("office", "town", ("office", "leaders")),
        ("water", "water", ("water", "town-a")),
        ("town", "town", ("town-a", "office")),
        ("power", "office", ("power", "office")),
    ):
        plain["kinds"][0]["routes"][0] |= {"lead": lead, "confirmer": confirmer}
        assert (
            destination(small_scheme(kinds=plain["kinds"]), "water", "", "with", About("town-a", None, None)) == found
        )


def test_a_ticket_goes_where_filing_would_send_it_whoever_files_it_about_whom() -> None:
    place = place_of(scheme_with_unit_findings(), 2018)
    units = list(place.units.values())
    towns = [(unit, None) for unit in units if unit.type == "town"]
    concerned = [(unit if unit.type == "town" else None, unit) for unit in units if unit.type != "inspectorate"]
    compared = 0
    for kind in place.scheme.kinds:
        cause = kind.causes[0].code if kind.causes else ""
        for town, unit in concerned if "unit" in kind.subjects else towns:
            for filer in units:
                filed = assignment.destination(place, kind.code, cause, "with", assignment.About(town, unit, filer.id))
                about = About(town.code if town else None, unit.code if unit else None, filer.code)
                sent = destination(place.scheme, kind.code, cause, "with", about)
                assert sent == (filed.lead.code, filed.confirmer.code), (kind.code, about)
                compared += 1
    assert compared >= 100
