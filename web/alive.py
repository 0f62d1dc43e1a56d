"""The web's heartbeat: each process that serves people says every minute that it is alive.

While one beats people can work, so that a stopped worker excuses nobody.  The thread begins with the first request of a
process, since a server forks its processes after the program is loaded.
"""

import logging
import os
import socket
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from models.engine import in_transaction
from web import db
from workflow.accountability import sweep_watch

log = logging.getLogger("xiaohao.web")
#: Seconds between two heartbeats.
EVERY = 60
_begun: set[int] = set()


def watch(app: Flask) -> None:
    """Let every process of the app beat from its first request on."""

    @app.before_request
    def begin() -> None:
        if os.getpid() not in _begun:
            _begun.add(os.getpid())
            threading.Thread(target=_beat, args=(app,), name="heartbeat", daemon=True).start()


def name() -> str:
    """The heartbeat name of this process."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def beat(app: Flask) -> None:
    """One heartbeat."""
    with app.app_context():
        engine, now = db.county().engine, db.now()
    in_transaction(engine, lambda session: sweep_watch.web_heartbeat(session, name(), now))


def _beat(app: Flask) -> None:
    pause = threading.Event()
    while True:
        try:
            beat(app)
        except SQLAlchemyError:
            # A database that is away is tried again in a minute: that is what the silence says.
            log.exception("heartbeat")
        pause.wait(EVERY)
