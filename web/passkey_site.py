"""Site of passkeys: the host and the origin that they are bound to, by the settings.

A site that passes requests on to this one could send any Host header, so only configured hosts count.
"""

from urllib.parse import urlsplit

from flask import current_app, request

from web import db
from workflow.county.context import county_context
from workflow.county.sign_ins.passkeys import Site


def site() -> Site:
    """The configured site that this request is for: the site's address, or another host of XIAOHAO_TRUSTED_HOSTS."""
    configured = urlsplit(current_app.config["SITE"])
    with db.read_session() as session:
        name = county_context(session).scheme.county.name.zh
    host = configured.netloc
    if request.host != host and request.host in (current_app.config["TRUSTED_HOSTS"] or ()):
        host = request.host
    origin = f"{configured.scheme}://{host}"
    return Site(str(urlsplit(origin).hostname), origin, f"{name}销号")
