"""The part of the scheme on holding to account (问责): who decides, how long a unit has to answer, what may be decided.

The notice (closing section) asks for accountability where failing duty harms the county's result and fixes none of this:
it is the county's own choice, in keeping with the regulations on accountability.
"""

from workflow.policy.scheme.parts import Coded, Days, Part, Slug, Text


def _outcome(code: str, zh: str, en: str) -> Coded:
    return Coded(code=code, name=Text(zh=zh, en=en))


class Accountability(Part):
    """`decides` is the unit that decides (none named: the leading group); `statement_days` and `appeal_days` are working
    days from the notice and from the serving.

    Nobody decides what they opened, or about themselves: then the case goes to `above` and its answer is recorded.
    """

    decides: Slug | None = None
    above: Text = Text(zh="上级领导小组", en="the leading group of the level above")
    statement_days: Days = 5
    appeal_days: Days = 10
    outcomes: tuple[Coded, ...] = (
        _outcome("no_fault", "不予问责", "No fault"),
        _outcome("honest_error", "容错免责", "Honest error, tolerated"),
        _outcome("reminder_talk", "提醒谈话", "Reminder talk"),
        _outcome("circular", "通报批评", "Criticism in a circular"),
        _outcome("rectify", "责令限期整改", "Ordered rectification"),
        _outcome("discipline", "移送纪检监察机关", "Passed to the discipline inspection commission"),
    )
