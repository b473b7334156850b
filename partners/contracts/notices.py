"""What people are told about contracts."""

from django.utils.translation import gettext_lazy as _

from partners.contracts.selectors import partners_without
from partners.models import ContractAcceptance, ContractVersion, Partner
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, declare, done, names_of, notify, pams_of, partner_people

PUBLISHED = declare(
    "contracts.published",
    Urgency.ACTION,
    _("There is a new version of “%(contract)s”: accept it until %(day)s."),
)
REMINDER = declare(
    "contracts.reminder",
    Urgency.ACTION,
    _("“%(contract)s” is not accepted yet. After %(day)s new deals stop."),
)
ACCEPTED = declare("contracts.accepted", Urgency.INFO, _("%(partner)s has accepted “%(contract)s”."))


def tell_published(actor: Actor, version: ContractVersion) -> None:
    for partner in partners_without(actor, version):
        _tell(PUBLISHED, version, partner, "")


def tell_reminder(actor: Actor, version: ContractVersion, days: int) -> None:
    """Those that have not accepted yet."""
    for partner in partners_without(actor, version):
        _tell(REMINDER, version, partner, str(days))


def _tell(kind: Kind, version: ContractVersion, partner: Partner, key: str) -> None:
    notify(
        kind,
        partner,
        to=partner_people(partner.pk, Permission.VIEW_ONBOARDING),
        path=f"/contracts/versions/{version.pk}/",
        key=f"{version.pk}.{key}",
        contract=names_of(version.contract),
        day=version.accept_until,
    )


def tell_accepted(acceptance: ContractAcceptance) -> None:
    """The account managers; what the company was asked is done."""
    done(acceptance.partner, [PUBLISHED, REMINDER])
    notify(
        ACCEPTED,
        acceptance,
        to=pams_of(acceptance.partner_id, Permission.MANAGE_ONBOARDING),
        path=f"/contracts/acceptances/{acceptance.pk}/",
        partner=names_of(acceptance.partner),
        contract=names_of(acceptance.version.contract),
    )
