"""Walk acts on what is seen in households: visits that find something missing or not, and exits through the gate."""

from tests.support.households import visit
from tests.support.walks.walk import Nothing, Walk
from workflow.register import exit_gate


def visited(walk: Walk, at: int, who: int, missing: int) -> None:
    """Somebody visits; every third time water or power is missing."""
    home = walk.home(at)
    if home is None:
        raise Nothing
    unmet = {0: {"water": "unmet"}, 3: {"power": "unmet"}}.get(missing, {})
    causes = {"water": "dry"} if "water" in unmet else {}
    recorder = walk.recorder(3 + who % 4)
    visit(walk.county, recorder, walk.now, home.code, findings=unmet, causes=causes)


def exits(walk: Walk, at: int, who: int) -> None:
    """A household exits after a visit, where nothing is missing at the gate."""
    home = walk.home(at)
    if home is None:
        raise Nothing
    visited(walk, at, who, 1)
    with walk.county.write() as session:
        exit_gate.exit_household(session, walk.county.people[walk.recorder(3 + who % 4)], walk.now, home.code)
