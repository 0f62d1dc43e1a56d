"""What a household must have before it may leave the register, and what the county calls all of this: data, as every rule.

Statuses of the register and the gate are the machine's; their names, the line of the income and how long everything must
have held belong to the scheme.
"""

from typing import Annotated

from pydantic import Field, field_validator

from workflow.policy.scheme.parts import Days, Labour, Part, Slug, Text, Words

#: Every status of the register with the word for it where a scheme names none.
STATUSES = {
    "new": Text(zh="新增", en="newly added"),
    "in": Text(zh="在档", en="on the register"),
    "pre_exit": Text(zh="拟退出", en="named for exit"),
    "exited": Text(zh="已退出", en="exited"),
    "cleared": Text(zh="已清退", en="cleared"),
}


class Have(Part):
    """One of the conditions a household must meet before it may leave the register."""

    code: Slug
    name: Text
    optional: bool = False


class IncomeAverage(Part):
    """The amount of one year that incomes are set against, in yuan a head, and where the figure is from.

    Who makes a scheme enters it, and an example says that it is one.
    """

    year: int
    yuan: Annotated[float, Field(gt=0)]
    source: Text
    example: bool = False


class IncomeRule(Part):
    """The have that is computed: `percent` of the amount of the same year; `basis` says what that amount is.

    `allowance`: whether the minimum living allowance stands in for income where there is no labour force, and is asked of
    everybody beyond help; without it the income alone decides.
    """

    have: Slug
    percent: Annotated[int, Field(ge=1, le=200)]
    basis: Text = Text(zh="全省平均", en="the provincial average")
    allowance: bool = True
    averages: tuple[IncomeAverage, ...] = ()


class ExitRule(Part):
    """What the exit gate asks: every have met, by evidence not older than so many calendar days.

    `observe_days`: calendar days for which every have must have been met without a break.  `kept`: households with such
    labour force stay on the register, whatever they have.
    """

    evidence_days: Days = 90
    visit_days: Days = 30
    observe_days: Days | None = None
    kept: tuple[Labour, ...] = ()
    income: IncomeRule | None = None


class Wording(Part):
    """What this policy calls what every policy has; codes stay codes.

    `headings`: spellings of a spreadsheet's headings by field, and `spellings`: of its statuses by code, beside the usual
    ones.
    """

    haves: Text = Text(zh="达标事项", en="What a household needs")
    statuses: dict[Slug, Text] = {}
    gate: Text = Text(zh="退出审核", en="Exit examination")
    dossier: Text = Text(zh="退出审核卷宗", en="Exit dossier")
    leave: Text = Text(zh="确认退出", en="Mark as exited")
    file: Text = Text(zh="农户档案（一户一档）", en="Household file")
    cause: Text = Text(zh="主要困难原因", en="Main cause of hardship")
    income: Text = Text(zh="收入", en="Income")
    headings: dict[Slug, tuple[Words, ...]] = {}
    spellings: dict[Slug, tuple[Words, ...]] = {}

    @field_validator("statuses", "spellings")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        if unknown := sorted(set(value) - set(STATUSES)):
            raise ValueError(f"no such status: {', '.join(unknown)}; use {', '.join(STATUSES)}")
        return value

    def status(self, code: str) -> Text:
        """What a status is called; its code where it is none of the register's."""
        return self.statuses.get(code) or STATUSES.get(code) or Text(zh=code, en=code)
