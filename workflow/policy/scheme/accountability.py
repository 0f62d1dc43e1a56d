"""Accountability rules (问责): the deciding unit, the time for statement and appeal, and the possible outcomes.

The notice (closing section) demands accountability where failing duty harms the county's result and fixes no procedure:
the rules are the county's own choice, within the regulations on accountability.
"""

from workflow.policy.scheme.parts import Coded, Days, Part, Slug, Text


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
