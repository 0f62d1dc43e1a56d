"""Software bill of materials (SBOM) in CycloneDX: every package of the installation, with version and hash, from the lock files.

`python -m tools.sbom [FILE]` has `cyclonedx-py` read `requirements/runtime.lock` and adds what `package-lock.json` brings to the
browser; by default it writes `var/sbom.cdx.json`.  The same lock files give the same bytes.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "var" / "sbom.cdx.json"
#: CycloneDX's names of the digests in `package-lock.json`.
_DIGESTS = {"sha512": "SHA-512", "sha384": "SHA-384", "sha256": "SHA-256"}


def main(words: list[str]) -> int:
    """Writes the file and prints its path; returns the exit status."""
    target = Path(words[0]) if words else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    made = bill()
    target.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target}: {len(made['components'])} components\n")
    return 0


def bill() -> dict[str, Any]:
    """The bill as a document of CycloneDX 1.6.  Raises CalledProcessError."""
    read: list[str | Path] = [
        Path(sys.executable).with_name("cyclonedx-py"),
        "requirements",
        ROOT / "requirements" / "runtime.lock",
    ]
    options = (
        "--pyproject",
        ROOT / "pyproject.toml",
        "--output-reproducible",
        "--of",
        "JSON",
        "--sv",
        "1.6",
        "-o",
        "-",
    )
    done = subprocess.run(
        [*read, *options], check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "ignore"}
    )
    made: dict[str, Any] = json.loads(done.stdout)
    made["components"] = sorted([*made["components"], *_of_the_browser()], key=lambda each: str(each["purl"]))
    return made


def _of_the_browser() -> Iterator[dict[str, Any]]:
    """The packages whose files pages load or papers are set in; those for development are left out."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for path, package in packages.items():
        if not path or package.get("dev"):
            continue
        name, (digest, _, content) = path.removeprefix("node_modules/"), package["integrity"].partition("-")
        purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "purl": purl,
            "name": name,
            "version": package["version"],
            "licenses": [{"expression": package["license"]}],
            "hashes": [{"alg": _DIGESTS[digest], "content": base64.b64decode(content).hex()}],
        }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
