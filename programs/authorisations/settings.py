"""What is open without a rule: the operator's choice."""

from django.utils.translation import gettext_lazy as _

from programs.authorisations.rules import Doors
from workflow.settings import define

_key_accounts = define(
    "authorisations.key_accounts", False, _("Key accounts are open to partners without a rule")
)
_core = define("authorisations.core", False, _("Core telecom products are open to partners without a rule"))
_elsewhere = define("authorisations.elsewhere", True, _("Everything else is open to partners without a rule"))


def doors() -> Doors:
    """As the active operator set them."""
    return Doors(_key_accounts(), _core(), _elsewhere())
