"""Evidence (佐证材料): how files are kept: bytes first, under their SHA-256, then the row, so a crash leaves no row
without its bytes.

`take` reads an upload (`uploads`), detects its type (`media_types`), has pictures redrawn (`pictures`) and puts the bytes
into the store (`store`, `s3_store`, `sealed_store`, `marked_store`), outside any transaction; `tickets.attachments` then names
them on a ticket or a checkup, inside one; `tidy` (`cleanup`) removes what was put and never named.  Knows the ground and
`pictures`, and no ticket.

Decisions: docs/decisions/evidence.md
"""

from workflow.evidence.cleanup import tidy
from workflow.evidence.marked_store import MarkedStore, unmarked
from workflow.evidence.media_types import media_type_of, safe_name
from workflow.evidence.sealed_store import SealedStore, seal_stored, stored_as_is
from workflow.evidence.store import Access, Damaged, FolderStore, Place, Store, StoreDown, StoreUnmarked
from workflow.evidence.store_opening import store_at
from workflow.evidence.uploads import Kept, keep, take

__all__ = [
    "Access",
    "Damaged",
    "FolderStore",
    "Kept",
    "MarkedStore",
    "Place",
    "SealedStore",
    "Store",
    "StoreDown",
    "StoreUnmarked",
    "keep",
    "media_type_of",
    "safe_name",
    "seal_stored",
    "store_at",
    "stored_as_is",
    "take",
    "tidy",
    "unmarked",
]
