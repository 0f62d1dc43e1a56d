"""Pictures of the help pages (`make screenshots`): the top of the narrow screenshots, small enough for a phone's line."""

from pathlib import Path

from PIL import Image

from web.words.help import OF_ROLE, tasks_of

#: Pixels of the picture; the page shows it at half of them.
_SIZE = (360, 480)
#: Of WebP; text stays legible, and a picture has about 10 KB.
_QUALITY = 45


def draw(screenshots: Path, target: Path) -> None:
    """Writes a picture for every task that names one, from the screenshots in this folder."""
    target.mkdir(exist_ok=True)
    for name in {task.picture for role in OF_ROLE for task in tasks_of(role) if task.picture}:
        with Image.open(screenshots / f"{name}-360.png") as whole:
            top = Image.new("RGB", _SIZE, "white")
            top.paste(whole.convert("RGB").crop((0, 0, *_SIZE)))
        top.save(target / f"{name}.webp", quality=_QUALITY, method=6)
