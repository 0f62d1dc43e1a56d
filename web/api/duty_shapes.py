"""Duties as the API answers with them: one with its form, entries and progress."""

from datetime import date
from typing import Literal

from web.api.fields import answer, of
from web.words.language import say
from workflow.assessment.duty_calendar import Progress
from workflow.assessment.duty_view import Answer, DutyView
from workflow.policy.scheme.duties import FormField
from workflow.policy.scheme.parts import Coded, Text


@answer
class DutyField:
    """One thing a form asks for."""

    code: str
    name: Text
    type: str
    required: bool
    choices: list[Coded]
    min: float | None
    max: float | None
    fractions: bool
    most: str | None
    min_chars: int | None
    or_none: bool
    within_period: bool


@answer
class DutyRule:
    """A rule between the fields of a form; `reached` may be broken with a reason and then counts as not reached."""

    code: str
    text: Text
    demand: str


@answer
class DutyProgress:
    """The progress of a countable duty: the count, the target, and the count expected by today."""

    done: int
    target: int | None
    ought: int | None


@answer
class DutyEntry:
    """An entry for one day; it counts unless it was corrected or withdrawn, or for the reason `uncounted`."""

    id: int
    on: date
    fields: dict[str, str]
    evidence: list[int]
    corrects: int | None
    counts: bool
    uncounted: Literal["short", "village", "once", "beyond", "nothing"] | None
    short: list[str]
    reason: str | None


@answer
class Duty:
    """The requirements of a duty and its progress."""

    code: str
    item: int | None
    period: str
    evidence: str
    form: list[DutyField]
    entry_form: list[DutyField]
    rules: list[DutyRule]
    entry_rules: list[DutyRule]
    progress: DutyProgress | None
    reported: dict[str, str] | None
    missing: str | None
    short: list[str]
    entries: list[DutyEntry]
    after: list[str]
    before: list[str]


def duty(view: DutyView) -> Duty:
    """The requirements of a duty and its progress."""
    count = view.duty.count
    return Duty(
        code=view.duty.code,
        item=view.duty.item,
        period=view.period.code,
        evidence=say(view.duty.evidence),
        form=_form(view.duty.fields),
        entry_form=_form(count.fields) if count else [],
        rules=[of(DutyRule, rule) for rule in view.duty.rules],
        entry_rules=[of(DutyRule, rule) for rule in count.rules] if count else [],
        progress=progress(view.progress),
        reported=_answers(view.report.answers) if view.report else None,
        missing=view.report.missing or None if view.report else None,
        short=[rule.code for rule in view.report.short] if view.report else [],
        entries=[
            of(
                DutyEntry,
                entry,
                fields=_answers(entry.answers),
                counts=entry.credit is not None and entry.credit.amount > 0,
                uncounted=entry.credit.why or None if entry.credit is not None else None,
                short=[rule.code for rule in entry.short],
                reason=entry.reason or None,
            )
            for entry in view.entries
        ],
        after=view.after,
        before=view.before,
    )


def _form(entries: tuple[FormField, ...]) -> list[DutyField]:
    return [of(DutyField, entry, choices=list(entry.choices)) for entry in entries]


def _answers(answers: list[Answer]) -> dict[str, str]:
    return {each.field.code: each.value for each in answers}


def progress(progress: Progress | None) -> DutyProgress | None:
    """The progress of a duty; None for a duty that is not counted."""
    return of(DutyProgress, progress) if progress else None
