"""When the worker is told of a file's lines: not for each chunk of them, at the end for certain."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from performance.feed import intake
from performance.feed.intake import CHUNK, receive_file
from performance.feed.lines import Receipt
from performance.models import PendingChunk
from performance.tasks import count_lanes
from tests.kit.world import Tenant, make_tenant
from tests.performance.feed.kit import line

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def tenant(transactional_db: Any) -> Iterator[Tenant]:
    cache.clear()
    yield make_tenant("alpha")
    cache.clear()


def rung(tenant: Tenant) -> list[int]:
    return [lane for lane in range(settings.FEED_LANES) if cache.get(f"bell:{tenant.operator.pk}:{lane}")]


def lane(tenant: Tenant) -> int:
    return int(tenant.partners["p1"].pk % settings.FEED_LANES)


def numbered(count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((number, line(f"{number:05d}")) for number in range(1, count + 1))


def test_the_bell_rings_once_after_a_file_and_not_after_its_trial(tenant: Tenant) -> None:
    heard: list[list[int]] = []
    file = numbered(CHUNK + 1)
    receipt = receive_file(
        tenant.system, file, channel="file", progress=lambda *_: heard.append(rung(tenant))
    )
    assert (receipt.accepted, heard, rung(tenant)) == (CHUNK + 1, [[], []], [lane(tenant)])
    cache.clear()
    again = [(number, line(f"new{number}")) for number in range(3)]
    assert receive_file(tenant.system, again, channel="file", dry_run=True).accepted == 3
    assert rung(tenant) == []


def test_the_next_lines_are_read_while_the_last_are_taken(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 2)
    read, seen = threading.Event(), []

    def file() -> Iterator[tuple[int, dict[str, Any]]]:
        for number, each in numbered(5):
            if number == 4:
                read.set()
            yield number, each

    def progress(receipt: Receipt, _refused: object, last: int) -> None:
        # Of a file that is read and taken in turn, the fourth line would be read after this.
        assert read.wait(20)
        seen.append((receipt.accepted, last))

    assert receive_file(tenant.system, file(), channel="file", progress=progress).accepted == 5
    assert seen == [(2, 2), (2, 4), (1, 5)]


def test_what_was_kept_of_a_broken_file_is_counted(tenant: Tenant) -> None:
    def broken() -> Iterator[tuple[int, dict[str, Any]]]:
        yield from numbered(CHUNK)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        receive_file(tenant.system, broken(), channel="file")
    assert rung(tenant) == [lane(tenant)]
    # Whoever answers forgets the ring first; what is much is shared by lane.
    count_lanes.run(tenant.system, sorted({lane(tenant), (lane(tenant) + 1) % settings.FEED_LANES}))
    assert rung(tenant) == []
    count_lanes.run(tenant.system, [lane(tenant)])
    with tenant.scope():
        assert not PendingChunk.objects.exists()
