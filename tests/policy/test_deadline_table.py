"""Deadlines counted by hand from the State Council's notices, one line a case, independent of the code under test.

Office hours are 8:30–12:00 and 14:30–17:30: a morning of 210 minutes, an afternoon of 180, a day of 390.  What the
notices say of the weeks that occur:
- 2018 (国办发明电〔2017〕12号): Mid-Autumn 22–24 September; National Day 1–7 October, worked 29 (Sat) and 30 (Sun) September.
- 2019 (国办发明电〔2018〕15号): New Year 30 December 2018–1 January 2019, worked 29 December 2018 (Sat); Spring Festival
  4–10 February, worked 2 (Sat) and 3 (Sun) February; Qingming 5–7 April; Labour Day, as changed on 22 March 2019,
  1–4 May, worked 28 April (Sun) and 5 May (Sun).
- 2026 (国办发明电〔2025〕7号): New Year 1–3 January, worked 4 January (Sun); Spring Festival 15–23 February, worked
  14 (Sat) and 28 (Sat) February.
In the last column `29(1)` reads: the 29th is the first working day that counts.
"""

from datetime import date, datetime

import pytest

from tests.support.clock import at
from workflow.policy.calendar import Deviation, WorkCalendar, seed
from workflow.policy.deadlines import (
    Deadline,
    by_rule,
    extended_deadline,
    first_deadline,
    fixed_deadline,
    hour_deadline,
    resumed_deadline,
)
from workflow.policy.worktime import WorkClock

HOURS = (("08:30", "12:00"), ("14:30", "17:30"))
DAYS = {day: Deviation(works, name, "state_council") for day, works, name in seed()}
CLOCK = WorkClock(WorkCalendar(DAYS, frozenset(range(2017, 2027))), HOURS)


def cases(table: str) -> list[object]:
    """The lines of a table as cases, the last column left out."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [pytest.param(*row[:-1], id=" ".join(row[:-1])) for row in rows]


def close(text: str) -> datetime:
    return at(f"{text} 17:30")


#: From | working days | due at the close of.
LIMITS = """
2018-09-21 10:00 |  1 | 2018-09-25 | Fri; 22–24 Mid-Autumn, 25(1)
2018-09-22 10:00 |  1 | 2018-09-25 | a day off counts as little as a working day on which it came: 25(1)
2018-09-21 10:00 |  7 | 2018-10-08 | 25(1) 26(2) 27(3) 28(4) 29(5) 30(6), 1–7 off, 8(7)
2018-09-27 10:00 |  3 | 2018-09-30 | 28(1) 29(2) 30(3): a Sunday that is worked
2018-09-27 10:00 |  4 | 2018-10-08 | 28(1) 29(2) 30(3), 1–7 off, 8(4)
2018-09-28 23:30 |  2 | 2018-09-30 | after closing time it is still the 28th: 29(1) 30(2)
2018-09-29 08:00 |  1 | 2018-09-30 | a Saturday that is worked: 30(1)
2018-09-29 08:00 |  2 | 2018-10-08 | 30(1) 8(2)
2018-09-30 17:31 |  1 | 2018-10-08 | 8(1)
2018-10-01 10:00 |  1 | 2018-10-08 | 8(1)
2018-10-03 00:00 |  5 | 2018-10-12 | 8(1) 9(2) 10(3) 11(4) 12(5)
2018-10-07 23:59 |  6 | 2018-10-15 | 8(1) 9(2) 10(3) 11(4) 12(5), 13–14 off, 15(6)
2018-10-08 00:00 |  1 | 2018-10-09 | a minute later it is the 8th, which no longer counts: 9(1)
2018-09-28 10:00 | 10 | 2018-10-17 | 29(1) 30(2) 8(3) 9(4) 10(5) 11(6) 12(7) 15(8) 16(9) 17(10)
2018-09-26 10:00 | 12 | 2018-10-17 | 27(1) 28(2) 29(3) 30(4) 8(5) 9(6) 10(7) 11(8) 12(9) 15(10) 16(11) 17(12)
2018-12-26 10:00 |  3 | 2018-12-29 | 27(1) 28(2) 29(3): a Saturday that is worked
2018-12-26 10:00 |  4 | 2019-01-02 | 27(1) 28(2) 29(3), 30–1 off, 2(4)
2018-12-29 16:00 |  1 | 2019-01-02 | 2(1)
2018-12-30 10:00 |  3 | 2019-01-04 | 2(1) 3(2) 4(3)
2018-12-31 23:59 |  4 | 2019-01-07 | 2(1) 3(2) 4(3), 5–6 off, 7(4)
2019-01-30 10:00 |  4 | 2019-02-03 | 31(1) 1(2) 2(3) 3(4): a Sunday that is worked
2019-01-30 10:00 |  5 | 2019-02-11 | 31(1) 1(2) 2(3) 3(4), 4–10 off, 11(5)
2019-02-01 17:30 |  1 | 2019-02-02 | 2(1): a Saturday that is worked
2019-02-02 10:00 |  1 | 2019-02-03 | 3(1)
2019-02-03 09:00 |  1 | 2019-02-11 | 11(1)
2019-02-04 10:00 |  1 | 2019-02-11 | New Year's Eve: 11(1)
2019-02-10 20:00 |  5 | 2019-02-15 | 11(1) 12(2) 13(3) 14(4) 15(5)
2019-02-10 20:00 |  6 | 2019-02-18 | 11(1) … 15(5), 16–17 off again, 18(6)
2019-01-25 10:00 | 10 | 2019-02-13 | 28(1) 29(2) 30(3) 31(4) 1(5) 2(6) 3(7) 11(8) 12(9) 13(10)
2019-01-18 10:00 | 20 | 2019-02-20 | 21–25(5) 28–1(10) 2(11) 3(12) 11–15(17) 18(18) 19(19) 20(20)
2019-04-04 10:00 |  1 | 2019-04-08 | 5 Qingming, 6–7 off, 8(1)
2019-04-26 10:00 |  1 | 2019-04-28 | 27 off, 28(1): a Sunday that is worked
2019-04-26 10:00 |  3 | 2019-04-30 | 28(1) 29(2) 30(3)
2019-04-26 10:00 |  4 | 2019-05-05 | 28(1) 29(2) 30(3), 1–4 off, 5(4): a Sunday that is worked
2019-04-30 18:00 |  2 | 2019-05-06 | 5(1) 6(2)
2025-12-31 10:00 |  1 | 2026-01-04 | 1–3 off, 4(1): a Sunday that is worked
2026-01-02 10:00 |  2 | 2026-01-05 | 4(1) 5(2)
2026-01-03 10:00 |  6 | 2026-01-09 | 4(1) 5(2) 6(3) 7(4) 8(5) 9(6): six days in a row
2026-02-13 10:00 |  1 | 2026-02-14 | 14(1): a Saturday that is worked
2026-02-13 10:00 |  2 | 2026-02-24 | 14(1), 15–23 off, 24(2)
2026-02-14 17:00 |  1 | 2026-02-24 | 24(1)
2026-02-15 10:00 |  1 | 2026-02-24 | 24(1)
2026-02-17 10:00 |  5 | 2026-02-28 | 24(1) 25(2) 26(3) 27(4) 28(5): a Saturday that is worked
2026-02-17 10:00 |  6 | 2026-03-02 | 24(1) 25(2) 26(3) 27(4) 28(5), 1 off, 2(6)
2026-02-27 10:00 |  1 | 2026-02-28 | 28(1)
2026-02-28 10:00 |  1 | 2026-03-02 | 1 off, 2(1)
2026-02-09 10:00 | 10 | 2026-02-28 | 10(1) 11(2) 12(3) 13(4) 14(5) 24(6) 25(7) 26(8) 27(9) 28(10)
2026-02-09 10:00 | 11 | 2026-03-02 | … 28(10), 1 off, 2(11)
"""


@pytest.mark.parametrize(("start", "days", "due"), cases(LIMITS))
def test_a_limit_in_working_days(start: str, days: str, due: str) -> None:
    assert first_deadline(CLOCK, at(start), int(days)).due_at == close(due)


#: From | working days | due at the close of | flag; the quota of indicator 10 stops on 20 December.
STOPS = """
2018-12-05 10:00 | 11 | 2018-12-20 |                   | 6(1) 7(2) 10(3) 11(4) 12(5) 13(6) 14(7) 17(8) 18(9) 19(10) 20(11)
2018-12-05 10:00 | 12 | 2018-12-20 | hard_stop_applied | the twelfth would be the 21st
2018-12-19 10:00 |  1 | 2018-12-20 |                   | 20(1)
2018-12-19 17:00 |  5 | 2018-12-20 | hard_stop_applied | 20(1) 21(2) 24(3) 25(4) 26(5), cut
2018-12-20 10:00 |  3 | 2018-12-20 | hard_stop_applied | hours are left of the day itself
2018-12-20 17:29 |  3 | 2018-12-20 | hard_stop_applied | a minute is left
2018-12-20 17:30 |  3 | 2018-12-25 | hard_stop_past    | nothing is born overdue: 21(1) 24(2) 25(3)
2018-12-21 10:00 |  8 | 2019-01-03 | hard_stop_past    | 24(1) 25(2) 26(3) 27(4) 28(5) 29(6), 30–1 off, 2(7) 3(8)
"""


@pytest.mark.parametrize(("start", "days", "due", "flag"), cases(STOPS))
def test_a_limit_that_meets_the_20th_of_december(start: str, days: str, due: str, flag: str) -> None:
    deadline = first_deadline(CLOCK, at(start), int(days), date(2018, 12, 20))
    assert (deadline.due_at, " ".join(deadline.flags)) == (close(due), flag)


#: From | working minutes left | due at.
LEFT = """
2018-09-30 16:30 |   60 | 2018-09-30 17:30 | the last hour before National Day
2018-09-30 16:30 |   61 | 2018-10-08 08:31 | 60, and a minute on the 8th
2018-09-29 15:00 |  570 | 2018-10-08 09:00 | 150 on the 29th, 390 on the 30th, 30 on the 8th
2018-11-23 17:00 |   45 | 2018-11-26 08:45 | 30 on Friday, 15 on Monday
2018-11-24 11:00 |  211 | 2018-11-26 14:31 | nothing on Saturday, Monday's morning of 210, a minute of its afternoon
2018-12-29 12:00 |  180 | 2018-12-29 17:30 | the afternoon of a Saturday that is worked
2019-02-01 11:00 | 1000 | 2019-02-03 17:10 | Friday 240, Saturday 390, Sunday 210 and 160
2019-02-03 17:00 |   31 | 2019-02-11 08:31 | 30 on Sunday, a minute a week later
2026-02-14 14:30 |  180 | 2026-02-14 17:30 | the last afternoon before Spring Festival
2026-02-14 14:30 |  400 | 2026-02-24 14:40 | 180; on the 24th 210 and 10
2018-11-23 10:00 |    0 | 2018-11-23 10:00 | nothing is left: due at once
"""


@pytest.mark.parametrize(("start", "minutes", "due"), cases(LEFT))
def test_what_is_left_of_a_budget(start: str, minutes: str, due: str) -> None:
    assert resumed_deadline(CLOCK, at(start), int(minutes)).due_at == at(due)


#: From | to | working minutes between.
SPANS = """
2018-09-28 17:00 | 2018-10-08 09:00 |  840 | 30, 390, 390, 30
2018-10-01 00:00 | 2018-10-07 23:59 |    0 | National Day
2018-09-21 17:30 | 2018-09-25 08:30 |    0 | Mid-Autumn
2019-02-02 00:00 | 2019-02-11 00:00 |  780 | 2 and 3 February
2026-02-14 08:30 | 2026-02-24 08:30 |  390 | 14 February
2018-11-23 12:00 | 2018-11-26 12:00 |  390 | Friday's afternoon of 180, Monday's morning of 210
2018-11-20 12:00 | 2018-11-20 14:30 |    0 | noon
2018-11-20 17:30 | 2018-11-21 08:30 |    0 | a night
"""


@pytest.mark.parametrize(("start", "end", "minutes"), cases(SPANS))
def test_working_minutes_between(start: str, end: str, minutes: str) -> None:
    assert CLOCK.minutes_between(at(start), at(end)) == int(minutes)


#: Granted at | until the close of | working minutes until then.
EXTENSIONS = """
2018-09-27 10:00 | 2018-10-09 | 2250 | Thursday 300; 28, 29, 30, 8 and 9: five days of 390
2018-12-28 15:00 | 2019-01-02 |  930 | 150, and 390 on the 29th and on the 2nd
2019-02-01 08:30 | 2019-02-06 | 1170 | 1, 2 and 3 February; the day named is a holiday and stays the day
2019-02-03 17:30 | 2019-02-10 |    0 | nothing but Spring Festival
2026-02-13 16:30 | 2026-02-24 |  840 | 60, and 390 on the 14th and on the 24th
2026-02-28 11:00 | 2026-03-02 |  630 | Saturday 60 and 180, Monday 390
"""


@pytest.mark.parametrize(("start", "until", "minutes"), cases(EXTENSIONS))
def test_an_extension_over_days_off(start: str, until: str, minutes: str) -> None:
    deadline = extended_deadline(CLOCK, at(start), date.fromisoformat(until))
    assert (deadline.due_at, deadline.budget_minutes) == (close(until), int(minutes))
    assert sum(line["minutes"] for line in deadline.lines) == int(minutes)


#: Began | working days | stopped (suspended or resolved) | went on | due at.
PAUSES = """
2018-11-20 10:00 | 5 | 2018-11-23 17:00 | 2018-11-26 08:30 | 2018-11-28 09:00 | 2250−1440=810: Mon 390, Tue 390, Wed 30
2018-11-20 10:00 | 5 | 2018-11-23 17:30 | 2018-11-26 08:30 | 2018-11-27 17:30 | a weekend alone moves nothing
2018-11-20 10:00 | 5 | 2018-11-23 17:00 | 2018-11-28 10:00 | 2018-11-30 10:30 | 810: Wed 300, Thu 390, Fri 120
2018-09-26 10:00 | 5 | 2018-09-29 12:00 | 2018-10-09 08:30 | 2018-10-11 11:30 | 2250−1290=960: 9th 390, 10th 390, 11th 180
2018-09-26 10:00 | 5 | 2018-09-30 17:30 | 2018-10-07 10:00 | 2018-10-08 17:30 | National Day alone moves nothing
2018-12-24 09:00 | 5 | 2018-12-27 15:00 | 2019-01-02 14:30 | 2019-01-04 17:00 | 2310−1380=930: 2nd 180, 3rd 390, 4th 360
2018-11-20 10:00 | 1 | 2018-11-22 09:00 | 2018-11-23 10:00 | 2018-11-23 10:00 | late when it stopped: nothing is left
2019-01-30 14:30 | 4 | 2019-02-02 10:00 | 2019-02-03 15:00 | 2019-02-12 11:00 | 1740−1050=690: 3rd 150, 11th 390, 12th 150
2026-02-11 08:30 | 3 | 2026-02-13 17:30 | 2026-02-22 10:00 | 2026-02-24 17:30 | 1560−1170=390, from a holiday on: 24th 390
2026-02-11 08:30 | 3 | 2026-02-13 17:30 | 2026-02-24 10:00 | 2026-02-25 10:00 | 390: 24th 300, 25th 90
"""


@pytest.mark.parametrize(("began", "days", "stopped", "went_on", "due"), cases(PAUSES))
def test_a_suspension_or_a_bounce_takes_up_what_was_left(
    began: str, days: str, stopped: str, went_on: str, due: str
) -> None:
    budget = first_deadline(CLOCK, at(began), int(days)).budget_minutes
    left = budget - CLOCK.minutes_between(at(began), at(stopped))
    assert resumed_deadline(CLOCK, at(went_on), left).due_at == at(due)


#: From | working days | days the county declares while it is open | due at the close of.
CHANGES = """
2018-11-20 10:00 | 3 | 2018-11-22 off | 2018-11-26 | 21(1) 23(2) 26(3); it was the 23rd
2018-11-22 10:00 | 2 | 2018-11-24 on  | 2018-11-24 | 23(1) 24(2): Saturday, worked after a flood; it was the 26th
2018-09-28 10:00 | 2 | 2018-09-29 off, 2018-09-30 off | 2018-10-09 | 8(1) 9(2); it was the 30th
2018-10-08 10:00 | 2 | 2018-09-29 off | 2018-10-10 | 9(1) 10(2): what lies before moves nothing
2019-04-26 10:00 | 4 | 2019-04-28 off, 2019-05-02 on, 2019-05-03 on | 2019-05-03 | 29(1) 30(2) 2(3) 3(4), as first announced
2026-02-10 10:00 | 5 | 2026-02-14 off | 2026-02-25 | 11(1) 12(2) 13(3) 24(4) 25(5); it was the 24th
"""


@pytest.mark.parametrize(("start", "days", "declared", "due"), cases(CHANGES))
def test_working_days_changed_while_it_was_open(start: str, days: str, declared: str, due: str) -> None:
    words = [entry.split() for entry in declared.split(",")]
    changed = {date.fromisoformat(day): Deviation(says == "on", "抗洪", "county") for day, says in words}
    clock = WorkClock(WorkCalendar({**DAYS, **changed}, frozenset(range(2017, 2027))), HOURS)
    rule = first_deadline(CLOCK, at(start), int(days)).rule
    assert by_rule(clock, rule, at(start)).due_at == close(due)
    assert by_rule(CLOCK, rule, at(start)).due_at == first_deadline(CLOCK, at(start), int(days)).due_at


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        (first_deadline(CLOCK, at("2018-11-19T10:00"), 3), "2018-11-22T17:30"),
        (first_deadline(CLOCK, at("2018-11-19T10:00"), 3, date(2018, 11, 21)), "2018-11-21T17:30"),
        (resumed_deadline(CLOCK, at("2018-11-19T10:00"), 390), "2018-11-20T10:00"),
        (fixed_deadline(CLOCK, at("2018-11-19T10:00"), date(2018, 11, 25)), "2018-11-25T17:30"),
        (extended_deadline(CLOCK, at("2018-11-19T10:00"), date(2018, 11, 25)), "2018-11-25T17:30"),
        (hour_deadline(CLOCK, at("2018-11-19T10:00"), 2, "12:00"), "2018-11-21T12:00"),
    ],
    ids=lambda case: case.rule["by"] if isinstance(case, Deadline) else case,
)
def test_a_deadline_is_what_its_rule_says_again_under_the_same_days(deadline: Deadline, due: str) -> None:
    assert deadline.due_at == at(due)
    again = by_rule(CLOCK, deadline.rule, at("2018-11-19T10:00"))
    assert (again.due_at, again.budget_minutes, again.rule) == (deadline.due_at, deadline.budget_minutes, deadline.rule)
