"""Who lives in a household: members with their ability to work, insurance and allowance, and the household's income."""

import random
from datetime import date
from typing import Any

from models import Household, Member
from workflow.policy.scheme.model import Scheme

_RELATIONS = ("配偶", "子", "女", "父亲", "母亲")
_ILLNESSES = ("", "", "", "", "慢性支气管炎", "高血压", "肢体残疾", "风湿病")
_CAUSES = ("因病", "因残", "因学", "缺技术", "缺资金", "缺劳力", "自身发展动力不足")


def latest_line(scheme: Scheme, this_year: int) -> tuple[int, float] | None:
    """The latest year up to this one that the scheme has an amount for, and its line of the income in yuan."""
    rule = scheme.exit.income
    if rule is None:
        return None
    return max(((e.year, e.yuan * rule.percent / 100) for e in rule.averages if e.year <= this_year), default=None)


def facts(rng: random.Random, labour: str, line: tuple[int, float] | None) -> dict[str, Any]:
    """Income, people and cause of a household; most stand above the line, some below, of a few nothing is known."""
    people = rng.choice((1, 2, 3, 3, 4, 4, 5))
    values: dict[str, Any] = {"people": people, "cause": rng.choice(_CAUSES)}
    if line is not None and rng.random() < 0.97:
        year, yuan = line
        low = labour == "none" and rng.random() < 0.6
        values["income_year"] = year
        values["income_fen"] = int(yuan * (rng.uniform(44, 98) if low else rng.uniform(93, 211)))
    return values


def members(rng: random.Random, household: Household, head: str, given: Any, today: date) -> list[Member]:
    """The people of a household, the head first; whoever is beyond help by work mostly draws the allowance."""
    members: list[Member] = []
    for position in range(1, (household.people or 1) + 1):
        relation = "户主" if position == 1 else _RELATIONS[min(position - 2, 4)]
        age = _age(rng, relation)
        labour = _labour(rng, household.labour, age)
        beyond = labour != "with" and age >= 60 and rng.random() < 0.5
        members.append(
            Member(
                household_id=household.id,
                position=position,
                name=head if position == 1 else head[0] + given(rng),
                relation=relation,
                sex=_sex(rng, relation, members),
                born_on=date(today.year - age, rng.randrange(1, 13), rng.randrange(1, 29)),
                labour=labour,
                beyond_help=beyond,
                schooling="小学" if age < 13 else "初中",
                illness=rng.choice(_ILLNESSES) if age > 40 else "",
                insured=rng.random() < 0.95,
                pension=rng.random() < 0.9 if age >= 16 else None,
                allowance=rng.random() < 0.95 if beyond or household.labour == "none" else rng.random() < 0.3,
            )
        )
    return members


def _age(rng: random.Random, relation: str) -> int:
    spans = {"子": (6, 17), "女": (6, 17), "父亲": (58, 86), "母亲": (58, 86)}
    return rng.randrange(*spans.get(relation, (28, 78)))


def _sex(rng: random.Random, relation: str, before: list[Member]) -> str:
    if relation == "配偶":
        return "f" if before[0].sex == "m" else "m"
    return {"子": "m", "女": "f", "父亲": "m", "母亲": "f"}.get(relation) or rng.choice("mmf")


def _labour(rng: random.Random, household: str, age: int) -> str:
    if age < 16 or age > 75 or household == "none":
        return "none"
    return rng.choice(("partly", "none")) if household == "partly" else rng.choice(("with", "with", "partly"))
