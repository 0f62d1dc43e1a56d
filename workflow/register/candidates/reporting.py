"""Candidate reports: the one function by which a family that is not registered gets its row and its ticket.

The ticket has deadlines, ladder and history as any other; only its subject is a candidate and it ends in a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Candidate, Household, Ticket, Unit, Village
from models import CandidatePerson as PersonRow
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county import in_force
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.county.vault import Vault, mask_id, mask_phone
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.policy.counted_people import labour_of
from workflow.policy.scheme.model import Limits
from workflow.policy.scheme.parts import Source
from workflow.policy.scheme.thresholds import Candidates
from workflow.register.candidates.candidate_matching import KnownFamilies, Match, Named, find_match
from workflow.register.candidates.report_input import (
    CandidatePerson,
    CandidateReport,
    Checked,
    Consent,
    check_people,
    check_place,
    check_seen,
    consent_in,
    numbered,
)
from workflow.register.lives.relations import HEAD
from workflow.register.names.pinyin import initials
from workflow.tickets import filing, sources
from workflow.tickets.actions import assignment
from workflow.tickets.consequences import candidate_verdicts
from workflow.tickets.subjects import Subject
from workflow.tickets.visibility import sees

__all__ = ["CandidatePerson", "CandidateReport", "Reported", "report_candidate"]
#: Roles that report a family: those who meet it, and those whose lists name it.
REPORTERS = ("village", "town", "bureau", "office")


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported candidate with its ticket; `filed` is what showing the ticket needs."""

    candidate: Candidate
    ticket: Ticket
    filed: filing.Filed


def report_candidate(session: Session, actor: Actor, now: datetime, vault: Vault, given: CandidateReport) -> Reported:
    """Report a family that is not registered (notice item 17; 中农组发〔2021〕7号, 应纳尽纳).

    Raises NotAllowed; NotFound for a village beyond the actor's own; BadInput with the field at fault; WrongState where
    the scheme has no candidates; Duplicate for a family that is on the register (`candidate_registered`) or reported
    already (`candidate_open`).
    """
    return Reporter(session, actor, now, vault).report(given)


class Reporter:
    """Reports families in one transaction: whoever reports many at once reads what all of them need once.

    Raises NotAllowed; WrongState where the scheme has no candidates.
    """

    def __init__(self, session: Session, actor: Actor, now: datetime, vault: Vault) -> None:
        if actor.role not in REPORTERS:
            raise NotAllowed("may_not_report_candidates")
        in_force.settle(session, now)
        self._session, self._actor, self._now, self._vault = session, actor, now, vault
        self._setting = county_context(session, hold=True)
        self._rule = rule_of(self._setting)
        self._villages: dict[str, Village] = {}
        self._known: KnownFamilies | None = None

    def expect(self, families: Sequence[tuple[Sequence[Named], str]]) -> None:
        """Look the families that will be reported up at once: the people of each, and the code of its village."""
        # Villages are locked in one order; whoever reports in one of them meanwhile waits, and is seen by then.
        for code in sorted({code for _, code in families}):
            self.village(code)
        placed = [(people, self.village(code).id) for people, code in families]
        self._known = KnownFamilies(self._session, self._vault, placed)

    def village(self, code: str) -> Village:
        """The village, held until the end of the transaction.  Raises NotFound, BadInput (`find_village`)."""
        if code not in self._villages:
            self._villages[code] = find_village(self._session, self._actor, code)
        return self._villages[code]

    def match(self, people: Sequence[Named], village: Village) -> Match | None:
        """The household or open candidate that the people are."""
        if self._known is None:
            return find_match(self._session, self._vault, people, village.id)
        return self._known.match(people, village.id)

    def looking_again(self) -> "Reporter":
        """The same reporter, which looks each family up as it is by then."""
        return Reporter(self._session, self._actor, self._now, self._vault)

    def report(self, given: CandidateReport) -> Reported:
        """Report one family.  Raises as `report_candidate`."""
        village = self.village(given.village)
        people, consent = check_people(given, self._now), consent_in(given, self._actor, self._now)
        (address, phone), seen = check_place(given), check_seen(given)
        offered = sources.open_to(self._setting, self._actor, "candidate", self._rule.kind)
        if not offered:
            raise NotAllowed("may_not_report_candidates")
        if not given.source and chooses_source(self._actor, offered):
            raise BadInput("missing", "source")
        match = self.match(people, village)
        if match is not None:
            raise _known(self._session, self._actor, match)
        row, rows = _write(self._session, self._vault, people, consent, address, phone)
        town = self._setting.unit(village.town_id)
        subject = Subject(None, None, None, town, village, row, labour_of(each.labour for each in people))
        deficiency = filing.Deficiency(
            village=village.code, kind=self._rule.kind, description=seen, source=given.source, reference=given.reference
        )
        record = {
            "effect": {"candidate": {**candidate_verdicts.payload(row), "people": len(rows)}},
            "private": {"candidate": candidate_verdicts.words(row, rows)},
        }
        filed = filing.file_candidate(self._session, self._setting, self._actor, self._now, subject, deficiency, record)
        if self._known is not None:
            self._known.add(row.id, people, village.id)
        return Reported(row, filed.ticket, filed)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What reporting brings about: the working days of each stage, and the unit that judges."""

    limits: Limits
    judge: UnitFact


def outlook(setting: CountyContext, actor: Actor) -> Outlook:
    """What a report of this actor brings about, whichever family it is.  Raises WrongState."""
    kind = rule_of(setting).kind
    town = next(unit for unit in setting.living if unit.type == "town")
    about = assignment.About(town, None, actor.unit_id, judged=True)
    judge = assignment.destination(setting, kind, "", "unknown", about).confirmer
    return Outlook(setting.scheme.limits_for(kind, False), judge)


def rule_of(setting: CountyContext) -> Candidates:
    """The scheme's rule about candidates.  Raises WrongState where it has none."""
    if setting.scheme.candidates is None:
        raise WrongState("candidates_not_in_scheme")
    return setting.scheme.candidates


def chooses_source(actor: Actor, offered: Sequence[Source]) -> bool:
    """Whether the reporter says which of the offered sources it was.

    A village or town meets its families, so its first source is true of most reports.  A bureau and the office learn of a
    family from lists, letters and calls: whatever stood there unchosen would often be untrue.
    """
    return len(offered) > 1 and actor.role in ("bureau", "office")


def find_village(session: Session, actor: Actor, text: str) -> Village:
    """The village with this code, or the only living one with this name, its town's name before it or not, where the
    actor may report; it cannot end meanwhile.

    Raises NotFound; BadInput for one that has ended (`village_has_ended`) or several of a name (`village_of_several`).
    """
    ids = _villages_meant(session, actor, text.strip())
    if len(ids) > 1:
        raise BadInput("village_of_several", "village", village=text.strip()[:64])
    query = select(Village).where(Village.id.in_(ids))
    village = session.scalars(query.with_for_update(key_share=True)).one_or_none()
    if village is None:
        raise NotFound("no_such_subject", "village", code=text.strip()[:64])
    if village.successor_id is not None:
        heir = session.get_one(Village, village.successor_id)
        raise BadInput("village_has_ended", "village", village=village.name, successor=heir.name)
    return village


def _villages_meant(session: Session, actor: Actor, text: str) -> list[int]:
    """The villages within the actor's reach that a code or a name means; living ones before those that have ended."""
    query = select(Village.id, Village.code, Village.ended_on).join(Unit, Unit.id == Village.town_id)
    query = query.where(
        or_(Village.code == text, Village.name == text, Unit.name + Village.name == text),
        Village.withdrawn_at.is_(None),
    )
    if actor.role == "village":
        query = query.where(Village.id == actor.village_id)
    elif actor.role == "town":
        query = query.where(Village.town_id == actor.unit_id)
    rows = session.execute(query.order_by(Village.id)).all()
    by_code = [row.id for row in rows if row.code == text]
    living = [row.id for row in rows if row.ended_on is None]
    return by_code or living or [row.id for row in rows]


def _known(session: Session, actor: Actor, match: Match) -> Duplicate:
    """What the reporter is told of a family that is known: its code or ticket, but to a bureau, which may not learn who
    is on the register, only that."""
    field = numbered("id_number" if match.by == "id_number" else "name", match.position)
    if match.household_id is not None:
        home, village = session.execute(
            select(Household, Village)
            .join(Village, Village.id == Household.village_id)
            .where(Household.id == match.household_id)
        ).one()
        near = actor.role == "office" or (
            actor.is_of(village.town_id) if actor.role == "town" else actor.is_of_village(village.id)
        )
        if actor.role == "bureau" or not near:
            return Duplicate("candidate_known", field)
        return Duplicate("candidate_registered", field, code=home.code)
    ticket = session.scalars(select(Ticket).where(Ticket.candidate_id == match.candidate_id)).one()
    if not sees(actor, ticket, session):
        return Duplicate("candidate_known", field)
    return Duplicate("candidate_open", field, number=ticket.number)


def _write(
    session: Session, vault: Vault, people: list[Checked], consent: Consent | None, address: str, phone: str | None
) -> tuple[Candidate, list[PersonRow]]:
    head = people[0]
    row = Candidate(
        head_name=head.name,
        initials=initials(head.name),
        address=address,
        phone_sealed=vault.seal(phone) if phone else None,
        phone_index=vault.index(phone) if phone else None,
        phone_masked=mask_phone(phone) if phone else None,
        consent_by=consent.by if consent else "",
        consent_on=consent.on if consent else None,
        consent_how=consent.how if consent else None,
    )
    session.add(row)
    session.flush()
    rows = [
        PersonRow(
            candidate_id=row.id,
            position=at + 1,
            name=person.name,
            relation=person.relation if at else HEAD,
            id_sealed=vault.seal(person.id_number) if person.id_number else None,
            id_index=vault.index(person.id_number) if person.id_number else None,
            id_masked=mask_id(person.id_number) if person.id_number else None,
            sex=person.sex,
            born_on=person.born_on,
            labour=person.labour,
        )
        for at, person in enumerate(people)
    ]
    session.add_all(rows)
    with refused_as(Duplicate("candidate_known", "id_number"), "uq_candidate_person_open"):
        session.flush()
    return row, rows
