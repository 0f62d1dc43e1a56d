"""Exit rules: the requirements a household must meet before it may leave the register, and the county's words for
them.

The statuses and the gate are code; their names, the income line and the observation period belong to the scheme.
"""

from typing import Annotated

from pydantic import Field, field_validator

from workflow.policy.scheme.parts import Days, Labour, Part, Slug, Text, Words

#: Every status of the register with its default name.
STATUSES = {
    "new": Text(zh="新增", en="newly added"),
    "in": Text(zh="在档", en="on the register"),
    "pre_exit": Text(zh="拟退出", en="named for exit"),
    "exited": Text(zh="已退出", en="exited"),
    "cleared": Text(zh="已清退", en="cleared"),
    "ended": Text(zh="已销户", en="ended, nobody is left"),
    "merged": Text(zh="已并户", en="merged into another"),
    "undone": Text(zh="误录撤销", en="registered by mistake"),
}


class Have(Part):
    """One of the conditions a household must meet before it may leave the register.

    `of_people`: it depends on who lives in the household, so that it is looked at again when somebody begins or ends.
    """

    code: Slug
    name: Text
    optional: bool = False
    of_people: bool = False


class IncomeAverage(Part):
    """The reference income of one year, in yuan a head, with its source; an example is marked as one."""

    year: int
    yuan: Annotated[float, Field(gt=0)]
    source: Text
    example: bool = False


class IncomeRule(Part):
    """The computed have: income at or above `percent` of the reference of the same year; `basis` names the reference.

    `allowance`: whether the minimum living allowance replaces income where there is no labour force, and is required
    for every member beyond help; without it the income alone decides.
    """

    have: Slug
    percent: Annotated[int, Field(ge=1, le=200)]
    basis: Text = Text(zh="全省平均", en="the provincial average")
    allowance: bool = True
    averages: tuple[IncomeAverage, ...] = ()


class ExitRule(Part):
    """The exit gate's rule: every have met, by evidence not older than a number of calendar days.

    `observe_days`: calendar days for which every have must have been met without a break.  `kept`: households with such
    labour force stay on the register in any case.
    """

    evidence_days: Days = 90
    visit_days: Days = 30
    observe_days: Days | None = None
    kept: tuple[Labour, ...] = ()
    income: IncomeRule | None = None


class Wording(Part):
    """The scheme's words for what every scheme has; codes stay codes.

    `headings`: further spellings of a spreadsheet's headings by field; `spellings`: of its statuses by code.
    """

    haves: Text = Text(zh="达标事项", en="What a household needs")
    statuses: dict[Slug, Text] = {}
    gate: Text = Text(zh="退出审核", en="Exit examination")
    dossier: Text = Text(zh="退出审核卷宗", en="Exit dossier")
    leave: Text = Text(zh="确认退出", en="Mark as exited")
    file: Text = Text(zh="农户档案（一户一档）", en="Household file")
    cause: Text = Text(zh="主要困难原因", en="Main cause of hardship")
    income: Text = Text(zh="收入", en="Income")
    work: Text = Text(zh="帮扶工作", en="Support of households")
    exit: Text = Text(zh="退出", en="Exit")
    headings: dict[Slug, tuple[Words, ...]] = {}
    spellings: dict[Slug, tuple[Words, ...]] = {}

    @field_validator("statuses", "spellings")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        if unknown := sorted(set(value) - set(STATUSES)):
            raise ValueError(f"no such status: {', '.join(unknown)}; use {', '.join(STATUSES)}")
        return value

    def status(self, code: str) -> Text:
        """The name of a status; the code itself where the register has no such status."""
        return self.statuses.get(code) or STATUSES.get(code) or Text(zh=code, en=code)
