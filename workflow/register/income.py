"""Income rule: computes the have of steady income or, where the scheme allows, minimum living allowance.

Income is compared with the scheme's amount of the same year; under `allowance`, persons who are wholly or partly unable
to work and beyond help by work or farming must each draw the allowance (低保; in 2018: notice item 1).  Unknown
values are reported with their remedy and never guessed; the exit gate treats them as unmet.  Amounts are whole fen and
fractions, never floating point.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member
from workflow.county.context import CountyContext
from workflow.policy.counted_people import counted
from workflow.policy.scheme.model import IncomeAverage, IncomeRule, Text

UNABLE = ("none", "partly")


@dataclass(frozen=True, slots=True)
class Person:
    """The facts of a member the rule needs; `allowance` None: unknown."""

    labour: str = "unknown"
    beyond_help: bool = False
    allowance: bool | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is unmet or cannot be computed; `count` of persons where it concerns persons.

    Not met: `income_below`, `uncovered` (beyond help, without the allowance), `no_allowance` (neither steady income nor
    an allowance for every member unable to work).  Cannot be computed: `labour_unknown`, `income_unknown`, `average_missing`,
    `allowance_unknown`, `members_unknown`.
    """

    code: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of the rule: met, unmet or unknown, the reasons, and the figures; `threshold_fen` rounded up to the
    next fen."""

    result: str
    reasons: tuple[Reason, ...]
    labour: str
    percent: int
    basis: Text
    income_fen: int | None
    year: int | None
    average: IncomeAverage | None
    threshold_fen: int | None


def judge_household(session: Session, setting: CountyContext, household: Household, on: date) -> Judgement | None:
    """The result of the scheme's rule for a household and its living members on a day, from register data; None without
    such a rule."""
    rule = setting.scheme.exit.income
    if rule is None:
        return None
    members = session.scalars(select(Member).where(Member.household_id == household.id))
    year = household.income_year
    average = setting.scheme.average_income(year) if year is not None else None
    people = [Person(row.labour, row.beyond_help, row.allowance) for row in members if counted(row, on)]
    return judge(rule, average, household.labour, income_a_head(household, len(people)), year, people)


def income_a_head(household: Household, living: int) -> int | None:
    """The income a head in fen for the people of the household now: what was entered for fewer is shared by all of them.

    That of a household with fewer people than then stays: what the person who died or left had earned is not known.
    `living`: the members known, for a household whose number of people (家庭人口) the register does not have.
    """
    entered, fen = household.income_people, household.income_fen
    people = living if household.people is None else household.people
    if fen is None or entered is None or people <= entered:
        return fen
    return fen * entered // people


def judge(
    rule: IncomeRule,
    average: IncomeAverage | None,
    labour: str,
    income_fen: int | None,
    year: int | None,
    people: Sequence[Person],
) -> Judgement:
    """The result of the rule for labour force, income a head in fen in `year`, and people of a household.

    `average` is the scheme's amount of the same year, or None.  A certain failure outweighs an unknown value.
    """
    limit = threshold(rule, average) if average else None
    steady = income_fen >= limit if income_fen is not None and limit is not None else None
    wrong: list[Reason] = []
    open_: list[Reason] = []
    beyond = [person for person in people if person.labour in UNABLE and person.beyond_help and rule.allowance]
    _count(wrong, "uncovered", sum(person.allowance is False for person in beyond))
    _count(open_, "allowance_unknown", sum(person.allowance is None for person in beyond))
    if labour == "unknown" and rule.allowance:
        open_.append(Reason("labour_unknown"))
    elif labour == "with" or not rule.allowance:
        if steady is None:
            open_.append(Reason("income_unknown" if income_fen is None else "average_missing"))
        elif not steady:
            wrong.append(Reason("income_below"))
    elif not steady:
        _without_steady_income(steady, income_fen, people, wrong, open_)
    result = "unmet" if wrong else "unknown" if open_ else "met"
    return Judgement(
        result,
        _merged([*wrong, *open_]),
        labour,
        rule.percent,
        rule.basis,
        income_fen,
        year,
        average,
        math.ceil(limit) if limit is not None else None,
    )


def threshold(rule: IncomeRule, average: IncomeAverage) -> Fraction:
    """The given per cent of the average, in fen, exactly."""
    return Fraction(Decimal(str(average.yuan))) * rule.percent


def _without_steady_income(
    steady: bool | None,
    income_fen: int | None,
    people: Sequence[Person],
    wrong: list[Reason],
    open_: list[Reason],
) -> None:
    """A household partly or wholly unable to work meets the have if every member unable to work draws the allowance."""
    unable = [person for person in people if person.labour in UNABLE]
    if unable and all(person.allowance for person in unable):
        return
    refused = sum(person.allowance is False for person in unable)
    if steady is None:
        # Whether its income is steady is unknown; if it were, no allowance would be needed.
        open_.append(Reason("income_unknown" if income_fen is None else "average_missing"))
    elif refused:
        wrong.append(Reason("no_allowance", refused))
    elif unable:
        _count(open_, "allowance_unknown", len([person for person in unable if person.allowance is None]))
    else:
        open_.append(Reason("members_unknown"))


def _merged(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    most: dict[str, int] = {}
    for reason in reasons:
        most[reason.code] = max(reason.count, most.get(reason.code, 0))
    return tuple(Reason(code, count) for code, count in most.items())


def _count(reasons: list[Reason], code: str, count: int) -> None:
    if count:
        reasons.append(Reason(code, count))
