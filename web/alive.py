"""The web's heartbeat: each process that serves people records every minute that it is alive.

While one beats people can work, so that a stopped worker excuses nobody, also in a night without a request.  The thread
begins when a process has been forked and serves (`gunicorn.conf.py`), under another server with the first request; it ends
with the process.  A busy database is left alone and tried again soon.
"""

import logging
import os
import socket
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from models.engine import in_transaction_if_free
from web import db
from workflow.accountability import sweep_watch

log = logging.getLogger("xiaohao.web")
#: Seconds between two heartbeats, and after a busy or unreachable database: several tries within the silence that counts.
EVERY, AGAIN = 60, 15
_WATCHED = "xiaohao_heartbeat"
_begun: set[int] = set()
_beginning = threading.Lock()


def watch(app: Flask) -> None:
    """Let every process of the app beat, at the latest from its first request on."""
    app.extensions[_WATCHED] = True

    @app.before_request
    def begin_at_request() -> None:
        begin(app)


def is_watched(app: object) -> bool:
    """Whether an app that a server loaded is one whose processes beat."""
    return isinstance(app, Flask) and _WATCHED in app.extensions


def begin(app: Flask) -> None:
    """Begins the heartbeat of this process, once."""
    with _beginning:
        if os.getpid() in _begun:
            return
        _begun.add(os.getpid())
    threading.Thread(target=_beat, args=(app,), name="heartbeat", daemon=True).start()


def name() -> str:
    """The heartbeat name of this process."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def beat(app: Flask) -> bool:
    """One heartbeat; returns whether the database was free for it."""
    with app.app_context():
        engine, now = db.county().engine, db.now()
    return in_transaction_if_free(engine, lambda session: sweep_watch.web_heartbeat(session, name(), now))


def _beat(app: Flask) -> None:
    pause = threading.Event()
    while True:
        free = False
        try:
            free = beat(app)
        except SQLAlchemyError:
            # A database that is away is tried again: that is what the silence says.
            log.exception("heartbeat")
        pause.wait(EVERY if free else AGAIN)
