"""Where the product honours each kind of benefit. Whoever does says so in one sentence, when it is imported.

A kind that nobody registered can be promised all the same, but the pages say that its keeping is up to people.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from programs.enums import BenefitKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

_known: dict[str, "Text"] = {}


def honours(kind: BenefitKind, text: "Text") -> None:
    """``text`` (lazy) says to a partner what the benefit does and where; the last one registered counts."""
    _known[kind] = text


def use_of(kind: str) -> str:
    """In the reader's language; empty where nothing uses it yet."""
    return str(_known.get(kind, ""))


def is_honoured(kind: str) -> bool:
    return kind in _known


# Routing weighs it (marketing.leads.candidates) by the entitlements alone.
honours(BenefitKind.LEAD_PRIORITY, _("Leads that fit are offered to you earlier."))
