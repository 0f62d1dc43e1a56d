"""Unit words: the causes, rectification and next steps that a unit wrote in its paragraph, item by item, and whether the
sections that the scheme calls for are there.

A line that begins with one of the labels of item 6 of the notice (原因分析, 整改落实, 下一步措施) belongs to that part, with
“第7项” before the label to that item alone; what has no label stays the unit's comment.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.inputs import check_statement
from workflow.policy.scheme.duties import FormField
from workflow.tickets.actions import duty_forms

#: The parts in the order in which a report has them, by the code of their section, with the heading of each.
SECTIONS = {"causes": "原因分析", "rectification": "整改落实", "next_steps": "下一步措施"}
PARTS = tuple(SECTIONS.values())
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


def written(sections: Mapping[str, str], remark: str) -> str:
    """A paragraph of these sections (by code) and a comment, as `read` reads it."""
    texts = {code: " ".join((sections.get(code) or "").split()) for code in SECTIONS}
    lines = [f"{SECTIONS[code]}：{text}" for code, text in texts.items() if text]
    return "\n".join([*lines, remark.strip()] if remark.strip() else lines)


def divided(text: str) -> tuple[dict[str, str], str]:
    """A paragraph as its sections (by code) and the rest, with the lines of single items as they are; `written` joins them
    again.

    >>> divided("原因分析：管网老化。\\n第9项整改：已补缴。\\n请协调资金。")
    ({'causes': '管网老化。'}, '第9项整改：已补缴。\\n请协调资金。')
    """
    sections: dict[str, str] = {}
    rest = []
    for line in (line.strip() for line in text.split("\n")):
        words = read(line)
        code = next((code for code, part in SECTIONS.items() if (part, None) in words.parts), None)
        if code is None:
            rest.append(line)
        else:
            sections[code] = f"{sections.get(code, '')} {words.on(SECTIONS[code], 0)}".strip()
    return sections, "\n".join(rest).strip()


def check_sections(asked: Sequence[FormField], text: str) -> None:
    """The sections that a scheme asks of a report are in the paragraph; each says something, and none what another says.

    Raises BadInput at the first one at fault, by its code.
    """
    words = read(text)
    said = {
        code: " ".join(line for (name, _), lines in words.parts.items() if name == part for line in lines)
        for code, part in SECTIONS.items()
    }
    for entry in asked:
        if entry.required:
            duty_forms.check_text(entry, entry.code, said[entry.code])
    duty_forms.check_sections([(entry, entry.code) for entry in asked], said)


def check_written(text: str) -> None:
    """Every text of a paragraph that the report prints is a statement: each section, each line of a single item, and the
    comment as a whole; what is left out is printed nowhere.

    Raises BadInput at the first one at fault, by the code of its section, or `remark`.
    """
    words = read(text)
    codes = {part: code for code, part in SECTIONS.items()}
    for (part, item), lines in words.parts.items():
        for line in [" ".join(lines)] if item is None else lines:
            check_statement(codes[part] if item is None else "remark", line)
    if words.rest:
        check_statement("remark", "\n".join(words.rest))
