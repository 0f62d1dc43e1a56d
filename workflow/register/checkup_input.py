"""Checkup input: checks source, day, findings and requested tickets before anything is written.

Every refusal names the field and the remedy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from models.checkup import RESULTS
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.inputs import name_of, remark_of
from workflow.policy.scheme.model import Have
from workflow.policy.worktime import local_date
from workflow.register.access import own_haves
from workflow.register.income import Judgement

#: The sources allowed per role: visits and the household's own word for village, town and office.
SOURCES_OF: Mapping[str, tuple[str, ...]] = {
    "village": ("visit", "household"),
    "town": ("visit", "household"),
    "bureau": ("matching",),
    "office": ("visit", "matching", "household"),
}
#: The sources that rest on a visit, which gives a result for every have.
ON_THE_SPOT = ("visit", "random")


class Found(NamedTuple):
    """The result for one have; the cause (of the have's kind) only when unmet."""

    result: str
    cause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupInput:
    """A checkup as submitted: `seen_on` is a day in China; `source` visit, matching or household, by default the one
    of the actor's role; `file` the unmet haves for which a ticket is filed; `once` a token that makes repeats harmless.
    """

    seen_on: date | str | None
    findings: Mapping[str, Found]
    source: str | None = None
    present: str = ""
    note: str = ""
    file: Iterable[str] = ()
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One checkup to be written."""

    source: str
    seen_on: date
    present: str
    note: str
    findings: dict[str, Found]
    file: tuple[str, ...]


def check_report(
    setting: CountyContext,
    actor: Actor,
    now: datetime,
    given: CheckupInput,
    income: Judgement | None,
    *,
    random: bool = False,
) -> Report:
    """The checked report of a checkup; `random`: of a random check, whatever source is named.

    `income` is the computed rule of the household, from which its finding follows.  A cadre may report that it has
    become worse than the register knows, never better.  Raises NotAllowed or BadInput.
    """
    wanted = "random" if random else _source(actor, given.source)
    haves, mine = {have.code: have for have in setting.scheme.haves}, own_haves(setting, actor)
    checked = {}
    for code, finding in given.findings.items():
        have = haves.get(code)
        if have is None:
            raise BadInput("have_unknown", "findings", have=str(code)[:64])
        if code not in mine:
            raise NotAllowed("have_not_yours", "findings", have=code)
        checked[code] = _finding(setting, have, finding)
    rule = setting.scheme.exit.income
    if wanted in ON_THE_SPOT:
        _check_complete(setting, mine - {rule.have if rule else ""}, checked)
    if rule is not None and income is not None and (wanted in ON_THE_SPOT or rule.have in checked):
        _compute(rule.have, income, checked)
    if not checked:
        raise BadInput("nothing_found", "findings")
    asked = tuple(dict.fromkeys(given.file))
    for code in asked:
        if code not in haves:
            raise BadInput("have_unknown", "file", have=str(code)[:64])
        if code not in checked or checked[code].result != "unmet":
            raise BadInput("file_not_unmet", "file", have=code)
    return Report(
        wanted,
        _checkup_day(setting, given.seen_on, now),
        # The household's file prints who was present.
        name_of("present", given.present, 200) if given.present.strip() else "",
        remark_of("note", given.note) if given.note.strip() else "",
        checked,
        asked,
    )


def _source(actor: Actor, wanted: str | None) -> str:
    allowed = SOURCES_OF.get(actor.role, ())
    if not allowed:
        raise NotAllowed("may_not_check")
    source = wanted or allowed[0]
    if source not in SOURCES_OF["office"]:
        raise BadInput("unknown_source", "source", source=source[:40])
    if source not in allowed:
        raise NotAllowed("source_not_yours", "source")
    return source


def _check_complete(setting: CountyContext, asked: frozenset[str], checked: Mapping[str, Found]) -> None:
    """A visit must give a result for every have that applies to all; computed ones are not asked."""
    wanted = [have for have in setting.scheme.haves if have.code in asked and not have.optional]
    left = [have.name for have in wanted if have.code not in checked]
    if left:
        raise BadInput(
            "haves_left_out",
            "findings",
            names_zh="、".join(name.zh for name in left),
            names_en=", ".join(name.en for name in left),
        )


def _finding(setting: CountyContext, have: Have, finding: Found) -> Found:
    result, cause, note = finding
    if result not in RESULTS:
        raise BadInput("unknown_result", "findings", have=have.code)
    if result == "not_applicable" and not have.optional:
        raise BadInput("not_optional", "findings", have=have.code)
    if cause and result != "unmet":
        raise BadInput("cause_only_unmet", "findings", have=have.code)
    kind = setting.scheme.kind_of_have(have.code)
    if cause and (kind is None or all(one.code != cause for one in kind.causes)):
        raise BadInput("cause_unknown", "findings", kind=have.code, cause=cause[:64])
    return Found(result, cause, remark_of("note", note) if note.strip() else "")


def _compute(have: str, income: Judgement, checked: dict[str, Found]) -> None:
    seen = checked.pop(have, None)
    if seen is not None and seen.result == "unmet":
        checked[have] = seen
    elif income.result != "unknown":
        checked[have] = Found(income.result, "", seen.note if seen else "")


def _checkup_day(setting: CountyContext, value: date | str | None, now: datetime) -> date:
    if value is None or value == "":
        raise BadInput("missing", "seen_on")
    if isinstance(value, datetime) or not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise BadInput("not_a_date", "seen_on") from error
    today, most = local_date(now), setting.scheme.exit.evidence_days
    if value > today:
        raise BadInput("date_in_future", "seen_on")
    # Evidence too old for the gate proves nothing, and an old day could only conflict with later findings.
    if value < today - timedelta(days=most):
        raise BadInput("seen_too_long_ago", "seen_on", days=most)
    return value
