"""Sources (来源): which roles may file a deficiency from each source, and whether the filing needs a document number.

The ten sources are those of the field; a scheme may name its own list instead.
"""

import re
from typing import Literal

from workflow.policy.scheme.parts import Part, Slug, Text

Filer = Literal["village", "town", "bureau", "office", "leaders", "inspectorate", "system"]
Subject = Literal["household", "village", "unit"]


class Source(Part):
    """A way in which a deficiency is found: its filers, for bureaus optionally only the named ones, and its subjects.

    The system files what it counts itself.  With `reference` a filing names the number of the report, instruction or
    petition it rests on.
    """

    code: Slug
    name: Text
    filers: tuple[Filer, ...]
    units: tuple[Slug, ...] = ()
    subjects: tuple[Subject, ...] = ("household", "village", "unit")
    reference: bool = False

    def open_to(self, role: str, unit: str | None) -> bool:
        """Whether an actor in this role, of the unit with this code, files from this source."""
        return role in self.filers and (role != "bureau" or not self.units or unit in self.units)


def _source(
    code: str,
    zh: str,
    en: str,
    filers: tuple[Filer, ...],
    reference: bool = False,
    on: tuple[Subject, ...] | None = None,
) -> Source:
    name = Text(zh=zh, en=en)
    subjects: tuple[Subject, ...] = on or ("household", "village", "unit")
    return Source(code=code, name=name, filers=filers, reference=reference, subjects=subjects)


#: The sources of a scheme that names none.
USUAL = (
    _source("visit", "入户核查", "Household visit", ("village", "town", "office"), on=("household", "village")),
    _source("masses", "群众反映", "Reported by residents", ("village", "town", "bureau", "office")),
    _source("matching", "数据比对", "Data matching", ("bureau", "office")),
    _source("check", "检查", "Inspection on site", ("bureau", "office"), reference=True),
    _source("audit", "审计", "Audit", ("bureau", "office"), reference=True),
    _source("supervision", "督查", "Supervision", ("office", "inspectorate"), reference=True),
    _source("instruction", "领导批示", "Instruction of a leader", ("office", "leaders"), reference=True),
    _source("petition", "信访", "Petition", ("office",), reference=True),
    _source("hotline", "12345热线", "12345 hotline", ("office",), reference=True),
    _source("spot_check", "抽查", "Spot check", ("town", "office", "inspectorate")),
)


#: A year or a running number, in digits of either width or in Chinese numerals before their word.
_COUNTED = re.compile(r"[0-9０-９〇]|[一二三四五六七八九十百]+[号期次年]")


def names_document(text: str) -> bool:
    """Whether a text can be the number of a document: it holds at least a year or a running number.

    >>> [names_document(text) for text in ("五审〔2018〕9号", "批示12", "二〇一八年第三期", "。", "好", "一切正常")]
    [True, True, True, False, False, False]
    """
    return _COUNTED.search(text) is not None
