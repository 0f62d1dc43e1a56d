"""WSGI entry point: `app`, for a WSGI server and for `flask --app wsgi`."""

from installation import keep_files_private
from web import alive
from web.app import create_app

keep_files_private()
app = create_app()
alive.watch(app)
