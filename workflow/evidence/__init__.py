"""Evidence (佐证材料): bytes first, under their SHA-256, then the row; so a crash leaves no row without its bytes.

`take` reads what was brought (`kinds`), develops pictures (`pictures`) and puts the bytes into the store (`store`),
outside any transaction; `add` (`rows`) then names them on a ticket or a checkup, inside one; `reuse` tells who
confirms that a photo was seen before; `tidy` clears away what was put and never named.
"""

from workflow.evidence.intake import Kept, keep, take
from workflow.evidence.kinds import media_type_of, safe_name
from workflow.evidence.rows import MOST, add, copied, find, may_bring, of_checkup, others
from workflow.evidence.store import Access, FolderStore, Place, Store, StoreDown, store_at
from workflow.evidence.tidy import tidy

__all__ = [
    "MOST",
    "Access",
    "FolderStore",
    "Kept",
    "Place",
    "Store",
    "StoreDown",
    "add",
    "copied",
    "find",
    "keep",
    "may_bring",
    "media_type_of",
    "of_checkup",
    "others",
    "safe_name",
    "store_at",
    "take",
    "tidy",
]
