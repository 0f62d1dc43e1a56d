"""What no page may say, whatever the data: zero-padded Chinese dates, a missing value by its program's name, a code or an
unfilled placeholder, a share of nothing, the wrong measure word, Latin punctuation or spacing within a Chinese text."""

import re
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


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.runs: list[str] = [""]
        self._silent: list[str] = []
        # What keeps the lines that a person typed is no run of the product's.
        self._said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.runs.append("")
        if "x-said" in str(dict(attrs).get("class") or "").split():
            self._said = tag
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in ("td", "th", "li", "p", "dt", "dd", "tr", "h1", "h2", "h3", "br", "div", "option", "summary"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.runs.append("")
        if tag == self._said:
            self._said = ""
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))
            if not self._said:
                self.runs[-1] += data


def text_of_page(page: str) -> str:
    """The words of a page, a line for each of its blocks."""
    parser = _Text()
    parser.feed(page)
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def oddities(page: str) -> list[str]:
    """What a page says that no page may say, each with the text it stands in."""
    parser = _Text()
    parser.feed(page)
    runs = (" ".join(run.split()) for run in parser.runs)
    found = [(text_of_page(page).split("\n"), ODD), (runs, ODD_RUN)]
    return [
        f"{what}: {text[:120]}"
        for texts, kinds in found
        for text in texts
        for what, odd in kinds.items()
        if odd.search(text)
    ]
