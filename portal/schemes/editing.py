"""Creating a scheme, changing its draft, amending it: one form, with cards or a formula for what it pays."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from incentives.builder import Card, cards_from_json, cards_to_json
from incentives.models import Scheme, SchemeVersion
from incentives.overview import today_of
from incentives.programs import FormulaInvalid
from incentives.selectors import current_period, get_scheme, newest_version
from incentives.services import VersionData, amend_scheme, change_draft, create_scheme
from portal.formulas.asked import Asked, asked_of
from portal.formulas.views import editor_context
from portal.formulas.words import error_text
from portal.schemes.cards import KINDS, MODES, Workbench, acted, cards_of, restored, workbench
from portal.schemes.forms import CEILING_WORDS, KIND_WORDS, STACK_WORDS, SchemeForm, initial_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from tenancy.actors import Actor
from tenancy.enums import Permission


def _cards_context(bench: Workbench) -> dict[str, Any]:
    return {"bench": bench, "card_kinds": list(KINDS.items()), "modes": MODES}


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def cards(request: HttpRequest) -> HttpResponse:
    """The cards after a button (``do`` in the address), with the formula that they now write."""
    actor = actor_of_request(request)
    action = request.GET.get("do", "")
    held = restored(request.POST) if action == "restore" else acted(cards_of(request.POST), action)
    bench = workbench(actor, asked_of(request.POST), held, touched=False)
    return render(request, "portal/schemes/cards.html", _cards_context(bench))


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def written(request: HttpRequest) -> HttpResponse:
    """What the cards write while somebody types in them."""
    bench = workbench(actor_of_request(request), asked_of(request.POST), cards_of(request.POST))
    return render(request, "portal/schemes/written.html", {"bench": bench})


class SchemeEditor(View):
    """What creating, changing and amending have in common."""

    actor: Actor
    scheme: Scheme | None = None
    version: SchemeVersion | None = None
    draft = ""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return member_page(Permission.MANAGE_SCHEMES, audience="staff")(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        self.prepare(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def prepare(self, **kwargs: Any) -> None:
        """Load what is changed."""

    def initial(self) -> dict[str, Any]:
        raise Http404

    def save(self, form: SchemeForm, version: VersionData) -> SchemeVersion:
        raise Http404

    @property
    def fixed(self) -> bool:
        return self.scheme is not None and self.scheme.published

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        initial = self.initial()
        form = SchemeForm(actor=self.actor, fixed=self.fixed, initial=initial)
        builder = (self.version.builder if self.version else None) or {}
        asked = Asked(initial["kind"], initial["payee"], initial["period"])
        held = cards_from_json(builder.get("cards"))
        return self.page(form, asked, held, initial["mode"], initial.get("formula", ""), touched=False)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = SchemeForm(request.POST, actor=self.actor, fixed=self.fixed, initial=self.initial())
        asked = asked_of(request.POST)
        if self.fixed and self.scheme:
            asked = Asked(self.scheme.kind, self.scheme.payee, self.scheme.period)
        held = cards_of(request.POST)
        mode = "expert" if request.POST.get("mode") == "expert" else "cards"
        bench = workbench(self.actor, asked, held)
        formula = request.POST.get("formula", "").replace("\r\n", "\n").strip()
        if mode == "cards":
            formula = bench.written.source
            if not held:
                form.add_error(None, _("Add at least one component, or write the formula yourself."))
            elif bench.written.problems:
                form.add_error(None, _("Some components are not complete yet."))
        if form.is_valid():
            saved = self.stored(form, formula, held)
            if saved is not None:
                messages.success(request, _("The draft is saved."))
                return HttpResponseRedirect(reverse("schemes:scheme", args=[saved.scheme.code]))
        return self.page(form, asked, held, mode, formula, touched=True)

    def stored(self, form: SchemeForm, formula: str, held: list[Card]) -> SchemeVersion | None:
        data = form.version_data(formula, cards_to_json(held), self.version)
        try:
            with transaction.atomic():
                return self.save(form, data)
        except FormulaInvalid as error:
            form.add_error(None, error.message)
            for one in error.errors:
                form.add_error(None, error_text(one))
        except (InputError, Conflict, Invalid) as error:
            add_errors(form, error)
        return None

    def page(
        self, form: SchemeForm, asked: Asked, held: list[Card], mode: str, formula: str, *, touched: bool
    ) -> HttpResponse:
        bench = workbench(self.actor, asked, held, touched=touched)
        context = {
            "title": self.heading(),
            "form": form,
            "fixed": self.fixed,
            "mode": mode,
            "formula": (bench.written.source or formula) if mode == "cards" else formula,
            "draft": self.draft,
            "crumbs": [(_("Incentive schemes"), reverse("schemes:list"))],
            "cancel_url": self.cancel(),
            "kind_words": KIND_WORDS,
            "stack_words": STACK_WORDS,
            "ceiling_words": CEILING_WORDS,
            **_cards_context(bench),
            **editor_context(self.actor, asked),
        }
        status = 422 if form.errors else 200
        return render(self.request, "portal/schemes/form.html", context, status=status)

    def heading(self) -> str:
        return _("New scheme")

    def cancel(self) -> str:
        return reverse("schemes:list")


class NewScheme(SchemeEditor):
    draft = "scheme-new"

    def initial(self) -> dict[str, Any]:
        start = current_period(self.actor, "quarter").next().start
        return {"kind": "rebate", "payee": "partner", "period": "quarter", "mode": "cards", "starts": start}

    def save(self, form: SchemeForm, version: VersionData) -> SchemeVersion:
        return create_scheme(self.actor, scheme=form.scheme_data(), version=version)


class ChangeScheme(SchemeEditor):
    """The open draft of a scheme; of a published one without a draft, an amendment."""

    def prepare(self, **kwargs: Any) -> None:
        self.scheme = get_scheme(self.actor, kwargs["code"])
        self.version = newest_version(self.actor, self.scheme)
        self.draft = f"scheme-{self.scheme.code}-{self.version.number}-{self.amends}"

    @property
    def amends(self) -> bool:
        return self.version is not None and self.version.published_at is not None

    def initial(self) -> dict[str, Any]:
        if self.scheme is None or self.version is None:
            raise Http404
        values = initial_of(self.actor, self.scheme, self.version)
        if self.amends:
            running = current_period(self.actor, self.scheme.period)
            values |= {"starts": max(running.next().start, today_of(self.actor)), "ends": None}
        return values

    def save(self, form: SchemeForm, version: VersionData) -> SchemeVersion:
        if self.scheme is None or self.version is None:
            raise Http404
        if self.amends:
            return amend_scheme(self.actor, scheme_code=self.scheme.code, version=version)
        scheme = None if self.fixed else form.scheme_data()
        return change_draft(self.actor, version_id=self.version.pk, version=version, scheme=scheme)

    def heading(self) -> str:
        name = {"name": self.scheme}
        return (_("Amend “%(name)s”") if self.amends else _("Change “%(name)s”")) % name

    def cancel(self) -> str:
        return reverse("schemes:scheme", args=[self.scheme.code]) if self.scheme else ""
