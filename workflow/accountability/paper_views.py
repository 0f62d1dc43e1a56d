"""Paper views: one paper, the papers of a ticket, and lists.

Readers of a ticket see its papers; a former holder those issued before its exit with the acts until then.  The
addressed unit always sees its paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models import Event, Paper, PaperAct, PaperCommitment, PaperPending, Ticket, User
from models.custody import FIRST_PAPER
from models.paper import ENDS
from workflow.accountability.replies import commitments
from workflow.actors import Actor
from workflow.county.leaders import InOffice
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.history.standing_in import names
from workflow.inputs import storable, whole
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.tickets.name_veil import Veil, unveiled, veil
from workflow.tickets.visibility import COUNTY_WIDE, cut_at, masks_names, sees

#: The states of a paper: its end, else its latest act.
STANDINGS = ("issued", "received", "answered", "returned", *ENDS)
#: The rungs that are papers, and the other filters of a list.
RUNGS = range(FIRST_PAPER, 6)
SORTS = ("open", "late", "ended")


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper and its ticket with the acts visible to the reader (the last of each kind, and all in order), its
    commitments, the names of the actors, and the masking of texts."""

    paper: Paper
    ticket: Ticket
    acts: dict[str, PaperAct]
    course: list[PaperAct]
    commitments: list[PaperCommitment]
    people: dict[int, str]
    #: Who was away where a deputy acted, by act and round.
    away: dict[tuple[str, int], str]
    veil: Veil
    cut_at: datetime | None
    #: The account and name of the leader by the posts on record when it was issued; the paper keeps the name it prints.
    led: tuple[int, str] | None

    @property
    def standing(self) -> str:
        return standing(self.acts)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of a list: the paper and its state."""

    paper: Paper
    acts: dict[str, PaperAct]

    @property
    def standing(self) -> str:
        return standing(self.acts)


def standing(acts: dict[str, PaperAct]) -> str:
    """One of STANDINGS."""
    if "end" in acts:
        return str(acts["end"].how)
    if "return" in acts and acts["return"].round >= acts["answer"].round:
        return "returned"
    return "answered" if "answer" in acts else "received" if "receipt" in acts else "issued"


def find(session: Session, actor: Actor, number: str) -> tuple[Paper, datetime | None]:
    """The paper with this number, and up to when a former holder reads it.  Raises NotFound."""
    wanted = select(Paper).where(Paper.number == number)
    paper = session.scalars(wanted).one_or_none() if storable(number) and len(number) <= 32 else None
    if paper is None or actor.role == "admin":
        raise NotFound("no_such_paper")
    if actor.is_of(paper.unit_id) and actor.role != "village":
        return paper, None
    ticket = session.get_one(Ticket, paper.ticket_id)
    if not sees(actor, ticket, session):
        raise NotFound("no_such_paper")
    cut = cut_at(actor, ticket, session)
    if cut is not None and paper.issued_at > cut:
        raise NotFound("no_such_paper")
    return paper, cut


def paper_view(session: Session, actor: Actor, number: str) -> PaperView:
    """The paper with this number as the actor may see it.  Raises NotFound."""
    paper, cut = find(session, actor, number)
    course = [act for act in _acts(session, [paper]) if cut is None or act.effective_at <= cut]
    acts = {act.act: act for act in course}
    promised = [row for row in commitments.of_paper(session, paper.id) if row.act_id in {act.id for act in course}]
    ids = {act.by_id for act in course} | {paper.issued_by_id}
    people = session.execute(select(User.id, User.display_name).where(User.id.in_([one for one in ids if one])))
    away = _stood_in(session, paper)
    hide = masks_names(actor, cut is not None)
    ticket = session.get_one(Ticket, paper.ticket_id)
    shown = veil(session, [ticket]) if hide else unveiled
    led = InOffice(session, [paper.unit_id]).leader(paper.unit_id, paper.issued_at)
    called = {row[0]: row[1] for row in people}
    return PaperView(paper, ticket, acts, course, promised, called, away, shown, cut, led)


def recorded_acts(event: Event, number: str) -> list[dict[str, Any]]:
    """The acts on the paper with this number recorded in an event of its ticket; the first is `issued`."""
    issued = event.effect.get("paper")
    first = []
    if isinstance(issued, dict) and issued.get("number") == number:
        first = [{"act": "issued", "how": None, "by": issued["issued_by_id"], "effective_at": issued["issued_at"]}]
    return first + [entry for entry in event.effect.get("papers") or () if entry["paper"] == number]


def _stood_in(session: Session, paper: Paper) -> dict[tuple[str, int], str]:
    """Whose work the acts on the paper were, where a deputy did them: the act's row keeps the deputy alone."""
    events = session.scalars(
        select(Event).where(
            Event.subject_type == "ticket", Event.subject_id == paper.ticket_id, Event.at >= paper.issued_at
        )
    )
    deputies = [event for event in events if event.given.get("in_stead_of") is not None]
    called = names(session, (event.given["in_stead_of"] for event in deputies))
    return {
        (entry["act"], entry.get("round", 1)): called[event.given["in_stead_of"]]
        for event in deputies
        for entry in recorded_acts(event, paper.number)
        if entry["by"] is not None
    }


def of_ticket(session: Session, ticket_id: int, cut: datetime | None) -> dict[str, str]:
    """The states of a visible ticket's papers, by number."""
    papers = session.scalars(select(Paper).where(Paper.ticket_id == ticket_id).order_by(Paper.id)).all()
    seen = [paper for paper in papers if cut is None or paper.issued_at <= cut]
    return {line.paper.number: line.standing for line in _paper_lines(session, seen, cut)}


@dataclass(frozen=True, slots=True)
class PaperFilters:
    """The filters of the list; `which` is one of SORTS: `late` papers are open past their demand; `q`: part of the number."""

    rung: str | None = None
    which: str | None = None
    unit: str | None = None
    q: str | None = None


EVERY_PAPER = PaperFilters()


def list_papers(
    session: Session,
    actor: Actor,
    now: datetime,
    wanted: PaperFilters = EVERY_PAPER,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PaperLine]:
    """Papers, the latest first: the county's for its overseers, for a unit those addressed to it.

    A `late` paper is open past its demand or past the day of a commitment.  Raises NotAllowed or BadInput.
    """
    if actor.role not in (*COUNTY_WIDE, "town", "bureau"):
        raise NotAllowed("papers_not_yours")
    limit = max(1, min(limit, MOST))
    query = select(Paper)
    if actor.role not in COUNTY_WIDE:
        query = query.where(actor.own(Paper.unit_id))
    elif wanted.unit:
        query = query.where(Paper.unit_id == find_unit(session, wanted.unit).id)
    if wanted.rung:
        number = whole(wanted.rung)
        if number not in RUNGS:
            raise BadInput("unknown_rung", "rung")
        query = query.where(Paper.rung == number)
    if wanted.q:
        query = query.where(Paper.number.contains(wanted.q, autoescape=True))
    query = _narrowed(query, now, wanted.which)
    if cursor is not None:
        (before,) = read_cursor(cursor, int)
        query = query.where(Paper.id < before)
    papers = session.scalars(query.order_by(Paper.id.desc()).limit(limit + 1)).all()
    lines = _paper_lines(session, papers[:limit], None)
    return Page(lines, cursor_of([papers[limit - 1].id]) if len(papers) > limit else None)


def _narrowed(query: Select[Paper], now: datetime, which: str | None) -> Select[Paper]:
    if not which:
        return query
    if which not in SORTS:
        raise BadInput("unknown_standing", "state")
    # Read from pending papers, so the cost depends on open papers only.
    is_open = select(PaperPending.paper_id).where(PaperPending.open)
    if which == "ended":
        return query.where(Paper.id.not_in(is_open))
    query = query.where(Paper.id.in_(is_open))
    past = or_(Paper.demand_due_at < now, Paper.id.in_(commitments.late_papers(now)))
    return query.where(past) if which == "late" else query


def _paper_lines(session: Session, papers: Iterable[Paper], cut: datetime | None) -> list[PaperLine]:
    rows = list(papers)
    acts: dict[int, dict[str, PaperAct]] = {}
    for act in _acts(session, rows):
        if cut is None or act.effective_at <= cut:
            acts.setdefault(act.paper_id, {})[act.act] = act
    return [PaperLine(paper, acts.get(paper.id, {})) for paper in rows]


def _acts(session: Session, papers: list[Paper]) -> Iterable[PaperAct]:
    if not papers:
        return []
    wanted = select(PaperAct).where(PaperAct.paper_id.in_([paper.id for paper in papers])).order_by(PaperAct.id)
    return session.scalars(wanted).all()
