"""Lists as spreadsheets: what the list shows under its filters, masked as it is there; each export is an event."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reports import lists, register_export
from reports.tables import Heading, Workbook
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import form_action, returns_to
from web.pages.households import households_page, wanted_of
from web.pages.on_a_ground import on_a_ground
from web.pages.ticket_filters import chosen_filters, with_days
from web.words.dates import moment, on_day, provisional
from web.words.labels import label
from web.words.language import chinese, say
from web.words.register import status_name
from web.words.system import unit_name
from workflow.county.context import CountyContext, county_context
from workflow.county.vault import Vault
from workflow.errors import NotAllowed
from workflow.history.grounds import Ground

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@on_a_ground("/tickets.xlsx", _l("Tickets"), lists.may_export)
def tickets_xlsx(why: Ground) -> Response:
    actor, now = signed_in_actor(), db.now()
    headings = [
        _("Number"),
        _("Kind"),
        _("State"),
        _("Town"),
        _("Village"),
        _("household code"),
        _("name of the head"),
        _("Unit concerned"),
        _("Held by"),
        _("Due"),
        _("Filed on"),
        _("urgent"),
    ]
    with db.read_session() as session:
        setting = county_context(session)
        filters = with_days(setting, chosen_filters(actor, setting))
        rows = (
            [
                t.number,
                say(setting.called(t.kind)),
                label("ticket.state", t.state),
                t.town or "",
                t.village or "",
                t.household_code or "",
                t.head_name or "",
                (t.subject_unit if chinese() else t.subject_unit_en) or "",
                (t.owner if chinese() else t.owner_en) or "",
                moment(t.due_at) + (f" {_('(provisional)')}" if provisional(t.due_at, setting) else ""),
                moment(t.filed_at),
                _("yes") if t.urgent else "",
            ]
            for t in lists.tickets(session, actor, now, filters)
        )
        return _sent("tickets", _("Tickets"), headings, rows, why, filters, setting)


@on_a_ground("/households.xlsx", _l("Households"), lists.may_export)
def households_xlsx(why: Ground) -> Response:
    actor = signed_in_actor()
    wanted = wanted_of(request.args)
    headings = [
        label("register.column", name) for name in ("code", "head", "town", "village", "status", "labour", "people")
    ]
    headings += [_("Last visit"), _("Open tickets")]
    with db.read_session() as session:
        setting = county_context(session)
        rows = (
            [
                h.code,
                h.name,
                h.town,
                h.village,
                status_name(h.status),
                label("household.labour", h.labour),
                "" if h.people is None else str(h.people),
                on_day(h.visited_on) if h.visited_on else "",
                str(h.open_tickets),
            ]
            for h in lists.households(session, actor, wanted)
        )
        return _sent("households", _("Households"), headings, rows, why, wanted, setting)


@on_a_ground("/candidates.xlsx", _l("Families not registered"), lists.may_export)
def candidates_xlsx(why: Ground) -> Response:
    actor = signed_in_actor()
    headings = [_("Number"), label("register.column", "head"), _("Town"), _("Village"), _("Source"), _("State")]
    headings += [_("Filed on"), _("Due"), label("register.column", "code")]
    with db.read_session() as session:
        setting = county_context(session)
        rows = (
            [
                c.number,
                c.head_name or _("(erased)"),
                unit_name(setting.unit(c.town_id)) if c.town_id else "",
                c.village,
                say(setting.scheme.source_name(c.source)),
                label("candidate.state", c.state),
                moment(c.reported_at),
                moment(c.due_at) if c.due_at else "",
                c.household or "",
            ]
            for c in lists.candidates(session, actor, request.args.get("state") or None)
        )
        return _sent("candidates", _("Families not registered"), headings, rows, why, None, setting)


@on_a_ground("/register.xlsx", _l("Register"), register_export.may_export, "/register/masked")
def register_xlsx(why: Ground) -> Response:
    """The register under the monitoring system's headings, numbers masked."""
    return _register(None, why)


returns_to("/register/masked", "register_xlsx")


@blueprint.post("/register.xlsx")
@form_action(lambda error: households_page(error=error), passes=(NotAllowed,))
def register_in_full() -> Response:
    """The same with the numbers of the town's own people, on a ground."""
    actor, now, ground = signed_in_actor(), db.now(), request.form.get("ground", "")
    db.transaction_once(lambda session: register_export.record_full(session, actor, now, ground))
    return _register(db.vault(), Ground(ground))


def _register(vault: Vault | None, why: Ground) -> Response:
    actor, now, book = signed_in_actor(), db.now(), Workbook()
    with db.read_session() as session:
        scheme = county_context(session).scheme
        words, county = scheme.words, scheme.county.name.zh
        lines = register_export.rows(session, actor, now, county, words, vault)
        count = book.sheet(_("Register"), register_export.headings(words), lines)
    db.transaction_once(lambda session: lists.record(session, actor, now, "register", count, why))
    name = f"{_('Register')}.xlsx"
    return send_file(book.close(), mimetype=_XLSX, as_attachment=True, download_name=name)


def _sent(
    what: lists.Exported,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    why: Ground,
    filters: Any,
    setting: CountyContext,
) -> Response:
    """Write the file, put down that it was taken, and only then hand it over."""
    # A filter that is refused is refused with the first row, before there is a file that would lie about unclosed.
    waiting = iter(rows)
    first = list(islice(waiting, 1))
    actor, now = signed_in_actor(), db.now()
    book, unit = Workbook(), setting.units.get(actor.unit_id or 0)
    whose = unit_name(unit) if unit else say(setting.scheme.county.name)
    above = Heading(
        f"{say(setting.scheme.county.name)} · {title}" if not chinese() else setting.scheme.county.name.zh + title,
        _("Exported by: %(unit)s   As of: %(at)s", unit=whose, at=moment(now)),
    )
    # Labels are written as within a sentence; a heading begins with a capital.
    count = book.sheet(title, [name[:1].upper() + name[1:] for name in headings], chain(first, waiting), above)
    db.transaction_once(lambda session: lists.record(session, actor, now, what, count, why, filters))
    return send_file(book.close(), mimetype=_XLSX, as_attachment=True, download_name=f"{title}.xlsx")
