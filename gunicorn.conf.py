"""Gunicorn hooks, read from the folder in which `gunicorn wsgi:app` starts: each worker process beats from its start on.

After the fork and only in processes that serve people: neither the master nor the command line is a sign of life.
"""

from typing import Any

from gunicorn.http import wsgi as answers

# An answer does not say by what it was served.
answers.SERVER = "web"


def post_worker_init(worker: Any) -> None:
    """Begins the heartbeat of a worker process that has loaded the app."""
    # Gunicorn reads this file before the project's folder is on the path.
    from web import alive

    app = worker.app.wsgi()
    if alive.is_watched(app):
        alive.begin(app)
