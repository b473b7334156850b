"""The operator's settings: every default of the workflows with its unit, changed at one place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from common.digits import to_latin
from common.errors import DomainError, InputError, Invalid
from portal.shell.access import actor_of_request, member_page
from portal.workflow.sections import section_label, section_order
from portal.workflow.working import working_time
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.settings import Default, change_settings, changed, defaults, reset_setting, values

RESET = "reset"


@dataclass(slots=True)
class Row:
    """A setting as it stands in the form; ``text`` is what is typed, ``error`` what is wrong with it."""

    default: Default
    value: Any
    text: str
    own: bool
    error: str = ""

    @property
    def name(self) -> str:
        return self.default.key

    @property
    def id(self) -> str:
        return self.default.key.replace(".", "-")

    @property
    def is_choice(self) -> bool:
        return isinstance(self.default.value, bool)

    @property
    def is_number(self) -> bool:
        return isinstance(self.default.value, int) and not self.is_choice

    def typed(self, given: str | None) -> Any:
        """What was sent as a value; raises ``InputError`` at this setting. Nothing sent is an unticked box."""
        if self.is_choice:
            return given is not None
        text = (given or "").strip()
        if not self.is_number:
            return text
        latin = to_latin(text)
        if not re.fullmatch(r"-?[0-9]{1,18}", latin):
            raise InputError("not_a_number", _("Write a whole number."), self.name)
        return int(latin)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    rows: list[Row]


class SettingsPage(View):
    """``reset`` in the form names a setting that goes back to the product's default."""

    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return member_page(Permission.MANAGE_OPERATOR, audience="staff")(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(list(_rows()), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        if RESET in request.POST:
            return self._reset(request.POST[RESET])
        rows = list(_rows())
        errors = self._save(rows)
        if errors:
            _put(errors, rows)
            return self._page(rows, 422)
        messages.success(self.request, _("The settings are saved. They count for what begins from now on."))
        return HttpResponseRedirect(reverse("workflow:settings"))

    def _reset(self, key: str) -> HttpResponse:
        try:
            reset_setting(self.actor, key)
        except InputError as error:
            messages.error(self.request, error.message)
        else:
            messages.success(self.request, _("The default is in force again."))
        return HttpResponseRedirect(f"{reverse('workflow:settings')}#{key.replace('.', '-')}")

    def _save(self, rows: list[Row]) -> list[DomainError]:
        """Store what differs from what was there; returns what is wrong, and then nothing is stored."""
        errors: list[DomainError] = []
        changes = {}
        for row in rows:
            given = self.request.POST.get(row.name)
            if given is None and not row.is_choice:
                continue
            row.text = given if given is not None else ""
            try:
                value = row.typed(given)
            except InputError as error:
                errors.append(error)
                continue
            if value != row.value:
                changes[row.name] = value
        with transaction.atomic():
            try:
                change_settings(self.actor, changes)
            except Invalid as error:
                errors += error.errors
            except InputError as error:
                errors.append(error)
            if errors:
                transaction.set_rollback(True)
        return errors

    def _page(self, rows: list[Row], status: int) -> HttpResponse:
        context = {
            "title": _("Settings"),
            "subtitle": _("Deadlines, limits and hours. A change counts for what begins after it."),
            "sections": sections_of(rows),
            "working": working_time(self.actor.operator),
        }
        return render(self.request, "portal/workflow/settings.html", context, status=status)


def _rows() -> Iterator[Row]:
    current, own = values(), changed()
    for default in defaults():
        value = current[default.key]
        text = ("on" if value else "") if isinstance(value, bool) else str(value)
        yield Row(default, value, text, default.key in own)


def sections_of(rows: list[Row]) -> list[Section]:
    """``rows`` by section, in order."""
    keys = sorted({row.default.section for row in rows}, key=section_order)
    return [
        Section(key, section_label(key), [row for row in rows if row.default.section == key]) for key in keys
    ]


def _put(errors: list[DomainError], rows: list[Row]) -> None:
    by_name = {row.name: row for row in rows}
    for error in errors:
        if error.field in by_name:
            by_name[error.field].error = error.message
