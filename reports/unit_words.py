"""Unit words: the causes, rectification and next steps that a unit wrote in its paragraph, item by item.

A line that begins with one of the labels of item 6 of the notice (原因分析, 整改落实, 下一步措施) belongs to that part, with
“第7项” before the label to that item alone; what has no label stays the unit's comment.
"""

import re
from dataclasses import dataclass, field

#: The parts in the order in which a report has them, with the heading of each.
PARTS = ("原因分析", "整改落实", "下一步措施")
_LINE = re.compile(
    r"(?:第\s*(?P<item>\d{1,2})\s*项\s*[，、：:]?\s*)?"
    r"(?:(?P<causes>(?:存在问题的)?原因(?:分析)?)|(?P<done>整改(?:落实)?(?:情况)?)|(?P<next>下一步(?:工作)?(?:措施|打算)?))"
    r"\s*[：:]\s*(?P<text>.+)"
)


@dataclass(slots=True)
class Words:
    """What a unit wrote: texts by part and item (None: all its items), and what has no label."""

    parts: dict[tuple[str, int | None], list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def on(self, part: str, item: int) -> str:
        """The texts of a part on an item: its own, or else those for all items."""
        words = self.parts.get((part, item)) or self.parts.get((part, None)) or []
        return " ".join(words)

    @property
    def empty(self) -> bool:
        return not self.parts


def read(text: str) -> Words:
    """Read a unit's paragraph.

    >>> words = read("原因分析：管网老化。\\n第9项整改：已补缴。\\n请协调资金。")
    >>> words.on("原因分析", 9), words.on("整改落实", 9), words.on("整改落实", 1), words.rest
    ('管网老化。', '已补缴。', '', ['请协调资金。'])
    """
    words = Words()
    for line in (line.strip() for line in text.split("\n")):
        match = _LINE.fullmatch(line)
        if match is None:
            words.rest += [line] if line else []
            continue
        part = PARTS[0] if match["causes"] else PARTS[1] if match["done"] else PARTS[2]
        item = int(match["item"]) if match["item"] else None
        words.parts.setdefault((part, item), []).append(match["text"].strip())
    return words


def written(parts: dict[str, str], remark: str) -> str:
    """A paragraph of these parts and a comment, as `read` reads it."""
    lines = [f"{part}：{' '.join(parts[part].split())}" for part in PARTS if parts.get(part, "").strip()]
    return "\n".join([*lines, remark.strip()] if remark.strip() else lines)
