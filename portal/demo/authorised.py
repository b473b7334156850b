"""Core products of a demo operator, who may sell what to whom, and the worksheets behind it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from catalog import services as catalog
from catalog.selectors import products_for
from portal.demo.deals import PARTNERS
from portal.demo.master import PASSWORD
from portal.demo.offer import Item
from portal.demo.places import Place
from programs.authorisations.services import add_authorisation, end_authorisation
from programs.authorisations.worksheets import decide_worksheet, write_worksheet
from programs.enums import Criterion
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person

Words = tuple[str, str, str]
CORE: Words = ("Mobile", "موبایل", "الهاتف المحمول")
ITEMS = (
    Item("sim-business", "Business SIM, 100 cards", "سیم‌کارت سازمانی ۱۰۰ عدد", "شرائح الأعمال 100", 12, 0),
    Item("data-pool", "Shared data pool 1 TB", "بسته داده اشتراکی ۱ ترابایت", "باقة بيانات مشتركة 1 تيرابايت", 30, 0),
    Item("bulk-sms", "Bulk SMS, 1 million", "پیامک انبوه ۱ میلیون", "رسائل نصية جماعية مليون", 16, 0),
)  # fmt: skip
NAMED: Words = (
    "Chosen for key accounts by the channel board.",
    "به تصمیم کمیته شرکا برای مشتریان کلیدی برگزیده شد.",
    "اختير لكبار العملاء بقرار لجنة الشركاء.",
)
PILOT: Words = (
    "Our own team runs a pilot with the municipality here.",
    "تیم خود ما اینجا با شهرداری طرح آزمایشی دارد.",
    "فريقنا ينفذ هنا مشروعا تجريبيا مع البلدية.",
)
REFERRED: Words = (
    "Referral agents hand security leads over; they do not sell it.",
    "معرف‌ها مشتری امنیت را معرفی می‌کنند و خود نمی‌فروشند.",
    "وكلاء الإحالة يحيلون عملاء الأمن ولا يبيعون لهم.",
)
SMS: Words = (
    "Bulk SMS through system integrators",
    "پیامک انبوه از راه یکپارچه‌سازان",
    "الرسائل الجماعية عبر مكاملي الأنظمة",
)
POOL: Words = (
    "Data pools through managed service providers",
    "بسته داده اشتراکی از راه ارائه‌دهندگان خدمات",
    "باقات البيانات عبر مزودي الخدمات",
)
WHY: Words = (
    "Small companies buy it together with other services; our shops do not reach them.",
    "شرکت‌های کوچک آن را همراه خدمات دیگر می‌خرند و فروشگاه‌های ما به آن‌ها نمی‌رسد.",
    "تشتريها الشركات الصغيرة مع خدمات أخرى ولا تصل إليها متاجرنا.",
)
DECIDED: Words = (
    "Opened for a year; prices stay ours.",
    "برای یک سال باز شد؛ قیمت با ماست.",
    "فتح لمدة عام والأسعار لنا.",
)
SELLERS = {
    "connectivity": ("reseller", "msp", "system_integrator", "distributor", "referral_agent"),
    "cloud": ("msp", "system_integrator", "consultant", "isv", "reseller"),
    "security": ("msp", "system_integrator", "consultant"),
    "iot": ("system_integrator", "isv", "hardware_vendor"),
    "enterprise_it": ("reseller", "distributor", "hardware_vendor"),
    "data": ("consultant", "isv", "system_integrator"),
    "core": ("reseller", "distributor", "msp", "system_integrator"),
}
SECOND_READER = "products"


def make_core(actor: Actor, place: Place) -> None:
    """The family of core products, which partners may not sell without an authorisation."""
    catalog.save_family(actor, code="mobile", layer="core", **_named(place, *CORE))
    for item in ITEMS:
        catalog.save_product(
            actor,
            code=item.code,
            family="mobile",
            list_price=str(item.price * place.unit),
            partner_price=str(item.price * place.unit * 95 // 100),
            **_named(place, item.en, item.fa, item.ar),
        )


def make_roles(actor: Actor) -> None:
    """Which partner roles can sell what, by layer."""
    for product in products_for(actor):
        catalog.change_product(actor, code=product.code, roles=list(SELLERS[product.family.layer]))


def _named(place: Place, en: str, fa: str, ar: str) -> dict[str, Any]:
    names = {"en": en, "fa": fa, "ar": ar}
    return {"name": names[place.language], "names": names}


def make_authorisations(actor: Actor, place: Place, today: date) -> None:
    """Rules in force, one that has ended, a worksheet that was decided and one that waits. Before the first deal."""
    manager, second = _managers(actor, place)
    year = today + timedelta(days=365)

    def say(words: Words) -> str:
        return words[{"en": 0, "fa": 1, "ar": 2}[place.language]]

    for code in PARTNERS:
        add_authorisation(manager, effect="allow", partner=code, segment="key", reason=say(NAMED))
    add_authorisation(
        manager, effect="refuse", role="referral_agent", layer="security", engagement_model="sell_to",
        reason=say(REFERRED),
    )  # fmt: skip
    add_authorisation(
        manager, effect="refuse", layer="iot", segment="public", territory="r02",
        ends=today + timedelta(days=120), reason=say(PILOT),
    )  # fmt: skip
    old = add_authorisation(
        manager,
        effect="allow",
        role="distributor",
        product="sim-business",
        starts=today - timedelta(days=200),
    )
    end_authorisation(manager, pk=old.pk)
    _worksheets(manager, second, say, year)


def _worksheets(manager: Actor, second: Actor, say: Any, year: date) -> None:
    decided = write_worksheet(
        manager, title=say(SMS), market_share=Decimal("38.5"), criteria=_scores(8, 7, 9, 6, 7, 8),
        reason=say(WHY), product="bulk-sms", role="system_integrator", ends=year,
    )  # fmt: skip
    decide_worksheet(second, pk=decided.pk, opens=True, decision=say(DECIDED))
    write_worksheet(
        manager, title=say(POOL), market_share=Decimal(52), criteria=_scores(5, 8, 6, 7, 4, 6),
        reason=say(WHY), product="data-pool", role="msp", ends=year,
    )  # fmt: skip


def _scores(*scores: int) -> list[dict[str, Any]]:
    weights = (9, 8, 6, 5, 6, 4)
    return [
        {"code": code, "weight": weight, "score": score}
        for code, weight, score in zip(Criterion.values, weights, scores, strict=True)
    ]


def _managers(actor: Actor, place: Place) -> tuple[Actor, Actor]:
    """The programme manager of the logins, and a second one, who decides."""
    first = Membership.objects.get(role=Role.PROGRAMME_MANAGER)
    with scope(actor.operator.pk, Audience.AUTH):
        person = ensure_person(
            email=f"{SECOND_READER}@{place.slug}.example",
            name=place.people[-1],
            language=place.language,
            password=PASSWORD,
        )
        second = add_membership(person, role=Role.PROGRAMME_MANAGER)
    return actor_of(first, actor.operator), actor_of(second, actor.operator)
