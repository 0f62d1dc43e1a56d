"""Ladder (预警升级) and accountability rules (问责): the rungs with the demands of their papers from 督办 up; the deciding
unit, the time for statement and appeal, the possible outcomes, and what a case of each kind of ticket may end in.

The notice (closing section) demands accountability where failing duty harms the county's result and fixes no procedure:
the rules are the county's own choice, within the regulations on accountability.
"""

from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Coded, Days, Part, Slug, Text, Words


class Demand(Part):
    """The demand of a paper, due in a number of working days, met by the work done or by a written answer.

    `of_duty` is its text where nothing is to be put right: for a duty or a report.
    """

    code: Slug
    text: Text
    of_duty: Text | None = None
    days: Days
    met_by: Literal["work", "answer"] = "work"


#: The demand under a scheme older than demands: an open ticket keeps the version it was filed under.
_MEND = Demand(code="finish", text=Text(zh="请于期限内办结", en="Finish it within the time given."), days=5)


class Rung(Part):
    """One step of the ladder, a number of working days from the deadline (negative: before it)."""

    code: Literal["remind", "urge", "supervise", "summon", "account"]
    name: Text
    offset: Annotated[int, Field(ge=-30, le=400)]
    tells: tuple[Slug, ...]
    issued_by: Literal["system", "person"]
    demand: Demand | None = None

    @property
    def demands(self) -> Demand:
        """The demand of its paper."""
        return self.demand or _MEND


class Ladder(Part):
    """The rungs, and in working days: `deemed_receipt`, after which an unsigned paper counts as received; `talk_within`, in
    which the talk that a paper appoints is held; `promise_within`, the latest day of a commitment."""

    rungs: tuple[Rung, ...]
    deemed_receipt: Days = 1
    talk_within: Days = 10
    promise_within: Days = 120


def _coded_outcome(code: str, zh: str, en: str) -> Coded:
    return Coded(code=code, name=Text(zh=zh, en=en))


#: An outcome of this code passes the case to the discipline inspection commission (移送纪委监委).
PASSED_ON = "discipline"
#: What a case about a late paper or meeting may end in where the scheme says nothing: criticism at most.
_OF_DUTIES = ("no_fault", "honest_error", "reminder_talk", "circular")


class Proportion(Part):
    """What a case may end in, for duties or deficiencies, of some kinds or (none named) of all."""

    of: Literal["duty", "deficiency"] | None = None
    kinds: tuple[Slug, ...] = ()
    outcomes: tuple[Slug, ...]


class Accountability(Part):
    """`decides` is the unit that decides (none named: the leading group); `statement_days` and `appeal_days` are
    working days from the notice and from the serving.

    No unit decides a case that it opened or that is about itself: such a case goes to `above`, whose decision is
    recorded.  The office opens none against a unit of `above_office`: there the leading group does.
    """

    decides: Slug | None = None
    above: Text = Text(zh="上级领导小组", en="the leading group of the level above")
    statement_days: Days = 5
    appeal_days: Days = 10
    above_office: tuple[Slug, ...] = ()
    proportions: tuple[Proportion, ...] = ()
    outcomes: tuple[Coded, ...] = (
        _coded_outcome("no_fault", "不予问责", "No fault"),
        _coded_outcome("honest_error", "容错免责", "Honest error, tolerated"),
        _coded_outcome("reminder_talk", "提醒谈话", "Reminder talk"),
        _coded_outcome("circular", "通报批评", "Criticism in a circular"),
        _coded_outcome("rectify", "责令限期整改", "Ordered rectification"),
        _coded_outcome("discipline", "移送纪检监察机关", "Passed to the discipline inspection commission"),
    )

    def may_end_in(self, kind: str, is_duty: bool) -> tuple[Coded, ...]:
        """What a case about a ticket of this kind (a duty's code) may end in: by the first proportion that applies; else
        all outcomes, of a duty criticism at most."""
        wanted = "duty" if is_duty else "deficiency"
        for each in self.proportions:
            if each.of in (None, wanted) and (not each.kinds or kind in each.kinds):
                return tuple(outcome for outcome in self.outcomes if outcome.code in each.outcomes)
        return tuple(outcome for outcome in self.outcomes if not is_duty or outcome.code in _OF_DUTIES)


class AssessmentPlan(Part):
    """The assessment plan (考核方案) on file that parts of the policy rest on, by its document number.

    The parts in `needs` are off while no `number` is entered.  Source for a scheme of today: 国办函〔2026〕12号 and the
    rules on the burden of the grass roots (整治形式主义为基层减负若干规定), under which only a filed plan ranks units or
    holds them to account.
    """

    needs: tuple[Literal["ranking", "summon", "account"], ...] = ()
    number: Words | None = None

    def off(self, part: str) -> bool:
        """Whether this part of the policy is off."""
        return part in self.needs and self.number is None
