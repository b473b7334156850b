"""What every page of the portal is drawn with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from portal.shell.brand import Brand, brand_of
from portal.shell.formats import Formats, formats_of
from portal.shell.navigation import Section, navigation_for
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Membership

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
_NAMES = dict(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Choice:
    """A membership as it stands in the switch."""

    id: int
    company: str
    role: str
    current: bool


class Shell:
    """The frame around a page; parts are computed when a template asks for them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language = (translation.get_language() or "en").split("-")[0]
        self.direction = "rtl" if self.language in ("fa", "ar") else "ltr"
        wanted = request.COOKIES.get(THEME_COOKIE, "auto")
        self.theme = wanted if wanted in THEMES else "auto"
        self.painted_theme = "dark" if self.theme == "dark" else "light"
        self.actor: Actor | None = getattr(request, "actor", None)
        self.csrf = self.actor is not None

    @property
    def brand(self) -> Brand:
        return brand_of(getattr(self.request, "operator", None), self.language)

    @property
    def formats(self) -> Formats:
        return formats_of(self.request)

    @property
    def navigation(self) -> list[Section]:
        return navigation_for(self.actor, self.request.path) if self.actor else []

    @property
    def languages(self) -> list[tuple[str, str]]:
        operator = getattr(self.request, "operator", None)
        codes = operator.languages if operator else list(_NAMES)
        return [(code, _NAMES[code]) for code in codes if code in _NAMES]

    @property
    def language_name(self) -> str:
        return _NAMES.get(self.language, self.language)

    @property
    def role(self) -> str:
        return role_name(self.actor.role) if self.actor else ""

    @property
    def initials(self) -> str:
        words = (self.actor.name if self.actor else "").split()
        letters = [word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
        # Persian and Arabic letters join when they touch: one letter stands better alone.
        return "".join(letters) if all(letter.isascii() for letter in letters) else letters[0]

    @property
    def company(self) -> str:
        return next((choice.company for choice in self.memberships if choice.current), self.brand.name)

    @cached_property
    def bell(self) -> dict[str, Any] | None:
        """What the bell shows; ``None`` where nobody is signed in."""
        from portal.workflow.bell import bell_of

        return bell_of(self.actor) if self.actor else None

    @property
    def memberships(self) -> list[Choice]:
        if self.actor is None:
            return []
        return [
            Choice(
                membership.pk,
                company_of(membership, self.brand.name),
                role_name(membership.role),
                membership.pk == self.actor.membership_id,
            )
            for membership in getattr(self.request, "membership_choices", ())
        ]


def role_name(role: str) -> str:
    """The title of a role in the active language; the role itself where it is not a member's (the system)."""
    return str(Role(role).label) if role in Role.values else role


def company_of(membership: Membership, operator_name: str) -> str:
    """The company that a membership is at: the partner's name, or the operator's."""
    return str(membership.partner) if membership.partner_id else operator_name


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``shell`` in every template."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
