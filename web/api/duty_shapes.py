"""Duties as the API answers with them: one with its form, entries and progress."""

from datetime import date
from typing import Literal

from web.api.fields import answer, of
from web.words.language import say
from workflow.assessment.duty_calendar import Progress
from workflow.assessment.duty_view import Answer, DutyView, Report
from workflow.policy.form_rules import USUAL
from workflow.policy.scheme.duties import FormField
from workflow.policy.scheme.parts import Coded, Text


@answer
class DutyField:
    """One thing a form asks for; `known`, `own`, `some` and a `most` with a dot name a count of the system's rows; `about`: the
    numbers of which a text speaks, which is left out where their sum is 0."""

    code: str
    name: Text
    type: str
    required: bool
    choices: list[Coded]
    min: float | None
    max: float | None
    fractions: bool
    most: str | None
    known: str | None
    own: str | None
    some: str | None
    min_chars: int | None
    statement: bool
    or_none: bool
    about: list[str]
    within_period: bool
    back_years: int | None


@answer
class DutyRule:
    """A rule between the fields of a form; `reached` may be broken with a reason and then counts as not reached,
    `usual` until it is confirmed."""

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
class DutyRows:
    """What the system's rows say of a field before its form is sent: its number (`own`), how many show that there is some,
    and the most that it can be; null where they say nothing."""

    field: str
    own: int | None
    some: int | None
    most: int | None


@answer
class DutyGap:
    """A number of the report that differs from the system's rows at that moment: `above`, far `below`, or stated as `none`.

    Its code is among the shortfalls; one of `own.` counts as not reached until the report is confirmed.
    """

    code: str
    field: str
    number: int
    own: int
    sort: Literal["above", "below", "none"]


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
    rows: list[DutyRows]
    gaps: list[DutyGap]
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
        short=_short(view.report) if view.report else [],
        rows=[of(DutyRows, held, field=code) for code, held in view.held.items()],
        gaps=[
            DutyGap(code=gap.code, field=gap.field.code, number=gap.number, own=gap.rows, sort=gap.sort)
            for gap in (view.report.gaps if view.report else ())
        ],
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
    return [
        of(DutyField, entry, choices=list(entry.choices), about=[share.field for share in entry.about])
        for entry in entries
    ]


def _short(report: Report) -> list[str]:
    """The codes of what the report does not reach, and of its gaps."""
    unusual = (f"{USUAL}{rule.code}" for rule in report.unusual)
    return [*(rule.code for rule in report.short), *unusual, *(gap.code for gap in report.gaps)]


def _answers(answers: list[Answer]) -> dict[str, str]:
    return {each.field.code: each.value for each in answers}


def progress(progress: Progress | None) -> DutyProgress | None:
    """The progress of a duty; None for a duty that is not counted."""
    return of(DutyProgress, progress) if progress else None
