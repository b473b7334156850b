"""Fifteen prospects of a demo operator: scored, in every stage, some from a gap of the coverage map."""

from random import Random
from typing import Any

from catalog.models import Product, Territory
from partners.applications.scoring import criteria, ensure_criteria
from partners.models import Prospect
from partners.scouting.services import create_prospect, move_prospect, score_prospect
from portal.demo.places import Place
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Role
from tenancy.models import Membership

NAMES: dict[str, tuple[str, ...]] = {
    "fa": (
        "داده‌نگار ارس",
        "ابررایان سیمرغ",
        "نت‌گستر ایلام",
        "امن‌پرداز کرمان",
        "پردازش سبز گلستان",
        "فناوران بندر",
        "هوشمند راه تبریز",
        "رسانا شبکه قم",
        "تحلیل‌گران البرز",
        "سامان‌یار سنندج",
        "مخابرات مهر زاهدان",
        "پیوند ابر شیراز",
        "اینترنت اشیای یزد",
        "مرکز دادهٔ همدان",
        "راهکار صنعت اراک",
    ),
    "ar": (
        "بيانات الشارقة",
        "سحابة العين",
        "شبكات الفجيرة",
        "حماية الخليج",
        "المعالجة الخضراء",
        "تقنيو الميناء",
        "الطريق الذكي",
        "روابط عجمان",
        "محللو دبي",
        "نظم رأس الخيمة",
        "اتصالات المها",
        "جسر السحابة",
        "إنترنت أشياء أبوظبي",
        "مركز بيانات الظفرة",
        "حلول الصناعة",
    ),
}
SOURCES = {
    "fa": ("نمایشگاه الکامپ", "معرفی شریک", "شکاف نقشهٔ پوشش"),
    "ar": ("معرض جيتكس", "توصية شريك", "فجوة في خريطة التغطية"),
}
STAGES = ("", "contacted", "talking", "", "dropped")
REASONS = {"fa": "تنها با رقیب کار می‌کند.", "ar": "يعمل مع منافس فقط."}
ROLES = ("reseller", "system_integrator", "msp", "isv", "consultant")
LAYERS = ("cloud", "security", "iot", "connectivity", "data")


def make_prospects(actor: Actor, place: Place, rng: Random) -> None:
    """As the account manager found, judged and met them."""
    with scope_of(actor):
        pam = actor_of(Membership.objects.get(role=Role.PAM), actor.operator)
        ensure_criteria()
        products = list(Product.objects.filter(active=True).order_by("code").values_list("code", flat=True))
        regions = list(Territory.objects.filter(level=0).order_by("code").values_list("code", flat=True))
    with scope_of(actor):
        for number, name in enumerate(NAMES[place.language]):
            made = create_prospect(pam, fields=_told(place, number, name, products, regions))
            _judge(pam, made, rng)
            stage = STAGES[number % len(STAGES)]
            if stage:
                text = REASONS[place.language] if stage == "dropped" else ""
                move_prospect(pam, code=made.code, stage=stage, text=text)


def _told(place: Place, number: int, name: str, products: list[str], regions: list[str]) -> dict[str, Any]:
    return {
        "company_name": name,
        "product": products[number * 3 % len(products)] if products else "",
        "layer": LAYERS[number % len(LAYERS)],
        "role": ROLES[number % len(ROLES)],
        "territory": regions[number % len(regions)] if regions else "",
        "country": place.country,
        "city": place.regions[number % len(place.regions)][2][0][0],
        "contact_name": place.people[number % len(place.people)],
        "contact_email": f"sales@prospect{number + 1}.example",
        "source": SOURCES[place.language][number % 3],
    }


def _judge(pam: Actor, prospect: Prospect, rng: Random) -> None:
    """Each company has two talents of its own; its points lie around them."""
    talents = {axis: rng.randint(25, 95) for axis in ("technical", "commercial")}
    points = {
        each.code: max(0, min(100, round((talents[each.axis] + rng.randint(-18, 18)) / 5) * 5))
        for each in criteria()
    }
    score_prospect(pam, code=prospect.code, scores=points)
