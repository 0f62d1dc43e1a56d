"""ZIP repacking: packs an office file again with one given time, so that the same content is the same bytes."""

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflow.policy.worktime import SHANGHAI


def packed_at(data: bytes, made_at: datetime) -> bytes:
    """The same archive with every entry dated `made_at` in China (even seconds, as ZIP counts them)."""
    local = made_at.astimezone(SHANGHAI)
    stamp = (local.year, local.month, local.day, local.hour, local.minute, local.second // 2 * 2)
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as there, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in there.namelist():
            entry = ZipInfo(name, stamp)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, there.read(name))
    return out.getvalue()
