"""Store opening: makes the evidence store named by the settings, a folder or an S3 bucket."""

import re
from pathlib import Path

from workflow.evidence.store import Access, FolderStore, Place, Store


def store_at(location: Place, access: Access | None = None) -> Store:
    """The store of an address; a store is returned as it is.  Raises ValueError for an address of another kind."""
    if not isinstance(location, str | Path):
        return location
    address = re.fullmatch(r"s3://([^/]+)/?(.*?)/*", str(location)) if isinstance(location, str) else None
    if address:
        # Imported only for a bucket: its library takes four megabytes of every web worker.
        from workflow.evidence.s3_store import BucketStore

        return BucketStore(address[1], address[2], access or Access())
    if isinstance(location, str) and "://" in location:
        raise ValueError("give a folder or s3://bucket/prefix")
    return FolderStore(Path(location))
