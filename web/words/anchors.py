"""Anchors: what a comparison with a printed block head shows, in plain words, and the sentences of its errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import on_day
from web.words.labels import add
from workflow.history.anchors import Comparison

add(
    {
        "field": {
            "block": _l("number of the block"),
            "hash": _l("hash of the block"),
            "text": _l("text of the QR code"),
        },
        "error": {
            "anchors_not_yours": _l(
                "Block heads are compared by the county office, the leading group and the inspectorate. Ask one of them."
            ),
            "bad_block_number": _l("The number of a block is a whole number from 1. Copy it from the paper."),
            "bad_block_hash": _l(
                "The hash of a block has 64 characters, 0–9 and a–f. Copy it from the paper; the first %(fewest)s are enough."
            ),
            "no_anchor_in_text": _l(
                "This text names no block. Scan the QR code of a ranking report again, or enter number and hash by hand."
            ),
            "nothing_sealed_then": _l(
                "When this paper was made, nothing was sealed yet. Compare a later paper, which names a block."
            ),
        },
    }
)


def verdict_lines(compared: Comparison) -> list[str]:
    """What a comparison shows: a sentence about the block, and one about the ranking where the paper names one."""
    number = compared.anchor.number
    if compared.verdict == "as_printed":
        text = _("Block %(number)s is as printed: the history up to it was not rewritten.", number=number)
    elif compared.verdict == "differs":
        text = _(
            "Block %(number)s differs from the paper: the history was rewritten, or the database was put back to an older "
            "day and went on from there.",
            number=number,
        )
    else:
        text = _(
            "Block %(number)s is not there any more; the last block is %(head)s. The database was put back to an older day.",
            number=number,
            head=compared.head,
        )
    return [text, *_snapshot_lines(compared)]


def _snapshot_lines(compared: Comparison) -> list[str]:
    snapshot = compared.anchor.snapshot
    if snapshot is None:
        return []
    named = {"day": on_day(snapshot.on), "edition": snapshot.edition}
    if compared.snapshot == "as_printed":
        return [_("The ranking of %(day)s, edition %(edition)s, is as printed.", **named)]
    if compared.snapshot == "differs":
        return [_("The ranking of %(day)s, edition %(edition)s, differs from the paper.", **named)]
    return [_("The ranking of %(day)s, edition %(edition)s, is not there any more.", **named)]
