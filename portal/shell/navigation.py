"""The side navigation: each package registers its items, and a reader sees those that lead somewhere for them.

A package of the portal has a ``navigation`` module that calls ``register`` when it is imported::

    register(NavItem("sales", _("Deals"), "deals:list", "briefcase", permission=Permission.VIEW_DEALS))
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

#: Sections in the order in which they stand; the first has no heading.
SECTIONS: dict[str, "Text"] = {
    "home": "",
    "work": _("My work"),
    "sales": _("Sales"),
    "rewards": _("Rewards"),
    "programme": _("Programme"),
    "partners": _("Partners"),
    "marketing": _("Marketing"),
    "support": _("Support"),
    "insight": _("Insight"),
    "finance": _("Finance"),
    "data": _("Data"),
    "company": _("Company"),
    "setup": _("Settings"),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place to go. Shown when its address exists and the actor has the permission (any one of several) and role.

    ``roles`` and ``audience`` ("partner" or "staff") narrow further; empty means everybody.
    """

    section: str
    label: "Text"
    url_name: str
    icon: str
    permission: Permission | Collection[Permission] | None = None
    roles: Collection[str] = ()
    audience: str = ""
    order: int = 100

    def is_for(self, actor: Actor) -> bool:
        if self.audience and (self.audience == "partner") != actor.is_partner:
            return False
        if self.roles and actor.role not in self.roles:
            return False
        if self.permission is None:
            return True
        wanted = [self.permission] if isinstance(self.permission, Permission) else self.permission
        return any(actor.can(permission) for permission in wanted)


@dataclass(slots=True)
class Entry:
    label: "Text"
    url: str
    icon: str
    active: bool = False


@dataclass(slots=True)
class Section:
    key: str
    label: "Text"
    entries: list[Entry] = field(default_factory=list)


_items: dict[tuple[str, str], NavItem] = {}


def register(*items: NavItem) -> None:
    """Add places; registering the same address in the same section again replaces the old entry."""
    for item in items:
        if item.section not in SECTIONS:
            raise ValueError(f"There is no navigation section {item.section!r}.")
        _items[item.section, item.url_name] = item


def navigation_for(actor: Actor, path: str) -> list[Section]:
    """The sections that ``actor`` sees on the page at ``path``, with the entry of that page marked."""
    sections = {key: Section(key, label) for key, label in SECTIONS.items()}
    for item in sorted(_items.values(), key=lambda item: item.order):
        url = _address(item.url_name)
        if url is not None and item.is_for(actor):
            sections[item.section].entries.append(Entry(item.label, url, item.icon))
    shown = [section for section in sections.values() if section.entries]
    _mark([entry for section in shown for entry in section.entries], path)
    return shown


def _mark(entries: list[Entry], path: str) -> None:
    """Mark the entry with the longest address that ``path`` lies under."""
    under = [
        entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))
    ]
    if under:
        max(under, key=lambda entry: len(entry.url)).active = True


def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


register(NavItem("home", _("Home"), "home", "home", order=0))
