"""Pages of imports: upload, columns with a preview, progress and result."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from performance.enums import ImportState
from performance.imports import selectors, services
from performance.imports.kinds import KINDS, ImportKind
from performance.imports.preview import Preview, preview
from performance.models import ImportJob
from portal.imports.forms import ColumnsForm, UploadForm
from portal.imports.tables import ImportTable, state_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

RUN = Permission.RUN_IMPORTS
RUNNING = (ImportState.WAITING, ImportState.RUNNING)


class ImportList(ListPage):
    title = _("Imports")
    subtitle = _("Files brought in, and what became of them.")
    table_class = ImportTable
    permission = RUN
    export_name = "imports"

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        text = _(
            "Bring in products, territories, customers, partners or transactions from a CSV file or a workbook."
        )
        if self.actor.is_partner:
            text = _("Register many deals at once from a CSV file or a workbook.")
        return Empty(_("Nothing was imported yet"), text, "upload", "imports:new", _("Import a file"))

    def rows(self) -> QuerySet[ImportJob]:
        return selectors.jobs_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Import a file"), reverse("imports:new"), "upload")]


class NewImport(FormPage):
    title = _("Import a file")
    subtitle = _("Nothing is written before you have seen a preview.")
    form_class = UploadForm
    permission = RUN
    submit_label = _("Continue")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"kind": self.request.GET.get("kind", "")}}

    def crumbs(self) -> list[tuple[str, str]]:
        return _crumbs()

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("imports:list")}

    def save(self, form: UploadForm) -> str:
        data = form.cleaned_data
        job = services.upload_file(
            self.actor,
            kind=data["kind"],
            file_name=data["file"].name,
            chunks=data["file"].chunks(),
            encoding=data["encoding"],
        )
        return reverse("imports:columns", args=[job.pk])


def _crumbs() -> list[tuple[str, str]]:
    return [(str(_("Imports")), reverse("imports:list"))]


@member_page(RUN)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column means, and how the first lines would come in."""
    actor = actor_of_request(request)
    job = selectors.get_job(actor, pk)
    if job.state != ImportState.UPLOADED:
        return HttpResponseRedirect(reverse("imports:job", args=[pk]))
    kind, header = _offered(actor, KINDS[job.kind]), services.header_of(job)
    form = ColumnsForm(request.POST or None, job=job, kind=kind, header=header)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            job = services.choose_columns(actor, pk, columns=form.columns(), constants=form.constants())
        except (Invalid, InputError) as error:
            form.put_errors(error.errors if isinstance(error, Invalid) else [error])
            status = 422
        else:
            return HttpResponseRedirect(f"{reverse('imports:columns', args=[pk])}#preview")
    shown, problem = _preview(actor, job) if status == 200 else (None, "")
    context = {
        "title": _("Columns of the file"),
        "job": job,
        "kind": kind,
        "form": form,
        "preview": shown,
        "labels": {column.name: column.label for column in kind.columns},
        "problem": problem,
        "crumbs": _crumbs(),
    }
    return render(request, "portal/imports/columns.html", context, status=status)


def _offered(actor: Actor, kind: ImportKind) -> ImportKind:
    """A partner's people bring in what is their company's: they need not say so on each line."""
    if not actor.is_partner:
        return kind
    return replace(kind, columns=tuple(column for column in kind.columns if column.name != "partner"))


def _preview(actor: Actor, job: ImportJob) -> tuple[Preview | None, str]:
    try:
        return preview(actor, job), ""
    except Invalid as error:
        return None, " ".join(one.message for one in error.errors)
    except InputError as error:
        return None, error.message


@require_POST
@member_page(RUN)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the file tried or brought in, in the background."""
    actor = actor_of_request(request)
    try:
        services.start_import(actor, pk, dry_run=request.POST.get("dry_run") == "1")
    except Conflict as error:
        messages.error(request, error.message)
    except (Invalid, InputError) as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("imports:columns", args=[pk]))
    return HttpResponseRedirect(reverse("imports:job", args=[pk]))


@member_page(RUN)
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while it runs, the result afterwards; the page asks for itself every second until it is done."""
    found = selectors.get_job(actor_of_request(request), pk)
    tried = found.state == ImportState.UPLOADED
    if tried and not found.summary:
        return HttpResponseRedirect(reverse("imports:columns", args=[pk]))
    context = {
        "title": found.file_name,
        "job": found,
        "kind": KINDS[found.kind],
        "state": state_of(found),
        "running": found.state in RUNNING,
        "tried": tried,
        "feed": found.kind == "transactions",
        "crumbs": _crumbs(),
    }
    template = "job_state" if request.htmx else "job"
    return render(request, f"portal/imports/{template}.html", context)


@member_page(RUN)
def refused_lines(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of refused lines with their reasons."""
    path = selectors.refused_file(actor_of_request(request), pk)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"refused-{pk}.csv", content_type="text/csv"
    )
