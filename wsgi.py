"""WSGI entry point: `app`, for a WSGI server and for `flask --app wsgi`."""

import log_lines
from installation import keep_files_private
from settings import settings
from web import alive
from web.app import create_app

keep_files_private()
log_lines.begin(settings().form_of_log_lines)
app = create_app()
alive.watch(app)
