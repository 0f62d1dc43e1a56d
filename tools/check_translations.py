"""Translation check: every text for people is in the catalogue, translated, and keeps its placeholders."""

import re
import sys
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
#: A space between Chinese and a figure, a placeholder or a Latin word: office texts are set without it.
_SPACED = re.compile(r"[\u4e00-\u9fff] (?=[0-9A-Za-z]|%\((?!title))|(?:[0-9A-Za-z]|\)s%?) (?=[\u4e00-\u9fff])")
#: Latin punctuation beside Chinese; between digits it is a ratio, in a line to be typed a separator.
_NARROW = re.compile(r"[\u4e00-\u9fff][;:!?()]|[;:!?()](?!s)[\u4e00-\u9fff]|[，。；：、！？）] (?=[\u4e00-\u9fff])")
_METHODS = [("web/**.py", "python"), ("templates/**.html", "jinja2")]


def said() -> set[str]:
    """Every message in code and templates."""
    messages = extract_from_dir(
        str(ROOT), _METHODS, keywords={**DEFAULT_KEYWORDS, "_l": None}, directory_filter=_wanted
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in messages if message}


def _wanted(folder: str | Path) -> bool:
    return Path(folder).name not in {".venv", "node_modules", "var", ".git", "tests"}


def problems() -> list[str]:
    """Missing or wrong entries of the Chinese catalogue (English is the language of the source)."""
    with CATALOGUE.open("rb") as stream:
        catalogue = {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}
    listed = [f"not translated: {text}" for text in sorted(said()) if not catalogue.get(text)]
    listed += [f"no longer said: {text}" for text in sorted(catalogue.keys() - said())]
    listed += [
        f"a placeholder is not of the form %(name)s: {text}" for text in catalogue if re.search(r"\{\w+\}", text)
    ]
    for text, translated in catalogue.items():
        marks = r"%\(\w+\)s"
        if translated and sorted(re.findall(marks, text)) != sorted(re.findall(marks, translated)):
            listed.append(f"placeholders differ: {text}")
        if "`" not in translated and (odd := _SPACED.search(translated) or _NARROW.search(translated)):
            listed.append(f"spacing or punctuation at {odd.start()}: {translated}")
    return listed


def main() -> int:
    listed = problems()
    for line in listed:
        sys.stderr.write(f"{line}\n")
    return 1 if listed else 0


if __name__ == "__main__":
    sys.exit(main())
