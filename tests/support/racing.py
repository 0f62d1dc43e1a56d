"""Two people at the same moment, in threads and transactions of their own: what the first has done and not yet committed,
the second neither passes over nor undoes.
"""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from tests.support.factories import County
from workflow.errors import WorkflowError

Act = Callable[[Session], Any]
#: Long enough that somebody who did not wait would have looked, written and committed meanwhile.
HELD = 0.3


def second_of(county: County, first: Act, second: Act) -> str:
    """How `second` ends that begins when `first` has done everything but commit: `done`, or the code of its refusal.

    Whoever does not wait for the first, or acts on what was read before, shows it: by doing the same again, or by an
    error of the database that no sentence tells of.
    """
    told: list[str] = []

    def meanwhile() -> None:
        try:
            with county.write() as session:
                second(session)
            told.append("done")
        except WorkflowError as refusal:
            told.append(refusal.code)
        except Exception as error:
            told.append(type(error).__name__)

    with county.write() as session:
        first(session)
        session.flush()
        thread = threading.Thread(target=meanwhile, daemon=True)
        thread.start()
        thread.join(HELD)
    thread.join(600)
    return " ".join(told) or "still waiting"
