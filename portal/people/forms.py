"""Forms of people and API tokens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.enums import PARTNER_ROLES, Role
from tenancy.models import Operator

Choices = list[tuple[Any, Any]]


def role_choices(*, staff: bool, partner: bool) -> Choices:
    """Roles of the operator's own people, of partners' people, or of both in two groups."""
    own = [(role.value, role.label) for role in Role if role not in PARTNER_ROLES]
    theirs = [(role.value, role.label) for role in Role if role in PARTNER_ROLES]
    if staff and partner:
        return [("", "---------"), (_("At the operator"), own), (_("At a partner"), theirs)]
    return own if staff else theirs


class InviteForm(forms.Form):
    """``partners`` is given to operator staff, who choose the company; a partner's owner invites to the own one."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"})
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"))
    partner = forms.ChoiceField(
        label=_("Company"),
        required=False,
        help_text=_("Only for roles at a partner; empty for your own team."),
    )
    language = forms.ChoiceField(label=_("Language of the invitation"))

    def __init__(
        self, *args: Any, operator: Operator, partners: Iterable[tuple[int, str]] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self._offer("language", [(code, names[code]) for code in operator.languages])
        self._offer("role", role_choices(staff=partners is not None, partner=True))
        if partners is None:
            del self.fields["partner"]
        else:
            self._offer("partner", [("", "---------"), *((str(pk), name) for pk, name in partners)])

    def _offer(self, name: str, choices: Choices) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class RoleForm(forms.Form):
    """Another role of the same company."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, partner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = role_choices(
            staff=not partner, partner=partner
        )


class TokenForm(forms.Form):
    LIVES = {"30": _("30 days"), "90": _("90 days"), "365": _("One year"), "": _("No end")}

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What uses it, such as “billing feed”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A scope never gives more than your own role allows."),
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=list(LIVES.items()), required=False, initial="365")

    def __init__(self, *args: Any, scopes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = scopes

    def values(self) -> dict[str, Any]:
        """The arguments of ``services.create_token``."""
        days = self.cleaned_data["days"]
        expires_at = timezone.now() + timedelta(days=int(days)) if days else None
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": expires_at,
        }
