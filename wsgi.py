"""WSGI entry point: `app`, for a WSGI server and for `flask --app wsgi`."""

from web import alive
from web.app import create_app

app = create_app()
alive.watch(app)
