"""The press: a form and its figures become a PDF, the same bytes whenever they are the same.

A form is a Typst file of `reports/forms/`; what it prints is handed in as one JSON text (`json(bytes(sys.inputs.data))`),
never pasted into its source, so nothing that somebody typed can become markup.  The fonts are fetched at set-up.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
FORMS = _HERE / "forms"
FONTS = _HERE / "fonts"


def press(form: str, figures: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF of `forms/<form>.typ` with these figures (JSON values); `made_at` (UTC) is the date its file carries.

    Neither the clock nor the fonts of the machine enter into it.  Raises RuntimeError when the form is wrong.
    """
    # Here, so that a worker that prints nothing does not carry it.
    import typst

    text = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made: bytes = typst.compile(
        str(FORMS / f"{form}.typ"),
        root=str(FORMS),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": text},
        timestamp=int(made_at.timestamp()),
    )
    return made
