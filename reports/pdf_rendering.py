"""PDF rendering: a Typst form with its data gives the same bytes for the same data.

A form is a file of `reports/forms/`; its data is passed as one JSON text (`json(bytes(sys.inputs.data))`), never pasted
into its source, so that no typed text becomes markup.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from reports.printable import FONTS as FONT_FOLDER
from reports.printable import printable

_HERE = Path(__file__).parent
FORMS = _HERE / "forms"
#: The faces fetched at set-up.
FONTS = (FONT_FOLDER,)
#: From this length on a paper is rendered by a process of its own: a ledger of 5,000 rows takes a gigabyte, which a web
#: worker would keep.
_APART = 150_000


def render_pdf(form: str, figures: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF of `forms/<form>.typ` with these figures (JSON values); `made_at` (UTC) is the date its file carries.

    A character that no font has is named (`printable`).
    It does not depend on the clock or the fonts of the machine.  Raises RuntimeError when the form is wrong.
    """
    text = printable(json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    stamp = int(made_at.timestamp())
    if len(text) < _APART:
        return _pressed(form, text, stamp)
    asked = [sys.executable, "-m", "reports.pdf_rendering", form, str(stamp)]
    done = subprocess.run(asked, input=text.encode(), capture_output=True, cwd=_HERE.parent, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


@cache
def _faces() -> Any:
    """The faces as Typst reads them: reading them takes as long as most papers."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(path) for path in FONTS])


def _pressed(form: str, text: str, stamp: int) -> bytes:
    # Imported here, so that a worker that prints nothing does not load it.
    import typst

    made: bytes = typst.compile(
        str(FORMS / f"{form}.typ"),
        root=str(FORMS),
        font_paths=_faces(),
        sys_inputs={"data": text},
        timestamp=stamp,
    )
    return made


if __name__ == "__main__":
    sys.stdout.buffer.write(_pressed(sys.argv[1], sys.stdin.buffer.read().decode(), int(sys.argv[2])))
