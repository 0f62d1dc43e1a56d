"""Simulated counties: their schemes with few duties, how one is made, and what is sought in the slack one."""

import random
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    AccountabilityCase,
    BulkLine,
    Candidate,
    Charge,
    Custody,
    Escalation,
    Event,
    PaperAct,
    Reform,
    TimeRequest,
    Unit,
)
from models.engine import writing
from simulation import demo
from simulation.daily_life import CALM
from simulation.demo import Scale
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from web.auth import HASHER
from workflow.accountability.cases.case_lifecycle import STATES
from workflow.adoption.scheme_storing import install
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

OTHER, SCHEME = map(shipped_scheme, SCHEMES)
#: A Friday after the close of the last quarter of the day.
NOW = datetime(2018, 12, 14, 18, 0, tzinfo=SHANGHAI)
#: Of each sort of duty one or two: by the day, the quarter, the year, counted, filled in, one step after another.
FEW_DUTIES = {
    "joint_meeting",
    "joint_archive",
    "haves_mended",
    "training",
    "performance",
    "incidents",
    "income_survey",
    "study_days_county",
    "yearly_report",
}


def with_few_duties() -> Scheme:
    """The county's scheme without most of the towns' duties: a tenth of the rows."""
    content = SCHEME.model_dump(mode="json")
    content["duties"]["list"] = [duty for duty in content["duties"]["list"] if duty["code"] in FEW_DUTIES]
    content["county_measures"] = [one for one in content["county_measures"] if FEW_DUTIES.issuperset(one["duties"])]
    return Scheme.model_validate(content)


SMALL = with_few_duties()
#: A county in which half of the units let things lie, so that whatever can come of it comes of it.
SLACK = {"bureau": 14, "town": 6}


@dataclass
class Lived:
    """A simulated county, and what its demo printed."""

    engine: Engine
    files: Path
    passwords: list[tuple[str, str, str]]
    progress: list[tuple[int, int]]


@contextmanager
def lived(
    request: pytest.FixtureRequest,
    kind: str,
    folder: Path,
    *,
    seed: int = 1,
    days: int = 15,
    households: int = 240,
    scheme: Scheme = SMALL,
    slow: Mapping[str, int] = CALM,
    now: datetime = NOW,
) -> Iterator[Lived]:
    """Simulates a county on a database of the kind for so many days before `now`."""
    with fresh_database(request, kind) as url, pytest.MonkeyPatch.context() as patch:
        engine = engine_at(url)
        progress: list[tuple[int, int]] = []
        with writing(engine) as session:
            install(session, scheme, 2018, now - timedelta(days=days + 1))
        # Salts are seeded as well: a month's draw depends on the hashes of its blocks.
        salts = random.Random(seed)
        patch.setattr(secrets, "token_hex", lambda size=32: salts.randbytes(size).hex())
        passwords = demo.run(
            engine,
            folder / "files",
            now,
            Scale(days=days, seed=seed, households=households, slow=slow),
            hash_password=HASHER.hash,
            progress=lambda *of: progress.append(of),
        )
        yield Lived(engine, folder / "files", passwords, progress)


#: What comes to pass in a county in which units let things lie.
COMES_TO_PASS = {
    *(
        f"action {name}"
        for name in ("file", "endorse", "accept", "decline", "resolve", "confirm", "reject", "escalate")
    ),
    *(f"action {name}" for name in ("open_matter", "extend", "suspend", "spot_holds")),
    *(f"action {name}_instruction" for name in ("answer", "return", "accept")),
    # Papers were signed for or not, answered, and ended in every way.
    *("paper receipt signed", "paper receipt deemed", "paper answer None"),
    *(f"paper end {how}" for how in ("concluded", "superseded", "lapsed", "revoked")),
    *("request granted", "request not granted", "dispute ruled on", "charge late_answer", "charge downtime"),
    *("bureau late", "rung 1 of a bureau", "rung 2 of a bureau", "rung 3 of a bureau", "rung 4 of a bureau"),
    # One that is only proposed needs a rung so high that it takes weeks to reach.
    *(f"case {state}" for state in STATES if state != "proposed"),
}
#: What comes to pass in a county with a reform.
OF_A_REFORM = {
    *("tickets of the bureaus", "tickets of the town", "tickets of the villages", "ended custodies of successors"),
    *("candidate registered", "candidate refused", "candidate open"),
    *("line check", "line candidate", "line answered", "line not answered"),
    *(
        f"life {kind}"
        for kind in ("born", "died", "split", "split_off", "merged", "relocated", "moved", "undone", "struck")
    ),
}


def came_to_pass(session: Session) -> set[str]:
    """What of COMES_TO_PASS, and more, did."""
    bureaus = select(Unit.id).where(Unit.type == "bureau")
    actions = set(session.scalars(select(Event.action)))
    late = session.scalars(select(Custody.id).where(Custody.verdict == "late", Custody.unit_id.in_(bureaus)))
    rungs = session.scalars(select(Escalation.rung).where(Escalation.unit_id.in_(bureaus)))
    requests = set(session.scalars(select(TimeRequest.status)))
    papers = session.execute(select(PaperAct.act, PaperAct.how))
    return {
        *(f"action {action}" for action in actions),
        *(f"paper {act} {how}" for act, how in papers),
        *(["request granted"] if "granted" in requests else []),
        *(["request not granted"] if requests & {"refused", "lapsed"} else []),
        *(["dispute ruled on"] if actions & {"uphold", "reassign"} else []),
        *(f"charge {ground}" for ground in session.scalars(select(Charge.ground))),
        *(["bureau late"] if late.first() else []),
        *(f"rung {rung} of a bureau" for rung in rungs),
        *(f"case {state}" for state in session.scalars(select(AccountabilityCase.state))),
    }


def reforms(session: Session, kind: str = "merge") -> list[Reform]:
    """The reforms of a kind, the earliest first."""
    return list(session.scalars(select(Reform).where(Reform.kind == kind).order_by(Reform.id)))


def came_of_reform(session: Session) -> set[str]:
    """What of OF_A_REFORM a county has, and more."""
    moved = ("bureaus", "town", "villages")
    heirs = select(Unit.successor_id).where(Unit.ended_on.is_not(None))
    finished = select(Custody.id).where(Custody.verdict.is_not(None), Custody.unit_id.in_(heirs))
    told = select(Event.given).where(Event.subject_type == "household", Event.action == "family")
    lines = session.scalars(select(BulkLine)).all()
    return {
        *(
            f"tickets of the {what}"
            for what, row in zip(moved, reforms(session), strict=False)
            if row.content["tickets"]
        ),
        *(["ended custodies of successors"] if len(session.scalars(finished).all()) > 5 else []),
        *(f"candidate {verdict or 'open'}" for verdict in session.scalars(select(Candidate.verdict))),
        *(f"line {line.outcome}" for line in lines),
        *("line answered" if line.settled_at else "line not answered" for line in lines if line.outcome == "check"),
        *(f"life {given.get('kind')}" for given in session.scalars(told)),
    }
