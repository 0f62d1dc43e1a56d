"""Grounds: why lists, files and full numbers leave the system, as codes that the audit trail records.

One list; each use names the part of it that a person may choose.  `document`: a paper of the office's own work, whose purpose is
the paper itself, so nobody is asked.
"""

from dataclasses import dataclass

from workflow.errors import BadInput
from workflow.inputs import remark_of, statement_of

#: work: the unit's own work · report: a report or meeting · contact: to contact the household · matching: to match lists ·
#: papers: to check documents · supervision · complaint · incident: of security · audit: from above · document · other, in words
GROUNDS = (
    *("work", "report", "contact", "matching", "papers"),
    *("supervision", "complaint", "incident", "audit", "document", "other"),
)
#: For lists and files of people.
OF_LISTS = ("work", "report", "matching", "supervision", "complaint", "audit", "other")
#: For the audit trail.
OF_TRAIL = ("supervision", "complaint", "incident", "audit", "other")
#: For numbers in full.
OF_NUMBERS = ("contact", "matching", "papers", "other")


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something left: a code of GROUNDS, and words (needed for `other`)."""

    code: str
    words: str = ""


#: The ground of the office's own papers.
DOCUMENT = Ground("document")


def ground_of(code: str, note: str, among: tuple[str, ...]) -> Ground:
    """A ground as it was typed.  Raises BadInput."""
    if code not in among:
        raise BadInput("export_without_ground", "ground")
    words = statement_of("note", note) if code == "other" else remark_of("note", note) if note.strip() else ""
    return Ground(code, words)
