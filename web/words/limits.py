"""Limits (时限): the usual working days of a stage for a kind, and the law or paper that they rest on, as pages show them."""

from dataclasses import dataclass

from flask_babel import gettext as _

from web.words.labels import label
from web.words.language import chinese, colon, say
from workflow.county.context import CountyContext

#: The stages that have limits, in the order of a ticket's way.
_STAGES = ("vet", "supplement", "accept", "mend", "rule", "confirm")


@dataclass(frozen=True, slots=True)
class LimitLine:
    """The limit for resolving one kind: working days, normal and urgent, and what the limits rest on."""

    kind: str
    days: str
    bases: list[str]


def limit_basis(setting: CountyContext, kind: str, stage: str, urgent: object = False) -> list[str]:
    """The sentences on what the limit of a ticket's stage rests on; none for a kind of an earlier scheme."""
    duty = setting.scheme.duties.by_code.get(kind)
    if duty is not None:
        paper = setting.scheme.cited
        return [
            _("Basis: item %(n)s of %(paper)s.", n=duty.item, paper=paper)
            if duty.item
            else _("Basis: %(paper)s.", paper=paper)
        ]
    found = next((each for each in setting.scheme.kinds if each.code == kind), None)
    if found is None or stage not in _STAGES:
        return []
    days = getattr(setting.scheme.limits_for(kind, bool(urgent)), stage)
    usual = _("Usual limit of this stage: %(n)s working days.", n=days)
    texts = [say(basis.text) for basis in found.bases if basis.stage == stage]
    return [usual, _("Basis: %(paper)s.", paper=_joined(texts) if texts else _own())]


def limit_lines(setting: CountyContext) -> list[LimitLine]:
    """The limits for resolving every kind with their bases, for the page of the scheme."""
    lines = []
    for kind in setting.scheme.kinds:
        normal, urgent = (setting.scheme.limits_for(kind.code, each).mend for each in (False, True))
        days = _("%(n)s (urgent %(urgent)s)", n=normal, urgent=urgent)
        bases = [
            say(basis.text)
            if basis.stage == "mend"
            else f"{label('ticket.stage', basis.stage)}{colon()}{say(basis.text)}"
            for basis in kind.bases
        ]
        lines.append(LimitLine(say(kind.name), days, bases or [_own()]))
    return lines


def usual_limits(setting: CountyContext) -> str:
    """The scheme's limits of the other stages, which hold for every kind without its own."""
    limits = setting.scheme.limits.normal
    parts = [
        _("%(stage)s %(n)s working days", stage=label("ticket.stage", stage), n=getattr(limits, stage))
        for stage in _STAGES
        if stage != "mend"
    ]
    return _joined(parts)


def _own() -> str:
    return _("set by the county in its scheme, no law is cited")


def _joined(parts: list[str]) -> str:
    return ("；" if chinese() else "; ").join(parts)
