"""Log records of a test, checked as they arrive: keeping and formatting them would take longer than the pages."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager


class Listener(logging.Handler):
    """Counts the records, and notes the loggers of those with one of these texts."""

    def __init__(self, sought: Collection[str]) -> None:
        super().__init__()
        self.heard, self.leaks, self._sought = 0, set[str](), sought

    def alone(self) -> None:
        """Takes the handlers of pytest off for the rest of the test: they keep and format every record for a report."""
        for logger in (logging.getLogger(), logging.getLogger("sqlalchemy.engine")):
            logger.handlers = [self]

    def emit(self, record: logging.LogRecord) -> None:
        self.heard += 1
        said = record.getMessage()
        if any(text in said for text in self._sought):
            self.leaks.add(record.name)


@contextmanager
def listening(sought: Collection[str]) -> Iterator[Listener]:
    """Receives every log record, SQLAlchemy's statements with their parameters included."""
    made, root, statements = Listener(sought), logging.getLogger(), logging.getLogger("sqlalchemy.engine")
    before = root.level, statements.level, statements.propagate
    for logger in (root, statements):
        logger.addHandler(made)
    root.setLevel(logging.DEBUG)
    statements.setLevel(logging.INFO)
    statements.propagate = False
    try:
        yield made
    finally:
        for logger in (root, statements):
            logger.removeHandler(made)
        root.setLevel(before[0])
        statements.setLevel(before[1])
        statements.propagate = before[2]
