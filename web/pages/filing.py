"""Filing: household, village or unit, then kind, cause and source, then the responsible unit, the reason and the dates
before anything is sent."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.household import GONE
from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint, filing_away
from web.pages.form_fields import Choice
from web.pages.forms import Done, FormState, Page, Step, form_action, render_form
from web.words.language import say
from web.words.template_globals import named
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, Conflict, NotAllowed, WorkflowError, WrongState
from workflow.policy.scheme.model import Kind
from workflow.policy.scheme.parts import Source
from workflow.register import household_listing
from workflow.register.candidates.reporting import REPORTERS
from workflow.tickets import attachments, filing, sources
from workflow.tickets.filing import Deficiency
from workflow.tickets.subjects import HELD_TO_ACCOUNT, find_subject

_SUBJECTS = ("household", "village", "unit")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filing form so far: its input, the preview, and the error that is known before it is sent."""

    given: dict[str, Any]
    setting: CountyContext
    subject: household_listing.HouseholdLine | household_listing.VillageLine | UnitFact | None
    #: The sources the person files from about this subject, of the chosen kind if one is chosen.
    sources: tuple[Source, ...]
    shown: filing.Preview | None
    error: WorkflowError | None


@blueprint.route("/file", methods=["GET", "POST"])
@form_action(lambda error: _page(_asked(), error), passes=())
def file() -> Step | Page:
    """The form as far as it is filled in; sent, it files what was shown."""
    asked, values = _asked(), request.values
    # Before any picture is looked at it is clear that the person may file.
    files = form_files.taken("file") if request.method == "POST" else []
    if files and not values.get("send"):
        form_files.hold()
    if request.method != "POST" or not values.get("send") or asked.error is not None or asked.subject is None:
        return _page(asked, asked.error)
    if asked.shown is None:
        raise BadInput("missing", "kind")
    if values.get(filing_away.FIELD):
        filing_away.check(values[filing_away.FIELD], asked.shown.unit.code)
    elif values.get("seen") != _seen(asked.given, asked.shown):
        # Without JavaScript a changed kind is sent unseen; a ticket is filed only to the unit that was shown.
        raise Conflict("not_what_was_shown")

    def step(session: Session) -> Done:
        words = request.form.get("description", "")
        actor, now = signed_in_actor(), db.now()
        made = filing.file_ticket(session, actor, now, Deficiency(description=words, **asked.given))
        for piece in files:
            attachments.add(session, actor, made.ticket.id, now, **piece)
        return Done(url_for("pages.ticket", number=made.ticket.number), _("Filed."))

    return step


def _asked() -> Asked:
    actor, now, given = signed_in_actor(), db.now(), _given()
    shown: filing.Preview | None = None
    subject: household_listing.HouseholdLine | household_listing.VillageLine | UnitFact | None = None
    error: WorkflowError | None = None
    with db.read_session() as session:
        setting = county_context(session, at=now)
        if not sources.subjects_open_to(setting, actor):
            raise NotAllowed("may_not_file")
        open_sources: tuple[Source, ...] = ()
        try:
            if sort := next((name for name in _SUBJECTS if given[name]), None):
                sources.check_filer(setting, actor, {sort: given[sort]})
            if given["household"]:
                subject = household_listing.find_household(session, actor, given["household"])
                if subject.status in GONE:
                    # Said before anything is written, and not only when it is sent.
                    raise WrongState("household_cleared", "household", code=subject.code)
            elif given["village"]:
                subject = household_listing.find_village(session, actor, given["village"])
            elif given["unit"]:
                subject = find_subject(session, setting, actor, {"unit": given["unit"]}).unit
            if sort is not None and subject is not None:
                open_sources = _sources(setting, actor, sort, given["kind"])
                if not request.values.get("send") and given["source"] not in {each.code for each in open_sources}:
                    # Chosen before the kind, which other sources go with: looking at the dates refuses nothing yet.
                    given["source"] = None
            if subject is not None and given["kind"]:
                shown = filing.preview(session, actor, now, Deficiency(**given))
        except WorkflowError as refusal:
            error = refusal
    return Asked(given, setting, subject, open_sources, shown, error)


def _sources(setting: CountyContext, actor: Actor, sort: str, chosen: str) -> tuple[Source, ...]:
    """The sources for the chosen kind; before one is chosen, those under which some kind can be filed."""
    kinds = [kind.code for kind in setting.scheme.kinds if sort in kind.subjects]
    if chosen in kinds:
        return sources.open_to(setting, actor, sort, chosen)
    fit = {source.code for kind in kinds for source in sources.open_to(setting, actor, sort, kind)}
    return tuple(source for source in sources.open_to(setting, actor, sort) if source.code in fit)


def _page(asked: Asked, error: WorkflowError | None) -> Page:
    """The choice of a household, village or unit; once it is made, the form."""
    values = request.values
    if asked.subject is None:
        return _subjects_page(asked, error)
    actor, wanted = signed_in_actor(), next(name for name in _SUBJECTS if asked.given[name])
    kinds = [
        kind
        for kind in asked.setting.scheme.kinds
        if wanted in kind.subjects and sources.open_to(asked.setting, actor, wanted, kind.code)
    ]
    chosen = next((kind for kind in kinds if kind.code == asked.given["kind"]), None)
    return render_form(
        "tickets/file.html",
        error,
        setting=asked.setting,
        subject=asked.subject,
        wanted=wanted,
        sources=asked.sources,
        # What is found at a unit is no requirement of a household, nor a measure for one.
        kinds_offered=named(kinds) if wanted == "unit" else _offered(asked.setting, kinds),
        chosen=chosen,
        ways=filing_away.ways(actor, asked.given["household"], kinds),
        cause=asked.given["cause"] or "",
        # A cause chosen for another kind is not carried over to this one.
        cause_form=FormState(values, tried=chosen is not None and values.get("cause_of", chosen.code) == chosen.code),
        shown=asked.shown,
        typed=values,
        seen=_seen(asked.given, asked.shown) if asked.shown else "",
    )


def _subjects_page(asked: Asked, error: WorkflowError | None) -> Page:
    actor, values = signed_in_actor(), request.values
    sorts = sources.subjects_open_to(asked.setting, actor)
    with db.read_session() as session:
        homes = (
            household_listing.list_households(session, actor, q=values.get("q") or None, limit=20)
            if "household" in sorts
            else None
        )
        villages = household_listing.list_villages(session, actor) if "village" in sorts else []
    units = [unit for unit in asked.setting.living if unit.type in HELD_TO_ACCOUNT and unit.id != actor.unit_id]
    return render_form(
        "tickets/file_subject.html",
        error,
        setting=asked.setting,
        choices=homes,
        villages=villages,
        villages_offered=[
            (village.code, f"{village.town} {village.name}" if "unit" in sorts or homes is None else village.name)
            for village in villages
        ],
        units=units if "unit" in sorts else [],
        reports_candidates=actor.role in REPORTERS and asked.setting.scheme.candidates is not None,
        typed=values,
    )


def _offered(place: CountyContext, kinds: list[Kind]) -> list[Choice]:
    """The kinds to choose from: those about a requirement of the notice, then the others."""
    groups: list[Choice] = [
        (say(place.scheme.words.haves), named(kind for kind in kinds if kind.have)),
        (_("Other measures"), named(kind for kind in kinds if not kind.have)),
    ]
    return [(caption, choices) for caption, choices in groups if choices]


def _seen(given: dict[str, Any], shown: filing.Preview) -> str:
    """The preview that was shown: the input, the unit, and the day by which it must resolve the ticket."""
    mended = next(stage.due_at for stage in shown.stages if stage.stage == "mend")
    subject = next(given[name] for name in _SUBJECTS if given[name])
    asked = (subject, given["kind"], given["cause"] or "", int(given["urgent"]))
    return "/".join(map(str, (*asked, shown.unit.code, mended.date())))


def _given() -> dict[str, Any]:
    values = request.values
    kind, cause = values.get("kind", ""), values.get("cause") or None
    if way := values.get(filing_away.FIELD):
        kind, cause = filing_away.chosen(way)
    # A cause chosen for another kind is not carried over to this one.
    return {
        "household": values.get("household", "").strip() or None,
        "village": values.get("village", "").strip() or None,
        "unit": values.get("unit", "").strip() or None,
        "source": values.get("source") or None,
        "reference": values.get("reference", "").strip(),
        "kind": kind,
        "cause": cause if values.get("cause_of", kind) == kind else None,
        "urgent": bool(values.get("urgent")),
    }
