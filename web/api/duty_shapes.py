"""Duties as JSON: one with its form, entries and progress, and a line of the calendar."""

from typing import Any

from web.words.language import say
from workflow.assessment.duty_calendar import Progress
from workflow.assessment.duty_status import DutyLine
from workflow.assessment.duty_view import DutyView
from workflow.county.context import CountyContext
from workflow.policy.scheme.duties import FormField


def duty(view: DutyView) -> dict[str, Any]:
    """What a duty asks for and how far it is."""
    count = view.duty.count
    return {
        "code": view.duty.code,
        "item": view.duty.item,
        "period": view.period.code,
        "evidence": say(view.duty.evidence),
        "form": [form_field(entry) for entry in view.duty.fields],
        "entry_form": [form_field(entry) for entry in count.fields] if count else [],
        "progress": progress(view.progress),
        "reported": {answer.field.code: answer.value for answer in view.report.answers} if view.report else None,
        "missing": view.report.missing or None if view.report else None,
        "entries": [
            {
                "id": entry.id,
                "on": entry.on.isoformat(),
                "fields": {answer.field.code: answer.value for answer in entry.answers},
                "evidence": entry.evidence,
                "corrects": entry.corrects,
                "counts": not entry.replaced and not entry.void,
                "reason": entry.reason or None,
            }
            for entry in view.entries
        ],
        "after": view.after,
        "before": view.before,
    }


def form_field(entry: FormField) -> dict[str, Any]:
    """One thing a form asks for."""
    return {
        "code": entry.code,
        "name": entry.name.model_dump(),
        "type": entry.type,
        "required": entry.required,
        "choices": [{"code": choice.code, "name": choice.name.model_dump()} for choice in entry.choices],
    }


def progress(progress: Progress | None) -> dict[str, Any] | None:
    """How far it is; null for what counts nothing."""
    return {"done": progress.done, "target": progress.target, "ought": progress.ought} if progress else None


def line(setting: CountyContext, duty_line: DutyLine, when: Any) -> dict[str, Any]:
    """One line of the calendar, with the ticket it comes from."""
    return {
        "number": duty_line.number,
        "unit": setting.unit(duty_line.unit_id).name,
        "code": duty_line.code,
        "name": setting.called(duty_line.code).model_dump(),
        "item": duty_line.item,
        "period": duty_line.period,
        "state": duty_line.state,
        "due_at": when(duty_line.due_at),
        "handed_in_at": when(duty_line.handed_in_at),
        "ended_at": when(duty_line.ended_at),
        "late": duty_line.late,
    }
