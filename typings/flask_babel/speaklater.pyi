"""What this project uses of Flask-Babel's lazy texts, which ship no types."""

class LazyString:
    """Looked up in the catalogue when it is shown, in the language of that moment."""
