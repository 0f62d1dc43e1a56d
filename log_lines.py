"""Log lines of this installation's processes: one JSON object a line for what collects them, or a line of text for a terminal.

Every line names what it belongs to: the number of the request, or the job of the worker.  It contains no name of a person, no
address with its values (such as a household's code) and no text that somebody typed.

Decisions: docs/decisions/web.md
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import Processor

Form = Literal["json", "text"]
#: The logger of the lines about answered requests.
REQUESTS = "xiaohao.requests"
#: Libraries whose ordinary lines say nothing to who runs a county.
_QUIET = ("alembic", "apscheduler", "httpx", "transitions")


class _Lines(logging.StreamHandler[TextIO]):
    """The one handler of a process that this module has made."""


def begin(form: Form, stream: TextIO | None = None) -> None:
    """Sends what this process logs, from INFO on, to standard error (or `stream`) in this form."""
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    drawn: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn], foreign_pre_chain=shared
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [*(other for other in root.handlers if not isinstance(other, _Lines)), handler]
    root.setLevel(logging.INFO)
    # At a terminal every request's line would hide the others.
    logging.getLogger(REQUESTS).setLevel(logging.INFO if form == "json" else logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def of_job(name: str) -> Iterator[None]:
    """What is logged inside belongs to this job of the worker."""
    with bound_contextvars(job=name):
        yield
