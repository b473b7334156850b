"""What a token may reach: ``all``, ``read``, or ``<resource>:read`` and ``<resource>:write``.

``write`` includes ``read``. A scope never adds to what the member's role allows; it only takes away.
"""

from collections.abc import Collection
from typing import Literal

Access = Literal["read", "write"]

RESOURCES = (
    "accruals",
    "adjustments",
    "applications",
    "authorisations",
    "bank-accounts",
    "benefits",
    "contract-acceptances",
    "contracts",
    "certificates",
    "certifications",
    "courses",
    "customers",
    "deals",
    "directory",
    "discounts",
    "disputes",
    "documents",
    "enrolments",
    "estimates",
    "families",
    "formula",
    "funds",
    "goals",
    "holds",
    "holidays",
    "kpis",
    "leads",
    "listings",
    "measurements",
    "onboarding",
    "partners",
    "payment-batches",
    "payments",
    "plans",
    "points",
    "products",
    "programs",
    "prospects",
    "redemptions",
    "reps",
    "reviews",
    "rewards",
    "schemes",
    "segments",
    "settings",
    "settlements",
    "specialisations",
    "statements",
    "status",
    "tasks",
    "territories",
    "transactions",
)
#: Every scope that a token can be given.
SCOPES = ("all", "read", *(f"{name}:{access}" for name in RESOURCES for access in ("read", "write")))


def allows(scopes: Collection[str], resource: str, access: Access) -> bool:
    """Whether a token with ``scopes`` reaches ``resource``; the empty resource is open to every token."""
    if "all" in scopes or not resource or f"{resource}:write" in scopes:
        return True
    return access == "read" and ("read" in scopes or f"{resource}:read" in scopes)
