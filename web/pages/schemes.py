"""The county's schemes: its versions, a comparison with another scheme, adopting one from a day on, and migrating open
tickets.
"""

from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_NUMBER
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words import scheme_changes
from web.words.dates import on_day
from web.words.language import chinese, say
from web.words.template_globals import named
from workflow.adoption import scheme_adoption, ticket_migration
from workflow.adoption.impact import effects, may_look
from workflow.adoption.scheme_storing import scheme_year
from workflow.county.context import CountyContext, county_context, reformed, stored_form
from workflow.county.unfilled_roles import vacancies
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, WorkflowError
from workflow.inputs import whole
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.parts import SchemeText
from workflow.policy.scheme.validation import last_average
from workflow.policy.worktime import local_date
from workflow.reform import reform_holdings

#: A scheme of a county has some forty kilobytes.
LARGEST_KB = 256
_SHOWN = 100


class _Refused(BadInput):
    """A scheme that cannot be read; `lines` say what is wrong in it, line by line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("scheme_refused", "file")
        self.lines = lines


@blueprint.get("/schemes")
def schemes() -> ResponseReturnValue:
    """The versions the county holds, and the forms."""
    return _schemes_page()


@blueprint.post("/schemes")
@form_action(lambda error: _schemes_page(error, "compare"), passes=())
def look_at_scheme() -> Step | Done | Page:
    """Show what a scheme would change; then, once it was looked at, adopt it or take an adoption back."""
    may_look(signed_in_actor())
    if request.form.get("act") == "revoke":
        return _revoke
    text = _scheme_text()
    return _adopt(text) if request.form.get("act") == "adopt" else _look(text)


def _revoke(session: Session) -> Done:
    adoption = whole(request.form.get("adoption", "")) or 0
    row = scheme_adoption.revoke(session, signed_in_actor(), db.now(), adoption)
    message = _("Revoked: the scheme adopted from %(day)s.", day=on_day(row.from_day))
    return Done(url_for("pages.schemes"), message)


def _adopt(text: str | SchemeText) -> Done | Page:
    actor, now = signed_in_actor(), db.now()
    made, _faults = _parsed(text, adopts=True)
    try:
        from_day = _adoption_day(request.form.get("from_day", ""))
        year = scheme_year(current_app.config["YEAR"], from_day)
        db.transaction(lambda s: scheme_adoption.adopt(s, actor, now, made, year, from_day))
    except WorkflowError as error:
        return _look(text, error)
    message = _("Adopted: new tickets are filed under it from %(day)s.", day=on_day(from_day))
    return Done(url_for("pages.schemes"), message)


@blueprint.post("/schemes/move")
@form_action(lambda error: _schemes_page(error, "move"), passes=())
def move_tickets() -> Step | Page:
    """Show which open tickets would move to the scheme in force, from when to when; then move them."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    version = (whole(form["version"], LARGEST_NUMBER) or 0) if form.get("version") else None
    chosen = ticket_migration.Selection(version, form.get("kind") or None, form.get("unit") or None)

    def step(session: Session) -> Done:
        moved = ticket_migration.apply(session, actor, now, chosen, seen=form.get("seen", "")).moving
        return Done(url_for("pages.schemes"), _("Migrated: %(n)s tickets.", n=len(moved)))

    return step if form.get("act") == "apply" else _look_at_move(chosen)


def _look_at_move(chosen: ticket_migration.Selection) -> Page:
    """Preview of a migration: its tickets with their deadlines.  Raises WorkflowError."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        preview = ticket_migration.preview(session, actor, now, chosen)
        setting = county_context(session, at=now)
        if chosen.kind not in (None, *(kind for _n, kind, _u, _c in ticket_migration.behind(session, setting))):
            raise BadInput("nothing_to_migrate", "kind")
        unit = setting.unit(find_unit(session, chosen.unit).id) if chosen.unit else None
    return render_template(
        "county/scheme_migration.html",
        preview=preview,
        chosen=chosen,
        unit=unit,
        setting=setting,
        now=now,
        shown=_SHOWN,
        moved=sum(m.due_at != m.becomes for m in preview.moving),
    )


@blueprint.get("/schemes/move")
def moved_tickets() -> ResponseReturnValue:
    """The form's address, loaded again: the page of the form."""
    return _schemes_page()


def _schemes_page(error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        held = scheme_adoption.versions(session, actor)
        setting = county_context(session, at=now)
        behind = ticket_migration.behind(session, setting)
    last = last_average(setting.scheme)
    return render_form(
        "county/schemes.html",
        error,
        averages_end=last if last is not None and last <= local_date(now).year else None,
        tried=tried,
        held=held,
        setting=setting,
        behind=behind,
        comparable=[
            (
                str(line.version.version),
                f"{_('Version %(n)s', n=line.version.version)} · {line.version.code} · {line.version.year}",
            )
            for line in held
            if line.version.id != setting.scheme_version_id
        ],
        movable=_movable(behind, setting),
        kilobytes=LARGEST_KB,
        faults=error.lines if isinstance(error, _Refused) else (),
    )


def _movable(behind: list[tuple[int, str, int, int]], setting: CountyContext) -> dict[str, list[tuple[str, str]]]:
    """Filters of a migration: the versions, kinds and units of open tickets under other schemes."""
    units = [setting.unit(unit) for unit in dict.fromkeys(line[2] for line in behind)]
    return {
        "versions": [(str(version), str(version)) for version in dict.fromkeys(line[0] for line in behind)],
        "kinds": [(kind, say(setting.called(kind))) for kind in dict.fromkeys(line[1] for line in behind)],
        "units": named(units),
    }


def _look(text: str | SchemeText, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    new, faults = _parsed(text)
    with db.read_session() as session:
        setting = county_context(session, at=now)
        left = reform_holdings.dropped(session, setting, setting.scheme, new)
        ended = reform_holdings.ended_in(setting, new)
        read = reformed(session, setting, new)
        impact = effects(session, actor, now, setting.scheme, read)
        lacking = vacancies(session, read, db.now())
    return render_form(
        "county/scheme_preview.html",
        error,
        new=new,
        # Of two files the preview carries what they make together.
        text=text if isinstance(text, str) else stored_form(new),
        setting=setting,
        impact=impact,
        faults=faults,
        changed=scheme_changes.rule_lines(setting.scheme, read),
        missing=[
            *scheme_changes.reform_lines(left, ended),
            *scheme_changes.missing_role_lines(lacking, read, setting),
        ],
        lived=scheme_changes.impact_lines(impact, read, setting.scheme, setting),
        today=local_date(now).isoformat(),
    )


def _scheme_text() -> str | SchemeText:
    """The scheme that the form gives: a file, alone or with the county's, the text of the preview, or a stored version.

    Raises BadInput, NotFound.
    """
    number = request.form.get("version", "")
    sent, county = _sent("file"), _sent("county_file")
    if sent is not None:
        return sent[1] if county is None else SchemeText(sent[1], county[1], county[0])
    if county is not None:
        raise BadInput("missing", "file")
    if request.form.get("text"):
        return request.form["text"]
    if not number:
        raise BadInput("missing", "file")
    with db.read_session() as session:
        held = scheme_adoption.version_of(session, signed_in_actor(), whole(number, LARGEST_NUMBER) or 0)
        return held.content


def _sent(field: str) -> tuple[str, str] | None:
    """The name and text of an uploaded file, or None.  Raises BadInput."""
    from workflow.policy.scheme.reader import SchemeRefused, decoded

    sent = request.files.get(field)
    if not sent or not sent.filename:
        return None
    content = sent.read(LARGEST_KB * 1024 + 1)
    if len(content) > LARGEST_KB * 1024:
        raise BadInput("scheme_too_large", field, most=LARGEST_KB)
    try:
        return sent.filename[:100], decoded(content)
    except SchemeRefused as refused:
        raise _Refused(_sentences(refused.problems)) from refused


def _parsed(text: str | SchemeText, *, adopts: bool = False) -> tuple[Scheme, list[str]]:
    """The scheme of a text, with the routes that can never match; who adopts gets none of those."""
    from workflow.policy.scheme.reader import SchemeRefused, parse_scheme, parse_to_compare, refuse_bombs

    try:
        for part in [text] if isinstance(text, str) else [text.policy, text.county or ""]:
            refuse_bombs(part)
        if adopts:
            return parse_scheme(text), []
        made, problems = parse_to_compare(text)
    except SchemeRefused as refused:
        raise _Refused(_sentences(refused.problems)) from refused
    return made, _sentences(problems)


def _sentences(problems: Any) -> list[str]:
    return [problem.sentence("zh" if chinese() else "en") for problem in problems]


def _adoption_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput("not_a_date", "from_day") from error
