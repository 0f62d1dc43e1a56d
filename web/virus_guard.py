"""Virus guard: every file that is sent, to whatever page or operation, is scanned before anything reads it.

Where no scanner is set nothing is scanned, which production says in its log at the start.  One that cannot be reached
refuses all files, unless the setting says that they are accepted unscanned.
"""

from typing import BinaryIO, cast

from flask import Flask, current_app, request
from flask_login import current_user

from web import db
from web.auth import signed_in_actor
from workflow.errors import BadInput
from workflow.evidence.virus_scan import Scanner, ScannerDown
from workflow.history import audit_trail


class Infected(BadInput):
    """A file with a virus, or one that could not be scanned."""


def _scan() -> None:
    scanner: Scanner | None = current_app.config["SCANNER"]
    if scanner is None or request.mimetype != "multipart/form-data" or not current_user.is_authenticated:
        return
    for field, file in request.files.items(multi=True):
        if not file.filename:
            continue
        try:
            virus = scanner.virus_in(cast(BinaryIO, file.stream))
        except ScannerDown as error:
            current_app.logger.error("the virus scanner: %s", error)
            if current_app.config["SCANNER_REQUIRED"]:
                raise Infected("scanner_down", field[:64]) from error
            virus = None
        file.stream.seek(0)
        if virus is not None:
            _record(virus)
            raise Infected("virus_found", field[:64], virus=virus)


def _record(virus: str) -> None:
    actor, now = signed_in_actor(), db.now()
    db.transaction(lambda session: audit_trail.record_virus(session, actor, now, virus))


def init(app: Flask) -> None:
    """Scan what is sent, after the form's token was checked."""
    if app.config["SCANNER"] is None and app.config["ENV_NAME"] == "production":
        app.logger.warning("no virus scanner is set (XIAOHAO_CLAMAV): uploads are not scanned")
    app.before_request(_scan)
