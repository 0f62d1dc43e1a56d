"""Turn of the year: what it does, line by line, for page and command line; the reminder's and the errors' sentences."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import on_day
from web.words.labels import add, label
from web.words.language import chinese, say
from workflow.adoption.year_turn import YearTurn
from workflow.county.context import CountyContext
from workflow.policy.ranking_days import ranking_days
from workflow.tickets.consequences.duty_tickets import OwedDuty

add(
    {
        "year.crossing": {
            "tickets": _l("open tickets"),
            "duties": _l("open duties"),
            "papers": _l("open papers"),
            "cases": _l("open cases"),
        },
        "error": {
            "year_fixed": _l(
                "The assessment year is fixed to %(year)s in the settings of this system. Have the setting removed, and prepare "
                "the year then."
            ),
            "year_too_early": _l("It is too early to prepare %(year)s. Come back from month %(month)s on."),
            "year_prepared": _l(
                "%(year)s is prepared already: it begins on %(day)s. To change it, revoke that adoption before its day."
            ),
            "year_changed": _l("The scheme or the day has changed since you looked. Read the preview again."),
        },
    }
)


_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class Part:
    """One subject of the preview and its lines."""

    title: str
    lines: list[str]


def parts(
    wanted: YearTurn, setting: CountyContext, opening: tuple[Sequence[OwedDuty], Sequence[OwedDuty]]
) -> list[Part]:
    """What the turn of the year does, subject by subject; `opening` as `duty_opening.of_year` gives it."""
    return [
        part
        for part in (
            Part(_("Still needed"), [_need(code, wanted.year) for code in wanted.needs] + _dated(wanted, opening)),
            Part(_("Duties"), _duties(wanted, setting, opening)),
            Part(_("Quotas and incomes"), _lists(wanted)),
            Part(_("Rankings"), _rankings(wanted)),
            Part(_("Numbers"), _numbers(wanted)),
            Part(_("What is open crosses over"), _crossing(wanted)),
        )
        if part.lines
    ]


def reminded(why: str, year: int) -> str:
    """The sentence of the office's reminder (`year_turn.reminder`)."""
    return {
        "missing": _("%(year)s is not prepared yet. Without it no duty of that year is opened.", year=year),
        "late": _(
            "%(year)s has begun and is not prepared: none of its duties is open, and rankings count the old year.",
            year=year,
        ),
        "outdated": _(
            "A scheme was adopted after %(year)s was prepared, and would end with the old year. Revoke the adoption for "
            "%(year)s and prepare the year again.",
            year=year,
        ),
    }[why]


def _need(code: str, year: int) -> str:
    if code == "average":
        return _(
            "The scheme has no average of income of %(year)s: no income can be compared in it. Adopt a scheme that has it; it "
            "may be adopted later.",
            year=year,
        )
    return _(
        "The notice of working days for %(year)s is not entered: its dates are provisional until it is.", year=year
    )


def _dated(wanted: YearTurn, opening: tuple[Sequence[OwedDuty], Sequence[OwedDuty]]) -> list[str]:
    """The duties whose names speak of an earlier year."""
    names = dict.fromkeys(say(owed.duty.name) for part in opening for owed in part)
    dated = [name for name in names if any(int(year) < wanted.year for year in _YEAR.findall(name))]
    if not dated:
        return []
    named = ("、" if chinese() else "; ").join(dated)
    return [
        _(
            "The names of these duties speak of an earlier year: %(duties)s. Adopt a scheme that renames them.",
            duties=named,
        )
    ]


def _duties(
    wanted: YearTurn, setting: CountyContext, opening: tuple[Sequence[OwedDuty], Sequence[OwedDuty]]
) -> list[str]:
    begun, later = opening
    if not begun and not later:
        return []
    count = Counter(owed.duty.code for owed in begun)
    named = {owed.duty.code: say(owed.duty.name) for owed in begun}
    return [
        _(
            "Opened on %(day)s: %(n)s; later in the year: %(later)s; those that follow another open after it.",
            n=len(begun),
            day=on_day(wanted.from_day),
            later=len(later),
        ),
        *(_("%(duty)s: %(n)s units", duty=named[code], n=n) for code, n in count.items()),
    ]


def _lists(wanted: YearTurn) -> list[str]:
    return [
        _(
            "Targets of the scheme hold for %(year)s as for %(before)s, until another scheme is adopted.",
            year=wanted.year,
            before=wanted.before,
        ),
        _(
            "The list of houses and the villages' incomes of %(year)s begin empty; those of %(before)s stay.",
            year=wanted.year,
            before=wanted.before,
        ),
    ]


def _rankings(wanted: YearTurn) -> list[str]:
    first = next(ranking_days(wanted.scheme.ranking, wanted.from_day, date(wanted.year, 12, 31)), None)
    if first is None:
        return []
    return [
        _("They count from 1 January %(year)s on; the first one is on %(day)s.", year=wanted.year, day=on_day(first))
    ]


def _numbers(wanted: YearTurn) -> list[str]:
    lines = [
        _(
            "Documents of %(year)s are numbered from 1; tickets go on, with the new year before their number.",
            year=wanted.year,
        )
    ]
    if wanted.renumbered:
        lines.append(
            _(
                "In %(before)s these went on from an earlier register: %(units)s.",
                before=wanted.before,
                units=("、" if chinese() else ", ").join(wanted.renumbered),
            )
        )
    return lines


def _crossing(wanted: YearTurn) -> list[str]:
    counted = [f"{label('year.crossing', code)} {n}" for code, n in wanted.crossing.items() if n]
    if not counted:
        return []
    return [
        " · ".join(counted),
        _("They keep their deadlines and stay under the version of %(before)s.", before=wanted.before),
    ]
