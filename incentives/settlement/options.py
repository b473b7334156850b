"""The operator's numbers of settlement."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

grace_days = define("settlement.grace_days", 3, _("Wait for late data"), _("working days"), most=60)
minimum_payout = define("settlement.minimum_payout", 0, _("Smallest payout"), _("whole currency units"))
pay_after = define("settlement.pay_after", 5, _("Payment after approval"), _("working days"), most=120)
vat = define("settlement.vat", 0, _("Value added tax on earnings"), "%", most=100)
withholding = define("settlement.withholding", 0, _("Tax withheld from earnings"), "%", most=100)
hold_days = define("settlement.hold_days", 30, _("Holds by rule end after"), _("days"), least=1, most=365)
hold_unusual = define(
    "settlement.unusual_volume",
    3,
    _("Hold what sells more than this many times its own six-month median (0: never)"),
    _("times"),
    most=100,
)
account_rest = define(
    "settlement.account_rest", 10, _("No payment after the bank account changed"), _("days"), most=90
)
return_window = define(
    "settlement.return_window", 10, _("Sale and return around the end of a period"), _("days"), most=60
)
dispute_days = define("disputes.file_days", 30, _("Disputes can be filed for"), _("days"), least=1)
dispute_first = define("disputes.first_answer", 3, _("First answer to a dispute"), _("working days"))
dispute_resolution = define("disputes.resolution", 10, _("Decision of a dispute"), _("working days"))
dispute_escalation = define("disputes.escalation", 10, _("A denied dispute can be escalated for"), _("days"))
