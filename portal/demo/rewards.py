"""KPIs, targets and schemes of a demo operator."""

from datetime import date
from decimal import Decimal
from typing import Any

from common.periods import period_of
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from performance.models import Kpi, KpiTarget, Measurement
from performance.services import create_kpi
from portal.demo.places import Place
from tenancy.actors import Actor

BUSINESS = {"kinds": ["sale", "renewal"]}
#: Code, English, Persian, Arabic name, measure, and what differs from a partner's quarter.
KPIS: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    ("sales", "Sales", "فروش", "المبيعات", "sum_amount", {"filters": BUSINESS}),
    ("cloud_sales", "Cloud sales", "فروش ابری", "مبيعات السحابة", "sum_amount",
     {"filters": {**BUSINESS, "layers": ["cloud"]}}),
    ("security_sales", "Security sales", "فروش امنیت", "مبيعات الأمن", "sum_amount",
     {"filters": {**BUSINESS, "layers": ["security"]}}),
    ("iot_units", "IoT packages sold", "بسته‌های اینترنت اشیای فروخته‌شده", "حزم إنترنت الأشياء المباعة", "sum_quantity",
     {"filters": {"kinds": ["sale"], "layers": ["iot"]}}),
    ("orders", "Orders", "سفارش‌ها", "الطلبات", "count", {"filters": BUSINESS}),
    ("renewal_value", "Renewals", "تمدیدها", "التجديدات", "sum_amount", {"filters": {"kinds": ["renewal"]}}),
    ("active_customers", "Active customers", "مشتریان فعال", "العملاء النشطون", "distinct_customers",
     {"filters": BUSINESS}),
    ("new_customers", "New customers", "مشتریان تازه", "العملاء الجدد", "new_customers", {"filters": BUSINESS}),
    ("families_per_customer", "Product families per customer", "خانواده محصول به ازای مشتری",
     "عائلات المنتجات لكل عميل", "cross_sell", {"filters": BUSINESS}),
    ("satisfaction", "Customer satisfaction", "رضایت مشتریان", "رضا العملاء", "average_score",
     {"filters": {"kinds": ["satisfaction"]}}),
    ("rep_sales", "Sales of the rep", "فروش فروشنده", "مبيعات المندوب", "sum_amount",
     {"filters": BUSINESS, "beneficiary": "rep"}),
    ("channel_sales", "Sales with sub-partners", "فروش با زیرمجموعه", "المبيعات مع الشركاء الفرعيين", "sum_amount",
     {"filters": BUSINESS, "beneficiary": "tree"}),
    ("sales_12m", "Sales of twelve months", "فروش دوازده ماه", "مبيعات اثني عشر شهرًا", "sum_amount",
     {"filters": BUSINESS, "period": "rolling", "rolling_months": 12}),
    ("certificates", "Certificates earned", "گواهینامه‌های کسب‌شده", "الشهادات المكتسبة", "count",
     {"filters": {"kinds": ["certificate"]}, "period": "year"}),
)  # fmt: skip


#: Labels of components, in the operator's language: partners read them.
LABELS = {
    "volume": {"fa": "حجم", "ar": "الحجم"},
    "loyalty": {"fa": "وفاداری", "ar": "الولاء"},
    "growth": {"fa": "رشد", "ar": "النمو"},
    "breadth": {"fa": "تنوع", "ar": "التنوع"},
    "cloud": {"fa": "ابری", "ar": "السحابة"},
    "security": {"fa": "امنیت", "ar": "الأمن"},
    "target": {"fa": "تحقق هدف", "ar": "تحقيق الهدف"},
    "customers": {"fa": "مشتریان تازه", "ar": "العملاء الجدد"},
    "quality": {"fa": "کیفیت", "ar": "الجودة"},
    "iot": {"fa": "اینترنت اشیا", "ar": "إنترنت الأشياء"},
}


def labelled(source: str, language: str) -> str:
    """The formula with its components' labels in ``language``."""
    return "\n".join(
        f'"{LABELS[label][language]}": {rest}'
        for label, _colon, rest in (line.partition(": ") for line in source.split("\n"))
    )


def make_kpis(actor: Actor, place: Place) -> None:
    """The KPIs, before the first line arrives."""
    for code, en, fa, ar, measure, more in KPIS:
        names = {"en": en, "fa": fa, "ar": ar}
        create_kpi(actor, code=code, name=names[place.language], names=names, measure=measure, **more)


def make_targets(actor: Actor, today: date) -> None:
    """Everybody's target for the running and the last quarter: a tenth more than the quarter before."""
    operator = actor.operator
    kpis = Kpi.objects.filter(code__in=["sales", "cloud_sales"])
    running = period_of(today, "quarter", operator.days, operator.fiscal_start_month)
    for period in (running, running.previous()):
        before = Measurement.objects.filter(kpi__in=kpis, period=period.previous().code)
        KpiTarget.objects.bulk_create(
            KpiTarget(
                kpi_id=row.kpi_id,
                partner_id=row.partner_id,
                period=period.code,
                value=(row.value * Decimal("1.1")).quantize(Decimal(1)),
            )
            for row in before
        )


def make_schemes(actor: Actor, place: Place, first_day: date) -> None:
    """Five schemes, published from the first day of the demo's time on."""
    unit = place.unit
    for scheme, source, more in _schemes(place, unit):
        version = VersionData(formula=labelled(source, place.language), starts=first_day, **more)
        draft = create_scheme(actor, scheme=scheme, version=version)
        publish_version(actor, version_id=draft.pk)


def _schemes(place: Place, unit: int) -> list[tuple[SchemeData, str, dict[str, Any]]]:
    def data(code: str, en: str, fa: str, ar: str, **more: Any) -> SchemeData:
        names = {"en": en, "fa": fa, "ar": ar}
        return SchemeData(code=code, name=names[place.language], names=names, **more)

    volume = (
        f"volume: marginal(sales, [0 -> 1%, {4000 * unit} -> 2%, {12000 * unit} -> 3%, {30000 * unit} -> 4%])\n"
        f"loyalty: renewal_value * 0.5%"
    )
    growth = (
        "growth: sales * band(growth(sales), [0 -> 0%, 5% -> 0.5%, 15% -> 1%, 30% -> 1.5%])\n"
        f"breadth: if(families_per_customer >= 1.6, {place.currency} {100 * unit}, {place.currency} 0)"
    )
    focus = (
        'cloud: cloud_sales * by(tier, ["platinum" -> 4%, "gold" -> 3%, "silver" -> 2%, else -> 1%])\n'
        "security: marginal(security_sales, [0 -> 1%, "
        f"{3000 * unit} -> 3%, {9000 * unit} -> 5%])\n"
        f"target: if(attainment(cloud_sales) >= 100%, {place.currency} {150 * unit}, {place.currency} 0)"
    )
    customers = (
        f'customers: new_customers * by(tier, ["platinum" -> {place.currency} {12 * unit},'
        f' "gold" -> {place.currency} {10 * unit}, else -> {place.currency} {8 * unit}])\n'
        f"quality: if(satisfaction >= 4, {place.currency} {60 * unit}, {place.currency} 0)"
    )
    spiff = (
        'security: if(layer = "security", amount * 1.5%, amount * 0%)\niot: '
        'if(layer = "iot", amount * 2%, amount * 0%)'
    )
    return [
        (data("volume", "Volume rebate", "بازگشت وجه حجمی", "مسترد الحجم"), volume, {"budget": Decimal(900_000 * unit)}),
        (data("growth", "Growth bonus", "پاداش رشد", "مكافأة النمو"), growth, {"budget": Decimal(300_000 * unit)}),
        (data("focus", "Cloud and security", "ابر و امنیت", "السحابة والأمن"), focus, {"cap": Decimal(6000 * unit)}),
        (data("customers", "New customers", "مشتریان تازه", "العملاء الجدد"), customers, {}),
        (
            data("fast", "Security and IoT SPIFF", "پاداش فوری امنیت و اینترنت اشیا", "مكافأة الأمن وإنترنت الأشياء",
                 kind="spiff", payee="rep", period="month"),
            spiff,
            {"eligibility": {"kinds": ["sale"], "product_layers": ["security", "iot"]}},
        ),
    ]  # fmt: skip
