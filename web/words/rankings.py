"""Rankings: names of their inputs, the sentences of their errors, and scores, ranges and gaps in words."""

from collections.abc import Iterable
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words import amounts
from web.words.labels import add
from web.words.language import say
from workflow.assessment.ranking import snapshot
from workflow.assessment.ranking.figure_sources import Origin
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.scheme.model import Text
from workflow.policy.scheme.term_texts import unit_of

add(
    {
        "field": {
            "measure": _l("figure"),
            "up_to": _l("up to"),
            "figures": _l("figures"),
            "numerator": _l("numerator"),
            "denominator": _l("denominator"),
            "none_here": _l("none here this period"),
            "report": _l("written report"),
            "remark": _l("comment for the report"),
            "causes": _l("causes"),
            "rectification": _l("what was put right"),
            "next_steps": _l("next steps"),
            "objection": _l("objection"),
            "upheld": _l("upheld"),
            "edition": _l("edition"),
            "figure": _l("figure"),
            "found_of": _l("true number reached"),
            "found_to": _l("true whole"),
        },
        "figure.rows": {
            "households": _l("the households of the register"),
            "people": _l("the people of the register"),
            "villages": _l("the page “Villages”"),
            "quota": _l("the page “Quota of houses”"),
            "tickets": _l("the tickets"),
            "duties": _l("the duties"),
            "entries": _l("the entries of the duties"),
        },
        "figure.part": {"of": _l("number reached"), "to": _l("whole")},
        "figure.standing": {
            "new": _l("new"),
            "same": _l("already recorded"),
            "corrects": _l("corrects an earlier figure"),
        },
        "error": {
            "no_ranking_day": _l(
                "%(day)s is not a ranking day. From its first ranking day on, the scheme ranks on these days "
                "of the month: %(days)s."
            ),
            "ranking_ahead": _l("The ranking of %(day)s is made at %(at)s that day. Try again then."),
            "ranking_needs_plan": _l(
                "Rankings are off: this scheme ranks the towns only under an assessment plan on file. Adopt the scheme "
                "with the document number of that plan."
            ),
            "ranking_without_data": _l(
                "There is no ranking of %(day)s: by its hour no household, ticket, duty or figure was on record that "
                "the towns could be ranked by."
            ),
            "ranking_not_yours": _l("Only the county office makes rankings. All business users can read them."),
            "no_measures": _l("The scheme in force has no measures to rank by. Adopt a scheme with measures."),
            "no_such_ranking": _l("There is no ranking of %(day)s. Choose one from the list."),
            "ranking_unchanged": _l("No figure has changed. Correct the figure first."),
            "ranking_made_meanwhile": _l("This ranking has just been made by another user. %(again)s"),
            "signature_not_yours": _l("Only the units that rank the towns in a ranking draft a report on it."),
            "draft_saved_since": _l(
                "A colleague has saved this draft meanwhile. Open the ranking in another window, take over what is new, "
                "and save again here."
            ),
            "signed_already": _l("Your unit has already drafted its report on this ranking."),
            "edition_replaced": _l("A newer edition (%(edition)s) has replaced this one. Open the newer edition."),
            "report_not_yours": _l(
                "Only the units that rank the towns and the county office can issue a report on a ranking."
            ),
            "report_not_signed": _l("Draft the report first. The text you enter there becomes part of it."),
            "draft_incomplete": _l(
                "The draft lacks “%(field)s”, which the scheme calls for. Let another person of the unit review it and add "
                "what is missing."
            ),
            "report_issued": _l("%(unit)s has already issued its report on this ranking."),
            "receipt_not_yours": _l("Only the leading group receives reports."),
            "roll_called": _l("The missing reports on this ranking are already recorded."),
            "report_received": _l("This report has been received already."),
            "no_such_report": _l("There is no such report. Choose one on the ranking's page."),
            "draft_not_yours": _l("Until a report is issued, only its unit and the county office can read it."),
            "no_draft": _l("There is no draft for this. The scheme prescribes no sections that begin with figures."),
            "no_ranking_in_period": _l(
                "There is no ranking in this period yet. A draft uses the figures of the last ranking of the period."
            ),
            "draft_of_another_unit": _l("A draft is for the unit that reports and for the county office."),
            "ledger_not_yours": _l(
                "The ledger and the sheet of a unit are visible to the unit itself and to county-level users."
            ),
            "file_not_yours": _l(
                "The complete file of a household is visible to its village, its town and county-level users."
            ),
            "objection_not_yours": _l("Only towns can object, to their own figures."),
            "objection_too_late": _l("An objection must be made within %(days)s working days of the ranking."),
            "town_not_ranked": _l("Neither your town nor a town that it succeeds is in this ranking."),
            "objection_for_another_town": _l("Your town objects for itself and for towns it succeeds: %(towns)s."),
            "objected_already": _l("The town has already objected to this figure."),
            "ranking_desk_not_yours": _l(
                "The ranking desk is the county office’s; the leading group and the inspectorate look on. Open the ranking itself."
            ),
            "reminder_not_yours": _l("Only the county office reminds units of figures and reports."),
            "nobody_to_remind": _l(
                "Nobody is left to remind today for the ranking of %(day)s: who owes something was reminded today already."
            ),
            "reminded_meanwhile": _l("The units have just been reminded by another user. %(again)s"),
            "answer_not_yours": _l("Objections are answered by the county office."),
            "no_such_objection": _l("There is no such objection. Choose one from the list."),
            "objection_answered": _l("This objection has been answered."),
            "figure_check_not_yours": _l("Drawn figures are checked by the county office and the leading group."),
            "figure_check_of_another": _l("This figure is checked by %(unit)s. Leave it to that unit."),
            "figure_check_own_hand": _l(
                "You reported this figure yourself or made an entry it counts. Leave the check to a colleague."
            ),
            "figure_checked_already": _l("This figure has been checked. Choose another one."),
            "figure_not_drawn": _l("This figure was not drawn from the ranking. Choose one from the list."),
            "found_beyond_whole": _l(
                "The true number reached cannot be larger than the whole, %(whole)s. Correct either."
            ),
            "unknown_measure": _l("There is no measure %(measure)s. Choose one from the list."),
            "counted_from_rows": _l(
                "“%(rule)s” is counted from rows and not reported. Enter or correct the rows: %(kept)s."
            ),
            "figure_of_another_unit": _l("This figure is reported by another unit."),
            "figure_not_yours": _l(
                "The rows behind this figure are visible to the town, the item's bureaus and county-level users."
            ),
            "figure_day": _l(
                "%(day)s cannot be the last day of a figure. Enter a day up to today, in this year or last year."
            ),
            "figure_too_large": _l("%(town)s: the figure may be at most %(most)s. Check the unit it is counted in."),
            "figure_share": _l("%(town)s: enter two whole numbers, the first not larger than the second."),
            "figure_of_nothing": _l(
                "%(town)s: the second number cannot be 0. If there is none here this period, leave both numbers empty and say "
                "why under “None here this period”."
            ),
            "figure_none_and_numbers": _l(
                "%(town)s: numbers and “None here this period” exclude each other. Clear one of them."
            ),
            "figure_none_rows": _l(
                "%(town)s: the system itself counts %(rows)s, so there is some here. Report the figure, or correct the rows first."
            ),
            "figure_corrected_why": _l(
                "%(town)s already has a different figure for this day. Give the reason for the correction."
            ),
            "figure_beyond": _l(
                "%(town)s: %(figure)s (%(whole)s) cannot be more than the %(most)s on record (%(from)s). Enter at most that."
            ),
            "figure_above_rows": _l(
                "%(town)s: %(figure)s is more than the %(rows)s that the system itself counts. Correct it, or give the reason."
            ),
            "figure_below_rows": _l(
                "%(town)s: %(figure)s is far less than the %(rows)s that the system itself counts. Correct it, or give the "
                "reason."
            ),
            "figure_whole_counted": _l(
                "%(town)s: the whole is counted from the register and is %(rows)s. Enter that number."
            ),
            "figure_implausible": _l(
                "%(town)s: %(figure)s is more than the %(rows)s that is usual. Correct it, or give the reason."
            ),
            "figure_magnitude": _l(
                "%(town)s: %(figure)s is of another magnitude than the last figure, %(rows)s. Correct it, or give the reason."
            ),
            "figure_jump": _l(
                "Much has changed since the last figure: %(jumps)s. If that is right, tick the box below and submit again."
            ),
            "pasted_lines": _l(
                "There are %(lines)s lines for %(rows)s rows. Paste one line for each, or lines with names."
            ),
            "pasted_ambiguous": _l(
                "Line %(line)s: several rows of the table are called “%(text)s”; write the town before it, or the code."
            ),
            "pasted_twice": _l("Line %(line)s: “%(text)s” was named before. Leave one line for it."),
            "pasted_line": _l("Line %(line)s, “%(text)s”, does not fit: a name of the table, then whole numbers."),
            "figures_stand": _l(
                "These figures are already recorded. To add files, give the reason for the correction; the "
                "figures are then recorded again."
            ),
            "figure_measure": _l("Your unit reports no figure called “%(measure)s”. Use the names of the blank sheet."),
            "figure_twice": _l("Row %(row)s has the same figure of %(town)s for this day. This row was left out."),
            "figure_differs": _l(
                "Row %(row)s gives %(numbers)s for %(town)s on the same day. Neither was taken; keep the right row."
            ),
            "figures_columns": _l("The first row must name the columns %(columns)s. “%(missing)s” is missing."),
            "figures_too_many": _l("“%(field)s” has more than %(most)s rows. Split it."),
            "not_a_number": _l("“%(field)s” must be a whole number without signs or spaces."),
            "bad_figure": _l("“%(field)s” must be a list of towns, each with town, numerator and denominator."),
        },
    }
)


def term_name(setting: CountyContext, measure: CountyMeasure, term: str) -> str:
    """What a term of a measure counts, in the words of the scheme that ranked."""
    return say(measure.term_text(term, setting.scheme.words))


def part_name(setting: CountyContext, measure: CountyMeasure, part: Literal["of", "to"]) -> str:
    """What the numerator (`of`) or the denominator (`to`) of a measure counts."""
    return say(measure.part_text(part, setting.scheme.words))


def part_label(setting: CountyContext, measure: CountyMeasure, part: Literal["of", "to"]) -> str:
    """What a box for one of a measure's numbers asks for, with its unit."""
    text = part_name(setting, measure, part)
    unit = measure.counted_in
    return _("%(text)s (%(unit)s)", text=text, unit=say(unit)) if unit is not None else text


def part_amount(setting: CountyContext, measure: CountyMeasure, part: Literal["of", "to"], amount: int) -> str:
    """One of a measure's numbers with its unit and what it counts: 30 (poor labourers trained; in people)."""
    text, unit = part_name(setting, measure, part), measure.counted_in
    if unit is None:
        return _("%(text)s (%(unit)s)", text=amounts.grouped(amount), unit=text)
    return _("%(n)s (%(text)s; in %(unit)s)", n=amounts.grouped(amount, unit), unit=amounts.unit_word(unit), text=text)


def term_amount(measure: CountyMeasure, origin: Origin) -> str:
    """The number of one term of a figure, with its unit."""
    whole = origin.term.startswith("reported.") or (origin.part == "to" and measure.whole_counted)
    return amounts.with_unit(origin.count, measure.counted_in if whole else unit_of(origin.term) or measure.counted_in)


def score_text(score: int | None) -> str:
    """A score in hundredths as points; a dash without data."""
    return "–" if score is None else f"{score / 100:.2f}"


def places_text(line: dict[str, Any]) -> str:
    """The places that a town can still take when owed figures come in; empty where it is certain, or it has none."""
    if line.get("best") is None or (line["best"] == line["worst"] and line["place"] is not None):
        return ""
    if line["best"] == line["worst"]:
        return _("rank %(n)s", n=line["best"])
    return _("ranks %(best)s to %(worst)s", best=line["best"], worst=line["worst"])


def places_open(lines: Iterable[dict[str, Any]]) -> bool:
    """Whether any town can still take another place when owed figures come in."""
    return any(places_text(line) for line in lines)


def any_score(lines: Iterable[dict[str, Any]]) -> bool:
    """Whether any town has a score."""
    return any(line["score"] is not None for line in lines)


def coverage_text(line: dict[str, Any]) -> str:
    """The part of the weight that has data; empty where all has, and for rankings that did not count it."""
    share = line.get("coverage", 100)
    return "" if share == 100 else _("on %(n)s%% of the data", n=share)


def own_word_text(share: int) -> str:
    """How much of a town's weight rests on a unit's own word; empty for nothing."""
    return _("%(n)s%% self-reported or provisional", n=share) if share else ""


def resting_text(measure: CountyMeasure) -> str:
    """What a figure without rows rests on, in a sentence; empty where the system counts it."""
    if measure.self_reported:
        return _("Self-reported: the system has no rows to compare it with.")
    if measure.provisional:
        return _("Provisional: entries of the unit that owes the duty, which are confirmed when it ends.")
    return ""


def figure_text(content: dict[str, Any], measure: str, line: dict[str, Any], unit: Text | None = None) -> str:
    """Both numbers of a town's figure (of the county itself: of its measure) counted in `unit`; without data a dash, or that
    there is none."""
    if line["to"]:
        return f"{amounts.grouped(line['of'], unit)} / {amounts.grouped(line['to'], unit)}"
    return _("none here this period") if snapshot.states_none(content, measure, line.get("town")) else "–"


def owed_by_unit(content: dict[str, Any], key: str = "owed") -> dict[str, list[tuple[str, list[str]]]]:
    """By unit the figures it owed and did not report, or (`stated_none`) of which it states that there is none: measure, and
    the towns (none: of the county)."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for entry in content.get(key, ()):
        found.setdefault(entry["unit"], []).append((entry["measure"], entry["towns"]))
    return found
