"""Form pages: errors at the field, nothing lost on an error, a draft kept in the browser.

::

    class DealCreate(FormPage):
        title = _("Register a deal")
        form_class = DealForm
        permission = Permission.REGISTER_DEALS
        draft = "deal"

        def save(self, form: DealForm) -> str:
            deal = services.register_deal(self.actor, **form.cleaned_data)
            return reverse("deals:detail", args=[deal.ref])
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from portal.shell.access import actor_of_request, member_page
from portal.shell.crispy import form_html
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


def add_errors(form: forms.BaseForm, error: DomainError) -> None:
    """Put a service's refusal where it belongs: at its field when the form has it, else above the form."""
    for one in error.errors if isinstance(error, Invalid) else [error]:
        form.add_error(one.field if one.field in form.fields else None, one.message)


def take_step(
    request: HttpRequest, address: str, step: Callable[[], Any], done: "Text" = ""
) -> HttpResponseRedirect:
    """A button: do it and go back to ``address``, with ``done`` or with the reason why it was refused."""
    try:
        with transaction.atomic():
            step()
    except (InputError, Conflict, Invalid) as error:
        messages.error(request, error.message)
    else:
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(address)


class FormPage(View):
    """See the module. ``save`` returns the address to go on to; a service's refusal is shown in the form."""

    title: ClassVar["Text"] = ""
    subtitle: ClassVar["Text"] = ""
    form_class: ClassVar[type[forms.BaseForm]]
    permission: ClassVar[Permission | None] = None
    audience: ClassVar[str] = ""
    template_name: ClassVar[str] = "components/form_page.html"
    submit_label: ClassVar["Text"] = _("Save")
    success: ClassVar["Text"] = ""
    #: A name under which the browser keeps what was typed; empty keeps nothing.
    draft: ClassVar[str] = ""
    cancel_url: ClassVar[str] = ""
    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        return member_page(cls.permission, audience=cls.audience)(view)

    def prepare(self) -> None:
        """Load what the page is about (``self.kwargs`` names it); raises ``NotFound`` for what the actor may not see."""

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        raise Conflict

    def extra(self) -> dict[str, Any]:
        return {}

    def crumbs(self) -> list[tuple[str, str]]:
        return []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        self.prepare()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._page(self.form_class(**self.form_kwargs()), 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form_class(data=request.POST, files=request.FILES, **self.form_kwargs())
        if form.is_valid():
            try:
                with transaction.atomic():
                    address = self.save(form)
            except (InputError, Conflict, Invalid) as error:
                add_errors(form, error)
            else:
                if self.success:
                    messages.success(request, self.success)
                return HttpResponseRedirect(address)
        return self._page(form, 422)

    def _page(self, form: forms.BaseForm, status: int) -> HttpResponseBase:
        context = {
            "title": self.title,
            "subtitle": self.subtitle,
            "form": form,
            "form_html": form_html(form, self.request),
            "submit_label": self.submit_label,
            "draft": self.draft,
            "cancel_url": self.cancel_url,
            "crumbs": self.crumbs(),
            **self.extra(),
        }
        return render(self.request, self.template_name, context, status=status)


class StepPage(FormPage):
    """A form about one thing that is there: it is fetched, something is done with it, and its own page comes back.

    ``trail``: the crumbs above the thing, whose own is added.
    """

    thing: Any = None

    def fetch(self) -> Any:
        """What the page is about; raises ``NotFound`` for what the actor may not see."""
        raise NotFound()

    def back(self) -> str:
        """The page of the thing."""
        raise NotImplementedError

    def trail(self) -> list[tuple[str, str]]:
        return []

    def act(self, form: Any) -> None:
        raise NotImplementedError

    def prepare(self) -> None:
        self.thing = self.fetch()

    def crumbs(self) -> list[tuple[str, str]]:
        return [*self.trail(), (self.named(), self.back())]

    def named(self) -> str:
        """What the crumb of the thing says."""
        return str(self.thing)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.back()}

    def save(self, form: Any) -> str:
        self.act(form)
        return self.back()
