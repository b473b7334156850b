"""The books of PAMs: who looks after which partner."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import InputError, Invalid
from partners import selectors, services
from portal.partners.forms import BookForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.crispy import form_html
from portal.shell.forms import add_errors
from programs.promised import unkept
from tenancy.enums import Permission

ASSIGN = Permission.ASSIGN_BOOKS


@member_page(ASSIGN)
def books(request: HttpRequest) -> HttpResponse:
    """Every PAM with the size of the book, and the partners in nobody's."""
    actor = actor_of_request(request)
    context = {
        "title": _("Books"),
        "subtitle": _("Which account manager looks after which partners."),
        "pams": selectors.pams_with_counts(actor),
        "left": selectors.in_no_book(actor).count(),
        "unkept": len(unkept(actor)),
    }
    return render(request, "portal/partners/books.html", context)


@member_page(ASSIGN)
def book(request: HttpRequest, member_id: int) -> HttpResponse:
    """One PAM's book: partners are added by code and taken out one by one."""
    actor = actor_of_request(request)
    pam = selectors.get_pam(actor, member_id)
    form = BookForm(request.POST if "partner" in request.POST else None)
    status = 200
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                services.remove_from_book(actor, pam.pk, [request.POST["remove"]])
                messages.success(request, _("The partner was taken out of the book."))
                return HttpResponseRedirect(reverse("partners:book", args=[pam.pk]))
            if form.is_valid():
                services.assign_book(actor, pam.pk, [form.cleaned_data["partner"]])
                messages.success(request, _("The partner is in the book."))
                return HttpResponseRedirect(reverse("partners:book", args=[pam.pk]))
        except Invalid as error:
            for one in error.errors:
                add_errors(form, one.at("partner"))
        except InputError as error:
            add_errors(form, error.at("partner"))
        status = 422
    context = {
        "title": pam.name,
        "pam": pam,
        "partners": selectors.in_book(selectors.partners_for(actor), pam.pk).order_by("name", "code"),
        "form_html": form_html(form, request),
        "crumbs": [(_("Books"), reverse("partners:books"))],
    }
    return render(request, "portal/partners/book.html", context, status=status)
