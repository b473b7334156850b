"""Partners on the way in, contracts and documents of a demo operator: two mid-way, one stuck, papers that end soon."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from partners import services as partners
from partners.contracts import services as contracts
from partners.documents import services as documents
from partners.models import ContractVersion, Onboarding, OnboardingStep
from partners.onboarding import running, steps
from partners.onboarding.enums import StepKind
from performance.tasks import deliver_events
from portal.demo.entry import legal_id_of
from portal.demo.master import PASSWORD
from portal.demo.places import Place
from portal.demo.talk import PDF
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person

#: Code, names (fa, ar, en), owner (fa, ar), roles, city (fa, ar); the last one got stuck.
COMPANIES: tuple[tuple[str, tuple[str, str, str], tuple[str, str], list[str], tuple[str, str]], ...] = (
    ("n201", ("رایان‌گستر البرز", "رواد الأفق للتقنية", "Horizon Pioneers"), ("مینا صدری", "سلمى الحارثي"), ["msp"], ("کرج", "دبي")),
    ("n202", ("ارتباط نوین هامون", "اتصال الواحة", "Oasis Connect"), ("پیمان رستگار", "ماجد الكعبي"), ["reseller"], ("زاهدان", "العين")),
    ("n203", ("سامانه‌های امن پارسه", "درع الخليج للأمن", "Gulf Shield Security"), ("شیرین کاظمی", "نورة الشامسي"), ["system_integrator"], ("شیراز", "أبوظبي")),
)  # fmt: skip
ADDRESS = {"fa": "خیابان آزادی، شمارهٔ ۱۲", "ar": "شارع الشيخ زايد، مبنى ١٢"}
PHONE = {"fa": "+98 21 5555 0123", "ar": "+971 4 555 0123"}
CONTRACT = {
    "fa": ("قرارداد همکاری", {"ar": "عقد الشراكة", "en": "Partner contract"}),
    "ar": ("عقد الشراكة", {"fa": "قرارداد همکاری", "en": "Partner contract"}),
}
TEXTS = {
    "fa": (
        "# موضوع\n\nاین قرارداد همکاری میان اپراتور و شریک تجاری را در فروش و پشتیبانی خدمات تعیین می‌کند.\n\n"
        "# تعهدات شریک\n\n- معرفی درست خدمات به مشتری\n- نگهداری امن داده‌های مشتریان\n- پاسخ به درخواست‌ها در **دو روز کاری**\n\n"
        "# پاداش\n\nپاداش‌ها برابر طرح‌های منتشرشده محاسبه و در پایان هر دوره پرداخت می‌شوند.\n"
    ),
    "ar": (
        "# الموضوع\n\nينظّم هذا العقد الشراكة بين المشغّل والشريك في بيع الخدمات ودعمها.\n\n"
        "# التزامات الشريك\n\n- عرض الخدمات على العميل بأمانة\n- حفظ بيانات العملاء بأمان\n- الرد على الطلبات خلال **يومي عمل**\n\n"
        "# المكافآت\n\nتُحسب المكافآت وفق البرامج المنشورة وتُدفع في نهاية كل دورة.\n"
    ),
    "en": (
        "# Subject\n\nThis contract governs how operator and partner sell and support services together.\n\n"
        "# What the partner undertakes\n\n- to present services to customers truthfully\n- to keep customers' data safe\n"
        "- to answer requests within **two working days**\n\n"
        "# Rewards\n\nRewards are computed by the published schemes and paid at the end of each period.\n"
    ),
}
MORE = {
    "fa": "\n# حفاظت از داده‌ها\n\nشریک رخدادهای امنیتی را در ۲۴ ساعت گزارش می‌کند.\n",
    "ar": "\n# حماية البيانات\n\nيبلّغ الشريك عن الحوادث الأمنية خلال ٢٤ ساعة.\n",
    "en": "\n# Data protection\n\nThe partner reports security incidents within 24 hours.\n",
}
NEW = {"fa": "بند تازه‌ای دربارهٔ حفاظت از داده‌ها.", "ar": "بند جديد عن حماية البيانات."}
CAPACITY = {"fa": "مدیرعامل", "ar": "المدير العام"}
ISSUER = {"fa": "سازمان تنظیم مقررات", "ar": "هيئة تنظيم الاتصالات"}
RETURNED = {
    "fa": "شمارهٔ مالیاتی با گواهی نمی‌خواند؛ لطفاً درستش کنید.",
    "ar": "الرقم الضريبي لا يطابق الشهادة؛ نرجو تصحيحه.",
}


def make_onboarding(actor: Actor, place: Place, today: date) -> None:
    """Everything of this module; in transactions of its own."""
    with scope_of(actor):
        owners = _companies(actor, place)
        people = _people(actor)
        first = _publish(actor, place, {})
    deliver_events(actor)
    with scope_of(actor):
        contracts.accept_version(
            people["partner_owner"],
            version_id=first.pk,
            sha256=first.hashes[place.language],
            language=place.language,
            capacity=CAPACITY[place.language],
            address="192.0.2.24",
        )
    _vault(actor, people, place, today)
    with scope_of(actor):
        for code, *_rest in COMPANIES:
            running.start_onboarding(actor, code=code)
    deliver_events(actor)
    _walk(actor, people, owners, place)
    deliver_events(actor)
    with scope_of(actor):
        _get_stuck()
        _publish(actor, place, MORE)
    deliver_events(actor)


def _companies(actor: Actor, place: Place) -> dict[str, Actor]:
    """The new partners with their owners, in the account manager's book."""
    column, owners = 0 if place.language == "fa" else 1, {}
    for code, names, owner, roles, city in COMPANIES:
        partner = partners.create_partner(
            actor,
            code=code,
            name=names[column],
            names={"en": names[2]},
            roles=roles,
            state="onboarding",
            city=city[column],
            territory="r01",
        )
        email = f"owner@{code}.{place.slug}.example"
        with scope(actor.operator.pk, Audience.AUTH):
            person = ensure_person(
                email=email, name=owner[column], language=place.language, password=PASSWORD
            )
            membership = add_membership(person, role="partner_owner", partner_id=partner.pk)
        owners[code] = actor_of(membership, actor.operator)
    pam = Membership.objects.filter(role="pam").order_by("pk")[0]
    partners.assign_book(actor, pam.pk, [code for code, *_rest in COMPANIES])
    return owners


def _people(actor: Actor) -> dict[str, Actor]:
    wanted = ("pam", "programme_manager", "partner_owner")
    rows = Membership.objects.filter(role__in=wanted).order_by("-pk")
    return {row.role: actor_of(row, actor.operator) for row in rows}


def _publish(actor: Actor, place: Place, more: dict[str, str]) -> ContractVersion:
    name, names = CONTRACT[place.language]
    last = ContractVersion.objects.order_by("-number").first()
    pk = last.contract_id if last else contracts.save_contract(actor, name=name, names=names).pk
    draft = contracts.draft_version(actor, contract_id=pk)
    texts = {code: TEXTS[code] + more.get(code, "") for code in place.languages}
    changes = NEW[place.language] if more else ""
    contracts.write_version(actor, version_id=draft.pk, texts=texts, changes=changes)
    return contracts.publish_version(actor, version_id=draft.pk)


def _vault(actor: Actor, people: dict[str, Actor], place: Place, today: date) -> None:
    """Of the first partner: one that ends in three weeks, one in two months, one for long, one to be checked."""
    owner, pam = people["partner_owner"], people["pam"]
    papers = (("licence", 21, True), ("insurance", 58, True), ("tax", 300, True), ("authority", 700, False))
    for number, (kind, days, good) in enumerate(papers, 1):
        with scope_of(actor):
            document = _add(
                owner, place, "p001", kind, today + timedelta(days=days), f"{place.country}-{number:04d}"
            )
        if good:
            with scope_of(actor):
                documents.accept_document(pam, document_id=document.pk)
    deliver_events(actor)


def _add(owner: Actor, place: Place, code: str, kind: str, until: date, number: str) -> Any:
    return documents.add_document(
        owner,
        partner=code,
        kind=kind,
        number=number,
        issuer=ISSUER[place.language],
        valid_from=until - timedelta(days=365),
        valid_until=until,
        file_name=f"{kind}.pdf",
        chunks=[PDF],
    )


def _walk(actor: Actor, people: dict[str, Actor], owners: dict[str, Actor], place: Place) -> None:
    """The first is well on its way, the second waits for us, the third was sent back."""
    for code, owner in owners.items():
        _hand_in(
            actor,
            owner,
            StepKind.PROFILE,
            {"city": "–", "address": ADDRESS[place.language], "phone": PHONE[place.language]},
        )
        number = int(code[1:])
        legal = {"legal_id": legal_id_of(place, number), "tax_number": f"4111{number * 7919:08}"}
        _hand_in(actor, owner, StepKind.LEGAL, legal | {"legal_name": owner.name, "signatory": owner.name})
    deliver_events(actor)
    pam = people["pam"]
    with scope_of(actor):
        steps.approve_step(pam, step_id=_step("n201", StepKind.LEGAL))
        steps.return_step(pam, step_id=_step("n203", StepKind.LEGAL), text=RETURNED[place.language])
    owner = owners["n201"]
    with scope_of(actor):
        version = ContractVersion.objects.order_by("-number")[0]
        contracts.accept_version(
            owner,
            version_id=version.pk,
            sha256=version.hashes[place.language],
            language=place.language,
            capacity=CAPACITY[place.language],
            address="192.0.2.77",
        )
        until = timezone.now().date() + timedelta(days=400)
        _add(owner, place, "n201", "licence", until, "L-201")


def _step(code: str, kind: str) -> int:
    found: OnboardingStep = OnboardingStep.objects.get(partner__code=code, kind=kind)
    return found.pk


def _hand_in(actor: Actor, owner: Actor, kind: str, answers: dict[str, str]) -> None:
    with scope_of(actor):
        step = OnboardingStep.objects.select_related("partner").get(partner_id=owner.partner_id, kind=kind)
        known = {"city": step.partner.city} if "city" in answers else {}
        if kind == StepKind.LEGAL:
            answers = answers | {"legal_name": step.partner.name}
        steps.submit_step(owner, step_id=step.pk, answers=answers | known)


def _get_stuck() -> None:
    """The third one began weeks ago and has not answered since."""
    long_ago = timezone.now() - timedelta(days=23)
    Onboarding.objects.filter(partner__code="n203").update(started_at=long_ago)
    open_steps = OnboardingStep.objects.filter(partner__code="n203", held_since__isnull=False)
    open_steps.update(held_since=long_ago, opened_at=long_ago, due_at=long_ago + timedelta(days=7))
