"""Gunicorn hooks, read from the folder in which `gunicorn wsgi:app` starts: each worker process beats from its start on.

After the fork and only in processes that serve people: neither the master nor the command line is a sign of life.
"""

import gc
from typing import Any

from gunicorn.http import wsgi as answers

# An answer does not say by what it was served.
answers.SERVER = "web"
# An address of two hundred chosen tickets, and what browsers and proxies add.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# Files leave as everything else, in pieces that a slow reader is waited for (`web.slow_clients`).
sendfile = False
keepalive = 5


def on_starting(server: Any) -> None:
    """Lines of gunicorn itself take the form of the others."""
    import logging

    import log_lines
    from settings import settings

    log_lines.begin(settings().form_of_log_lines)
    own = logging.getLogger("gunicorn.error")
    own.handlers.clear()
    own.propagate = True


def post_worker_init(worker: Any) -> None:
    """Begins the heartbeat of a worker process that has loaded the app, which its collector of garbage leaves alone."""
    # What was imported stays: going through it again cost 7 % of a page's processor time.
    gc.collect()
    gc.freeze()
    # Gunicorn reads this file before the project's folder is on the path.
    from gunicorn.workers import gthread

    from web import alive, slow_clients

    if isinstance(worker, gthread.ThreadWorker):
        gthread.DEFAULT_WORKER_DATA_TIMEOUT = slow_clients.SILENT
        slow_clients.watch(worker)
    app = worker.app.wsgi()
    if alive.is_watched(app):
        alive.begin(app)
