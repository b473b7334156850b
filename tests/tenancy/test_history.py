"""A database of the first months takes the migrations that stand for its steps; no other does."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tenancy.history import LAST, WHOLE, Unfinished, adopt

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def recorder() -> MigrationRecorder:
    return MigrationRecorder(connections["owner"])


def stepwise(recorder: MigrationRecorder, last: dict[str, str] = LAST) -> None:
    """The record of a database that was brought up step by step."""
    for app, names in WHOLE.items():
        for name in names:
            recorder.record_unapplied(app, name)
    recorder.record_applied("programs", "0042_course_files")
    for app, name in last.items():
        recorder.record_applied(app, name)


def recorded(recorder: MigrationRecorder) -> set[tuple[str, str]]:
    return {(app, name) for app, name in recorder.applied_migrations() if app in LAST}


def test_what_stands_for_the_steps_begins_every_history() -> None:
    disk = MigrationLoader(None).disk_migrations
    for app, names in WHOLE.items():
        assert [name for each, name in sorted(disk) if each == app][: len(names)] == list(names)
        assert LAST[app] not in names


def test_a_database_with_all_steps_is_told_so(recorder: MigrationRecorder) -> None:
    whole = recorded(recorder)
    later = whole - {(app, name) for app, names in WHOLE.items() for name in names}
    assert later  # members by their key came after
    assert not adopt("owner")
    stepwise(recorder)
    assert adopt("owner")
    assert recorded(recorder) == whole - later
    assert not adopt("owner")


@pytest.mark.parametrize("app", sorted(LAST))
def test_a_database_on_its_way_is_refused_and_left_alone(recorder: MigrationRecorder, app: str) -> None:
    stepwise(recorder, {name: last for name, last in LAST.items() if name != app})
    before = recorded(recorder)
    with pytest.raises(Unfinished):
        adopt("owner")
    with pytest.raises(CommandError, match="not up to date"):
        call_command("migrate", database="owner", verbosity=0)
    assert recorded(recorder) == before
