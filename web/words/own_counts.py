"""Own counts in words: what the system's rows say of a number that a unit reports, the gap between them, and the limits."""

from typing import Any

from flask_babel import gettext as _

from web.words import amounts
from web.words.amounts import unit_word
from web.words.labels import label
from web.words.language import chinese, listing, say
from workflow.assessment.figure_bounds import OwnFigure
from workflow.county.context import CountyContext
from workflow.inputs import whole
from workflow.policy.scheme.duties import FormField
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.scheme.model import Text
from workflow.policy.scheme.term_texts import row_text, row_unit, term_text
from workflow.tickets.actions.own_gaps import Gap, Held, counted_most


def own_words(part: str, number: int | None, rows: int | None, unit: Text | None) -> str:
    """What the system's own rows say of one part (`of`, `to`) of a reported figure, and how much more or less `number` is;
    empty where there are none."""
    if rows is None:
        return ""
    names = {"part": label("figure.part", part), "rows": amounts.grouped(rows, unit), "unit": unit_word(unit)}
    if number is None:
        return _("own count (%(part)s): %(rows)s %(unit)s", **names).strip()
    more, names = number - rows, names | {"again": unit_word(unit)}
    much = amounts.grouped(abs(more), unit)
    if more == 0:
        return _("own count (%(part)s): %(rows)s %(unit)s, as reported", **names)
    if more > 0:
        return _("own count (%(part)s): %(rows)s %(unit)s, reported %(n)s %(again)s more", n=much, **names)
    return _("own count (%(part)s): %(rows)s %(unit)s, reported %(n)s %(again)s less", n=much, **names)


def gaps_of(line: dict[str, Any], unit: Text | None) -> dict[str, str]:
    """What the system's own rows say of each part of a town's reported figure, and the gap."""
    own = line.get("own") if line["to"] else None
    parts = zip(("of", "to"), own or (None, None), strict=True)
    return {part: own_words(part, line[part], rows, unit) for part, rows in parts}


def gap_text(line: dict[str, Any], unit: Text | None) -> str:
    """The same of both parts in one text; empty where there are no rows."""
    return ("；" if chinese() else "; ").join(text for text in gaps_of(line, unit).values() if text)


def limit_words(setting: CountyContext, measure: CountyMeasure, own: OwnFigure) -> str:
    """Up to what the whole of a reported figure is taken: refused beyond it, or only with a reason; empty without a limit."""
    unit = measure.counted_in
    if own.most is not None:
        rows = listing(say(term_text(term, setting.scheme.words)) for term in measure.own.most)
        return _(
            "at most %(most)s %(unit)s (%(rows)s)",
            most=amounts.grouped(own.most, unit),
            unit=unit_word(unit),
            rows=rows,
        )
    if own.plausible is not None:
        most = amounts.grouped(own.plausible, unit)
        return _("more than %(most)s %(unit)s needs a reason", most=most, unit=unit_word(unit))
    return ""


def row_words(setting: CountyContext, count: str, rows: int, number: int | None = None) -> str:
    """What the system's rows say of a number of a duty's form (`count`: a RowCount), and how much more or less it is."""
    text, unit = row_text(count, setting.scheme.words), say(row_unit(count))
    names = {"rows": amounts.grouped(rows), "unit": unit, "again": unit, "what": say(text)}
    if number is None:
        return _("own count: %(rows)s %(unit)s (%(what)s)", **names)
    if number == rows:
        return _("own count: %(rows)s %(unit)s (%(what)s), as reported", **names)
    if number > rows:
        return _(
            "own count: %(rows)s %(unit)s (%(what)s), reported %(n)s %(again)s more",
            n=amounts.grouped(number - rows),
            **names,
        )
    return _(
        "own count: %(rows)s %(unit)s (%(what)s), reported %(n)s %(again)s less",
        n=amounts.grouped(rows - number),
        **names,
    )


def gap_words(setting: CountyContext, gap: Gap) -> str:
    """One gap of a report: the field, its number, the rows, and the difference."""
    rows = row_words(setting, gap.count, gap.rows, gap.number)
    return _("“%(field)s” %(n)s: %(rows)s", field=say(gap.field.name), n=amounts.grouped(gap.number), rows=rows)


def held_words(setting: CountyContext, field: FormField, held: Held, typed: str = "") -> list[str]:
    """What stands beside the box of a field before it is sent: the own count, the gap to what is typed, and the most."""
    told, number = [], whole(typed.strip())
    if held.own is not None and field.own is not None:
        told.append(row_words(setting, field.own, held.own, number))
    elif held.some and field.some is not None:
        told.append(row_words(setting, field.some, held.some))
    if held.most is not None and (most := counted_most(field)) is not None:
        unit, rows = say(row_unit(most)), say(row_text(most, setting.scheme.words))
        told.append(_("at most %(most)s %(unit)s (%(rows)s)", most=amounts.grouped(held.most), unit=unit, rows=rows))
    return told
