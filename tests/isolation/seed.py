"""One row per partner in every tenant table, made from the models themselves: a new table is filled without a line here."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models, transaction
from django.utils import timezone

from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.build import tenant_models
from tests.kit.world import Tenant

#: Filled by ``make_tenant``.
READY = {"tenancy.Membership", "partners.Partner", "partners.PartnerLink"}
#: Values that a constraint or trigger asks for.
FIXED: dict[str, dict[str, Any]] = {
    "programs.CourseVersion": {"published_at": None},
    "programs.TierException": {"decided_by_id": None},
    "programs.ExpertBalance": {"booked": Decimal(0), "used": Decimal(0)},
    "partners.ContractAcceptance": {"address": "192.0.2.1"},
    "incentives.SchemeVersion": {"published_at": None, "ends": None, "formula": "all: USD 5"},
    "incentives.SettlementRun": {"approved_by_id": None, "currency": "USD"},
    "incentives.Adjustment": {"decided_by_id": None, "state": "approved"},
    "incentives.Statement": {"state": "draft", "currency": "USD"},
    "incentives.BankAccount": {"confirmed_by_id": None},
    "incentives.Simulation": {
        "rules": {"formula": "all: USD 5", "kind": "rebate", "payee": "partner"},
        "periods": [],
    },
    "programs.Goal": {"state": "agreed"},
    "programs.Plan": {"state": "shared", "year": "2013"},
    "programs.PlanVersion": {
        "content": {
            **dict.fromkeys(("title", "summary", "strengths", "weaknesses", "opportunities", "threats"), "x"),
            "objectives": [],
            "commitments": {},
        }
    },
    "deals.Deal": {"currency": "USD"},
    "partners.Application": {
        "partner_id": None,
        "state": "screening",
        "roles": ["reseller"],
        "layers": ["cloud"],
    },
    "deals.Quote": {"currency": "USD"},
    "incentives.PaymentBatch": {"approved_by_id": None, "currency": "USD"},
    "incentives.Payment": {"currency": "USD"},
    "performance.Credit": {"currency": "USD"},
    "performance.ImportJob": {"kind": "products"},
}


#: Choices of which each partner's row has its own, because a unique constraint holds them apart.
APART = {"workflow.Preference.urgency", "partners.ValueProposition.kind", "partners.BlockEntry.kind"}


def _which(field: Any, code: str) -> int:
    return 1 if str(field) in APART and code == "p2" else 0


def fill(tenant: Tenant) -> None:
    """Add rows for ``p1`` and ``p2`` to every table that ``make_tenant`` leaves empty. Written by the owner."""
    # One transaction: the ledger takes lines of an entry from the entry's own transaction only.
    with transaction.atomic(using="owner"):
        for code in ("p1", "p2"):
            made: dict[str, models.Model] = {"partners.Partner": tenant.partners[code]}
            for model in _in_order():
                if model._meta.label not in READY:
                    made[model._meta.label] = _add(model, tenant, code, made)
        _issue(tenant)


def _issue(tenant: Tenant) -> None:
    """Statements take lines, and courses files, as drafts only, and partners see only those that are none."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update programs_courseversion set published_at = now() where operator_id = %s",
            [tenant.operator.pk],
        )
        cursor.execute(
            "update incentives_statement set state = 'issued' where operator_id = %s", [tenant.operator.pk]
        )


def _in_order() -> list[type[TenantModel]]:
    """Models after those that they point to."""
    ordered: list[type[TenantModel]] = []
    waiting = tenant_models()
    while waiting:
        names = {model._meta.label for model in waiting}
        ready = [model for model in waiting if not (_targets(model) & names - {model._meta.label})]
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
        if not ready:
            raise ValueError(f"Tables point to each other in a circle: {names}")
    return ordered


def _targets(model: type[models.Model]) -> set[str]:
    return {
        field.related_model._meta.label
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey) and isinstance(field.related_model, type) and not field.null
    }


def _add(model: type[TenantModel], tenant: Tenant, code: str, made: dict[str, models.Model]) -> models.Model:
    values: dict[str, Any] = {"operator_id": tenant.operator.pk}
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.attname == "operator_id":
            continue
        value = _value(field, model, tenant, code, made)
        if value is not None:
            values[field.attname] = value
    values |= FIXED.get(model._meta.label, {})
    row = model(**values)
    if model._meta.label == "incentives.LedgerLine":
        return _add_balanced(row)
    # The owner's alias sees no manager's filter: the row is written as it stands.
    models.Model.save_base(row, using="owner", force_insert=True)
    return row


def _add_balanced(row: Any) -> models.Model:
    """A line of the ledger comes with its counterpart in the same statement, or not at all."""
    values = [row.operator_id, row.entry_id, row.account_id, row.partner_id]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"insert into {row._meta.db_table} (operator_id, entry_id, account_id, partner_id, amount)"
            " values (%s, %s, %s, %s, 1), (%s, %s, %s, %s, -1)",
            values * 2,
        )
    return row  # type: ignore[no-any-return]


def _value(
    field: Any, model: type[models.Model], tenant: Tenant, code: str, made: dict[str, models.Model]
) -> Any:
    if isinstance(field, models.ForeignKey):
        return _reference(field, tenant, code, made)
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.JSONField):
        return {}
    if field.choices:
        return field.choices[_which(field, code)][0]
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.DateTimeField):
        return timezone.now() + timedelta(days=1)
    if isinstance(field, models.DateField):
        return date(2013, 1, 1 if code == "p1" else 2)
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.IntegerField):
        return 1 if code == "p1" else 2
    if isinstance(field, models.BinaryField):
        return code.encode()
    if field.name == "period":
        return "2013-Q1"
    if field.name == "currency":
        return tenant.operator.currency
    text = f"{code}-{field.name}"
    return text[: field.max_length] if getattr(field, "max_length", None) else text


def _reference(field: Any, tenant: Tenant, code: str, made: dict[str, models.Model]) -> Any:
    label = field.related_model._meta.label
    if label == "tenancy.Membership":
        return tenant.actors[
            "programme_manager" if field.model.walls.member_rows else f"partner_owner@{code}"
        ].membership_id
    if label == "tenancy.Person":
        return tenant.actors[f"partner_owner@{code}"].person_id
    return made[label].pk if label in made else None
