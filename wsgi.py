"""WSGI entry point: `app`, for a WSGI server and for `flask --app wsgi`."""

# ruff: noqa: E402 - the imports are what is done without the collector
import gc

# What an import makes stays, so nothing looks for garbage among it, neither on the way nor afterwards, nor when a
# command ends: that was more than a third of a command's time.
gc.disable()

import log_lines
from installation import keep_files_private
from settings import settings
from web import alive
from web.app import create_app

keep_files_private()
log_lines.begin(settings().form_of_log_lines)
app = create_app()
alive.watch(app)
gc.freeze()
gc.enable()
