"""Tables of people, invitations and API tokens."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.shell.tables import DayColumn, MomentColumn, SharikTable, StateColumn
from tenancy.enums import Role
from tenancy.models import ApiToken, Invitation, Membership


def member_state(member: Membership) -> tuple[str, str]:
    return ("active", _("Active")) if member.active else ("deactivated", _("Deactivated"))


def invitation_state(invitation: Invitation) -> tuple[str, str]:
    if invitation.accepted_at:
        return "accepted", _("Accepted")
    if invitation.revoked_at:
        return "revoked", _("Withdrawn")
    return ("sent", _("Waiting")) if invitation.is_open() else ("expired", _("Expired"))


def token_state(token: ApiToken) -> tuple[str, str]:
    if token.revoked_at:
        return "revoked", _("Revoked")
    if token.expires_at and token.expires_at <= timezone.now():
        return "expired", _("Expired")
    return "active", _("Active")


class _PersonColumn(tables.Column):  # type: ignore[misc]
    """Name above e-mail; the name leads to the person where ``linked``."""

    def __init__(self, *args: Any, linked: str = "", **kwargs: Any) -> None:
        self.linked = linked
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any) -> str:
        title = record.name or record.email
        name = (
            format_html(
                '<a class="row-title" href="{}" dir="auto">{}</a>',
                reverse(self.linked, args=[record.pk]),
                title,
            )
            if self.linked
            else format_html('<span class="row-title" dir="auto">{}</span>', title)
        )
        return format_html('{}<span class="row-sub"><bdi dir="ltr">{}</bdi></span>', name, record.email)

    def value(self, record: Any) -> str:
        return f"{record.name} <{record.email}>"


class _CompanyColumn(tables.Column):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_values", ())
        super().__init__(*args, **kwargs)

    def render(self, record: Any) -> str:
        return str(record.partner) if record.partner_id else _("Operator")


class MemberTable(SharikTable):
    name = _PersonColumn(
        verbose_name=gettext_lazy("Person"), linked="people:member", order_by=("name", "email")
    )
    role = tables.Column(verbose_name=gettext_lazy("Role"))
    partner = _CompanyColumn(verbose_name=gettext_lazy("Company"), order_by="partner__name")
    last_seen_at = MomentColumn(verbose_name=gettext_lazy("Last here"))
    active = StateColumn(verbose_name=gettext_lazy("State"), state=member_state)

    def render_role(self, value: str, record: Membership) -> str:
        return str(Role(record.role).label)


class InvitationTable(SharikTable):
    email = _PersonColumn(verbose_name=gettext_lazy("Invited"))
    role = tables.Column(verbose_name=gettext_lazy("Role"))
    partner = _CompanyColumn(verbose_name=gettext_lazy("Company"), order_by="partner__name")
    created_at = DayColumn(verbose_name=gettext_lazy("Sent"))
    expires_at = DayColumn(verbose_name=gettext_lazy("Valid until"))
    state = StateColumn(verbose_name=gettext_lazy("State"), state=invitation_state, orderable=False)
    actions = tables.TemplateColumn(
        template_name="portal/people/invitation_actions.html", verbose_name="", orderable=False
    )
    not_exported = ("actions",)


class TokenTable(SharikTable):
    name = tables.Column(verbose_name=gettext_lazy("Name"))
    prefix = tables.TemplateColumn(
        "<code dir=ltr>{{ value }}…</code>", verbose_name=gettext_lazy("Begins with")
    )
    scopes = tables.TemplateColumn(
        "<bdi dir=ltr>{{ value|join:', ' }}</bdi>", verbose_name=gettext_lazy("Scopes")
    )
    created_at = DayColumn(verbose_name=gettext_lazy("Created"))
    last_used_at = MomentColumn(verbose_name=gettext_lazy("Last used"))
    state = StateColumn(verbose_name=gettext_lazy("State"), state=token_state, orderable=False)
    actions = tables.TemplateColumn(
        template_name="portal/people/token_actions.html", verbose_name="", orderable=False
    )
