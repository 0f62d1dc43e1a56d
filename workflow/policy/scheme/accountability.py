"""Accountability rules (问责): the deciding unit, the time for statement and appeal, and the possible outcomes.

The notice (closing section) demands accountability where failing duty harms the county's result and fixes no procedure:
the rules are the county's own choice, within the regulations on accountability.
"""

from typing import Literal

from workflow.policy.scheme.parts import Coded, Days, Part, Slug, Text, Words


def _coded_outcome(code: str, zh: str, en: str) -> Coded:
    return Coded(code=code, name=Text(zh=zh, en=en))


class Accountability(Part):
    """`decides` is the unit that decides (none named: the leading group); `statement_days` and `appeal_days` are
    working days from the notice and from the serving.

    No unit decides a case that it opened or that is about itself: such a case goes to `above`, whose decision is
    recorded.
    """

    decides: Slug | None = None
    above: Text = Text(zh="上级领导小组", en="the leading group of the level above")
    statement_days: Days = 5
    appeal_days: Days = 10
    outcomes: tuple[Coded, ...] = (
        _coded_outcome("no_fault", "不予问责", "No fault"),
        _coded_outcome("honest_error", "容错免责", "Honest error, tolerated"),
        _coded_outcome("reminder_talk", "提醒谈话", "Reminder talk"),
        _coded_outcome("circular", "通报批评", "Criticism in a circular"),
        _coded_outcome("rectify", "责令限期整改", "Ordered rectification"),
        _coded_outcome("discipline", "移送纪检监察机关", "Passed to the discipline inspection commission"),
    )


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
