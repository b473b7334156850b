"""What is installed is pinned by hash, comes as a wheel, and names no host."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = ["requirements.txt", "requirements-dev.txt"]


def pins(name: str) -> dict[str, list[str]]:
    """Every pinned requirement of a list with its hashes."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9.\-]*)==(\S+)", line):
            found[f"{match[1]}=={match[2]}"] = []
        elif match := re.match(r"\s+--hash=sha256:([0-9a-f]{64})", line):
            found[list(found)[-1]].append(match[1])
        else:
            assert line.lstrip().startswith("#"), line
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_has_a_hash(name: str) -> None:
    found = pins(name)
    assert len(found) > 50
    assert [pin for pin, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("name", [*LISTS, "requirements.in", "requirements-dev.in", "package.json"])
def test_no_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_development_uses_the_versions_of_production() -> None:
    production, development = pins(LISTS[0]), pins(LISTS[1])
    assert {pin: development.get(pin) for pin in production} == production


def test_everything_listed_is_pinned() -> None:
    for source, target in (("requirements.in", LISTS[0]), ("requirements-dev.in", LISTS[1])):
        names = {pin.partition("==")[0] for pin in pins(target)}
        wanted = re.findall(r"^([A-Za-z0-9.\-]+)", (ROOT / source).read_text(), re.MULTILINE)
        assert [name for name in wanted if not name.startswith("-") and name.lower() not in names] == []


def test_the_front_end_lock_names_versions_and_hashes_but_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    wanted = json.loads((ROOT / "package.json").read_text())
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        locked = packages[f"node_modules/{name}"]
        assert locked["version"] == version
        assert locked["integrity"].startswith("sha512-")
