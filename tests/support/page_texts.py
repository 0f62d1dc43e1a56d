"""What no page may say, whatever the data: zero-padded Chinese dates, a missing value by its program's name, a code or an
unfilled placeholder, a share of nothing, the wrong measure word, Latin punctuation or spacing within a Chinese text."""

import re
from functools import cache
from html.parser import HTMLParser

ODD = {
    # 2018年11月20日, as a county writes it; a file's name and a document's own number keep theirs.
    "a date that is not Chinese": re.compile(r"(?<![\w-])(19|20)\d\d-\d\d-\d\d(?![\w-])|(?<![\d-])\d\d-\d\d \d\d:\d\d"),
    "a zero before a month or day": re.compile(r"(?<!\d)0\d(?=月|日)"),
    "a zero before a number": re.compile(r"第0\d"),
    "a missing value": re.compile(r"\b(None|nan|NaN|undefined|null)\b"),
    "an unfilled placeholder": re.compile(r"%\(\w+\)[sd]|\{\w*\}"),
    "a code": re.compile(
        r"\b(households|people|villages|quota|tickets|duties|entries|reported)\.[a-z_]+\b|\b[a-z]+_[a-z_]+\b"
        r"|(?<![\w-])[a-z]{3,}-\d{2}(?![\w-])"
    ),
    "a share of nothing": re.compile(r"(?<![\d.,])0 ?[/÷] ?0(?!\d)|(?<![\d.])(100|0)(\.0+)?% ?[(（]0\D"),
    # 原因：…, as Chinese is set; a colon before // is one of an address.
    "a half-width colon after Chinese": re.compile(r"[\u4e00-\u9fff）”]: ?(?!//)"),
    # 977 / 1236 10,000 yuan: a number of a unit that is a number itself.
    "a unit of many": re.compile(r"\d\s+10,000 yuan"),
    "a wrong measure word": re.compile(r"\d ?[个条项份] ?工单|\d ?个(户|任务|村次)|\d ?件(户|任务|村|人)|\d ?份工单"),
}

#: What stands within one run of text; between two elements a space may be meant.
ODD_RUN = {
    "Latin punctuation": re.compile(r"[\u4e00-\u9fff）](;|!|\?|,(?!\d)| ?\((?!s))|[;!?)][\u4e00-\u9fff]|第\d+, ?\d"),
    "a space after a full stop": re.compile(r"[，。；：、！？] (?=[\u4e00-\u9fff“《\d])"),
    "a space beside a figure": re.compile(r"(?<![-:\d])\d+ [件户个条次份行张岁元天村人](?!民)"),
}

#: What is no text of the product: programs, hashes, and what a person typed.
_SILENT = ("script", "style", "textarea", "code")


_SPACE = re.compile(r"\s+")
_BLOCKS = frozenset(
    ("td", "th", "li", "p", "dt", "dd", "tr", "h1", "h2", "h3", "br", "div", "option", "summary"),
)


class PageText(HTMLParser):
    """The words of a page that is fed: `parts`, with a line end before each block, and `runs`, of one element each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.runs: list[str] = [""]
        self._silent: list[str] = []
        # What keeps the lines that a person typed is no run of the product's.
        self._said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.runs.append("")
        if any(name == "class" and "x-said" in str(value).split() for name, value in attrs):
            self._said = tag
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.runs.append("")
        if tag == self._said:
            self._said = ""
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(_SPACE.sub(" ", data))
            if not self._said:
                self.runs[-1] += data

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks for the line of a tag, and counting them takes a tenth of the time."""
        return j

    def oddities(self) -> list[str]:
        """What the page says that no page may say, each with the text it stands in."""
        lines = (" ".join(line.split()) for line in "".join(self.parts).split("\n"))
        runs = (" ".join(run.split()) for run in self.runs)
        return [
            f"{what}: {text[:120]}"
            for texts, in_a_run in ((lines, False), (runs, True))
            for text in texts
            if text
            for what in _odd_in(text, in_a_run)
        ]


@cache
def _odd_in(text: str, in_a_run: bool) -> tuple[str, ...]:
    """What is odd in a text, by its name; most pages have most of their lines in common."""
    return tuple(what for what, odd in (ODD_RUN if in_a_run else ODD).items() if odd.search(text))


def oddities(page: str) -> list[str]:
    """What a page says that no page may say, each with the text it stands in."""
    parser = PageText()
    parser.feed(page)
    return parser.oddities()
