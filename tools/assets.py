"""Third-party assets: copied from node_modules, for pages to static/vendor, fonts for papers to reports/fonts."""

import gzip
import shutil
from collections.abc import Iterable
from pathlib import Path

import brotli

ROOT = Path(__file__).parents[1]
ASSETS = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    # The smallest ECharts build that draws SVG.
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
FONTS = (
    "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
)
#: Free fonts with CJK extension B and later, where the system has one (Debian: fonts-hanazono); npm has none as a whole.
RARE = (
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf",
)


def copy_rare_font(sources: Iterable[str], target: Path) -> Path | None:
    """Copies the first of these fonts that is installed, so that papers print rare characters of names; None if none is."""
    found = next((Path(source) for source in sources if Path(source).is_file()), None)
    return Path(shutil.copyfile(found, target / found.name)) if found is not None else None


def main() -> None:
    target = ROOT / "static" / "vendor"
    target.mkdir(parents=True, exist_ok=True)
    for source, name in ASSETS.items():
        shutil.copyfile(ROOT / "node_modules" / source, target / name)
        # Served instead of the plain file to clients that accept them: a third of the bytes.
        content = (target / name).read_bytes()
        (target / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        (target / f"{name}.br").write_bytes(brotli.compress(content, quality=11))
    types = ROOT / "reports" / "fonts"
    types.mkdir(exist_ok=True)
    for source in FONTS:
        shutil.copyfile(ROOT / "node_modules" / "@expo-google-fonts" / source, types / Path(source).name)
    copy_rare_font(RARE, types)
    # Chromium draws boxes without a Chinese font.
    fonts = ROOT / "var" / "fonts.conf"
    fonts.parent.mkdir(exist_ok=True)
    folder = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}</dir><dir>/usr/share/fonts</dir><cachedir>{ROOT / 'var' / 'fontcache'}</cachedir>"
        "</fontconfig>",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
