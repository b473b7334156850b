"""The table of imports."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from performance.enums import ImportState
from performance.imports.kinds import KINDS
from performance.models import ImportJob
from portal.shell.tables import MomentColumn, NumberColumn, SharikTable, StateColumn

#: State of an import -> the state whose colour it has.
COLOURS = {
    ImportState.UPLOADED: "pending",
    ImportState.WAITING: "running",
    ImportState.RUNNING: "running",
    ImportState.DONE: "done",
    ImportState.FAILED: "failed",
}


def state_of(job: ImportJob) -> tuple[str, str]:
    return COLOURS[ImportState(job.state)], str(ImportState(job.state).label)


class ImportTable(SharikTable):
    file_name = tables.Column(verbose_name=_("File"))
    kind = tables.Column(verbose_name=_("What it holds"))
    membership = tables.Column(verbose_name=_("By"), accessor="membership__name")
    created_at = MomentColumn(verbose_name=_("When"))
    created = NumberColumn(verbose_name=_("New"), accessor="summary__created", orderable=False)
    changed = NumberColumn(verbose_name=_("Changed"), accessor="summary__changed", orderable=False)
    refused = NumberColumn(verbose_name=_("Refused"), accessor="summary__refused", orderable=False)
    state = StateColumn(verbose_name=_("State"), state=state_of)

    def render_file_name(self, value: str, record: ImportJob) -> str:
        address = reverse("imports:job", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', address, value)

    def render_kind(self, value: str) -> str:
        return str(KINDS[value].label)
