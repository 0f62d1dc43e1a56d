"""Ticket sources (来源): which source a filing is recorded under, and the document number that belongs to it."""

from datetime import date

from models import Finding
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, NotAllowed
from workflow.inputs import document_of
from workflow.policy.scheme.parts import Source, Text
from workflow.tickets.subjects import the_one

LONGEST_REFERENCE = 100
#: The sources of what a checkup found, by the role that made it.
_OF_CHECKUPS = {"bureau": "matching"}
#: The source of what a random check found, where the scheme has it.
OF_RANDOM_CHECKS = "spot_check"
_NEVER = {("bureau", "household"), ("town", "unit"), ("village", "unit")}


def open_to(setting: CountyContext, actor: Actor, subject: str, kind: str | None = None) -> tuple[Source, ...]:
    """The sources the actor may file from about a `household`, `village` or `unit`, for a kind if one is named.

    A bureau sees of the register only what its work needs, so it files about no household by itself; towns and villages
    file about what lies in them.  A candidate is met as a household is, but whoever lists families by law may name one.
    """
    if subject == "candidate":
        subject = "household"
    elif (actor.role, subject) in _NEVER:
        return ()
    unit = setting.unit(actor.unit_id).code if actor.unit_id is not None else None
    return setting.scheme.sources_for(actor.role, unit, subject, kind)


def subjects_open_to(setting: CountyContext, actor: Actor) -> tuple[str, ...]:
    """The sorts of subject the actor may file about at all."""
    kinds = {sort for kind in setting.scheme.kinds for sort in kind.subjects}
    return tuple(sort for sort in ("household", "village", "unit") if sort in kinds and open_to(setting, actor, sort))


def check_filer(
    setting: CountyContext, actor: Actor, codes: dict[str, str | None], finding: Finding | None = None
) -> None:
    """Check that the actor files about this sort of subject, before it is looked up: a refusal must not tell whether
    it exists.  Raises BadInput, NotAllowed.
    """
    if not any(actor.role in source.filers for source in setting.scheme.sources):
        raise NotAllowed("may_not_file")
    subject, _ = the_one(codes)
    if finding is None and not open_to(setting, actor, subject):
        raise NotAllowed("may_not_file_about", subject=subject)


def chosen(
    setting: CountyContext,
    actor: Actor,
    subject: str,
    kind: str,
    wanted: str | None,
    finding: Finding | None = None,
    *,
    drawn: bool = False,
) -> str:
    """The code of the source: the wanted one, else the first that is open to the actor.

    What a checkup found is recorded as such; with `drawn`, as what a random check found.  Raises NotAllowed where none is
    open, BadInput for another one.
    """
    if finding is not None and drawn:
        return OF_RANDOM_CHECKS if any(each.code == OF_RANDOM_CHECKS for each in setting.scheme.sources) else "visit"
    if finding is not None:
        return _OF_CHECKUPS.get(actor.role, "visit")
    choices = open_to(setting, actor, subject, kind)
    if not choices and open_to(setting, actor, subject):
        name, own = setting.scheme.kind(kind).name, setting.scheme.figures.kind == kind
        code = "kind_from_rows" if own else "kind_not_open"
        raise BadInput(code, "kind" if wanted is None else "source", rule_zh=name.zh, rule_en=name.en)
    if not choices:
        raise NotAllowed("may_not_file_about", subject=subject)
    if wanted is None:
        return choices[0].code
    if wanted not in {source.code for source in choices}:
        raise BadInput("source_not_open", "source", source=wanted[:64])
    return wanted


def checked_reference(
    setting: CountyContext, source: str, text: str, today: date, finding: Finding | None = None
) -> str:
    """The number of the document that a filing on the day `today` rests on; what a checkup found rests on its record.

    Raises BadInput where the source requires one, or for one that names no document or is too long.
    """
    definition = next((each for each in setting.scheme.sources if each.code == source), None)
    if text.strip():
        try:
            return document_of("reference", text, today, LONGEST_REFERENCE)
        except BadInput as error:
            # Only some sources rest on a document with its 文号; the others call their number by their own word.
            if error.code != "not_a_document" or definition is None or definition.number is None:
                raise
            raise BadInput("reference_not_a_number", "reference", **error.params, **_number(definition)) from error
    if definition is None or not definition.reference:
        return ""
    if finding is not None:
        return f"核查记录{finding.seen_on.year}-{finding.checkup_id}号"
    raise BadInput("reference_missing", "reference", source=definition.code, **_number(definition))


def _number(source: Source) -> dict[str, str]:
    """What the source calls its number, in both languages."""
    number = source.number or Text(zh="文号", en="document number")
    return {"number_zh": number.zh, "number_en": number.en}
