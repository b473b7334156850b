"""docs/api.md names every resource and every address that there is."""

import re
from pathlib import Path

from api.scopes import RESOURCES
from api.urls import urlpatterns

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def test_every_resource_is_listed_once() -> None:
    lists = re.findall(r"^Resources: (.+?)\.$|^Resources: (.+?)\. `GET", TEXT, re.DOTALL | re.MULTILINE)
    assert len(lists) == 1
    assert re.findall(r"`([a-z-]+)`", "".join(lists[0])) == sorted(RESOURCES)


def test_every_address_is_told() -> None:
    first = {str(pattern.pattern).split("/")[0] for pattern in urlpatterns}
    # Master data has no section of its own: the rules for codes tell all of it.
    master = {"families", "partners", "products", "reps", "segments", "territories"}
    told = {name for name in first if re.search(rf"[` /]{name}/", TEXT)}
    assert first - told - master == set()
