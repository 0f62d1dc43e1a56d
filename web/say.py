"""In which language a reader reads, and the words of the scheme in it."""

from flask_babel import get_locale

from workflow.policy.scheme.model import Text


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return str(get_locale() or "zh").startswith("zh")


def say(text: Text | None) -> str:
    """The words of the scheme in the reader's language."""
    return "" if text is None else text.zh if chinese() else text.en
