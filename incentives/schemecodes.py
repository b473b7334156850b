"""From a scheme's code to its id, for services that take ids."""

from common.errors import InputError
from incentives.enums import PAYABLE
from incentives.models import Scheme
from tenancy.actors import Actor
from tenancy.enums import Permission


def scheme_id_of(actor: Actor, code: str | None) -> int | None:
    """``None`` for no code. Raises ``InputError`` at ``scheme`` for an unknown one."""
    actor.require(Permission.VIEW_SCHEMES)
    if not code:
        return None
    found: int | None = Scheme.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise InputError("unknown", None, "scheme")
    return found


def payable_schemes(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the published schemes that are settled in money, for choices."""
    actor.require(Permission.VIEW_SCHEMES)
    found = Scheme.objects.filter(published=True, kind__in=PAYABLE).order_by("code")
    return [(scheme.code, scheme.label()) for scheme in found]
