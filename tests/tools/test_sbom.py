"""The bill of materials lists every package of the lock files with its version and hashes, and is the same twice."""

import json
import re
from pathlib import Path

from tools import sbom

PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==([^ ;\\]+)", re.MULTILINE | re.IGNORECASE)


def test_every_package_that_is_installed_is_in_the_bill_with_its_hashes(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "sbom.json"
    assert sbom.main([str(target)]) == 0
    made = json.loads(target.read_text(encoding="utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["name"] == "xiaohao"
    lock = (sbom.ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    expected = {(name.lower(), version) for name, version in PINNED.findall(lock)}
    assert len(expected) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
    listed = {each["purl"]: each for each in made["components"]}
    python = {(each["name"].lower(), each["version"]) for purl, each in listed.items() if purl.startswith("pkg:pypi/")}
    assert python == expected
    hashes = {
        digest["content"]
        for each in listed.values()
        for of in each.get("externalReferences", ())
        for digest in of["hashes"]
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))
    browser = {purl for purl in listed if purl.startswith("pkg:npm/")}
    assert "pkg:npm/htmx.org@2.0.11" in browser
    assert not [purl for purl in browser if "axe-core" in purl]
    assert all(len(listed[purl]["hashes"][0]["content"]) == 128 for purl in browser)
    # Nothing of when or where it was made.
    assert "timestamp" not in made["metadata"]
    assert "serialNumber" not in made
