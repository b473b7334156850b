"""The PAM's workspace of the demo: tasks, notes, meetings, plans in every state, and quarterly reviews."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation

from common.periods import Period, period_of
from partners.book.meetings import hold_meeting, plan_meeting
from partners.book.notes import add_note
from partners.book.tasks import add_task, finish_task
from partners.models import Meeting
from performance.models import KpiTarget
from portal.demo.goals import book_partners, demo_people
from portal.demo.places import Place
from programs.models import ObjectiveTarget, Plan
from programs.plans import services, signing
from programs.plans.selectors import content_of, digest_of
from programs.reviews import services as reviewing
from tenancy.actors import Actor

#: Place in the book, task, days from today until it is due, side, and whether it is done.
TASKS: dict[str, tuple[tuple[int, str, int, str, bool], ...]] = {
    "fa": (
        (0, "ارسال فهرست قیمت تازه", 4, "operator", False),
        (0, "معرفی دو کارشناس برای دورهٔ ابری", -3, "partner", False),
        (0, "بازبینی متن پیشنهاد بانک", -12, "partner", True),
        (1, "پیگیری تخصیص خط آزمایشی", -6, "operator", False),
        (2, "تکمیل پروندهٔ بیمه", 9, "partner", False),
    ),
    "ar": (
        (0, "إرسال قائمة الأسعار الجديدة", 4, "operator", False),
        (0, "ترشيح مختصَّين لدورة السحابة", -3, "partner", False),
        (0, "مراجعة نص عرض البنك", -12, "partner", True),
        (1, "متابعة تخصيص خط تجريبي", -6, "operator", False),
        (2, "استكمال ملف التأمين", 9, "partner", False),
    ),
}
WORDS: dict[str, dict[str, Any]] = {
    "fa": {
        "note": "مدیر فروش تازه‌شان از دی‌ماه می‌آید؛ تا آن زمان با مدیرعامل هماهنگ شود.",
        "meeting": "هماهنگی ماهانه",
        "agenda": "وضعیت معامله‌ها\nآموزش فنی\nبرنامهٔ نمایشگاه",
        "minutes": "بر سر دو پروژهٔ مشترک توافق شد. فهرست قیمت تا پایان هفته ارسال می‌شود.",
        "place": "اتاق جلسهٔ ۴",
        "plan": "طرح تجاری مشترک",
        "proof": "صورت‌جلسهٔ بازبینی فصل",
        "summary": "رشد فروش خدمات ابری در کنار حفظ مشتریان اتصال.",
        "strengths": "تیم فنی باتجربه و شناخت بازار محلی",
        "weaknesses": "وابستگی به چند مشتری بزرگ",
        "opportunities": "مهاجرت شرکت‌های متوسط به ابر",
        "threats": "رقابت قیمتی فروشندگان تازه",
        "accounts": ("بانک توسعهٔ شرق: مهاجرت مرکز داده", "فولاد جنوب: شبکهٔ کارخانه"),
        "minutes_review": "عددها بررسی شد؛ عقب‌ماندگی فروش ابری از کمبود نیروی فنی است.",
        "action": ("برگزاری کارگاه فنی ابری", "استخدام یک کارشناس پیش‌فروش"),
    },
    "ar": {
        "note": "يبدأ مدير مبيعاتهم الجديد الشهر القادم؛ التنسيق حتى ذلك الحين مع المدير العام.",
        "meeting": "تنسيق شهري",
        "agenda": "وضع الصفقات\nالتدريب الفني\nخطة المعرض",
        "minutes": "اتُّفق على مشروعين مشتركين. تُرسل قائمة الأسعار قبل نهاية الأسبوع.",
        "place": "قاعة الاجتماعات ٤",
        "plan": "خطة العمل المشتركة",
        "proof": "محضر مراجعة الربع",
        "summary": "نمو مبيعات السحابة مع الحفاظ على عملاء الاتصال.",
        "strengths": "فريق فني متمرّس ومعرفة بالسوق المحلية",
        "weaknesses": "الاعتماد على عدد قليل من كبار العملاء",
        "opportunities": "انتقال الشركات المتوسطة إلى السحابة",
        "threats": "منافسة سعرية من بائعين جدد",
        "accounts": ("بنك الشرق: نقل مركز البيانات", "فولاذ الجنوب: شبكة المصنع"),
        "minutes_review": "روجعت الأرقام؛ تأخر مبيعات السحابة سببه نقص الفنيين.",
        "action": ("عقد ورشة فنية عن السحابة", "توظيف مختص واحد لما قبل البيع"),
    },
}


def _codes() -> list[str]:
    """The first three partners of the book; the first one's people have logins."""
    return [partner.code for partner in book_partners()[:3]]


def make_book(actor: Actor, place: Place, now: datetime) -> None:
    """Tasks, notes and meetings; what is due lies around ``now``."""
    people, words = demo_people(actor), WORDS[place.language]
    pam, today = people["pam"], now.astimezone(actor.operator.zone).date()
    codes = _codes()
    for number, title, days, side, is_done in TASKS[place.language]:
        if number >= len(codes):
            continue
        due = today + timedelta(days=days)
        task = add_task(pam, partner=codes[number], title=title, due_on=due, side=side)
        if is_done:
            finish_task(people["partner_owner"], task_id=task.pk)
    add_note(pam, partner="p001", text=words["note"], pinned=True)
    for days in (-20, 6):
        begins = datetime.combine(today + timedelta(days=days), time(10, 30), actor.operator.zone)
        meeting: Meeting = plan_meeting(
            pam, partner="p001", title=words["meeting"], starts_at=begins, minutes_long=60, place=words["place"],
            agenda=words["agenda"], guests=[people["partner_owner"].email],
        )  # fmt: skip
        if days < 0:
            hold_meeting(pam, meeting_id=meeting.pk, minutes=words["minutes"])


def make_plans(actor: Actor, place: Place, now: datetime) -> None:
    """A signed plan, one that waits for the partner's signature, and an outline."""
    people, operator = demo_people(actor), actor.operator
    pam, owner = people["pam"], people["partner_owner"]
    year = period_of(now.astimezone(operator.zone).date(), "year", operator.days, operator.fiscal_start_month)
    for number, partner in enumerate(_codes()):
        plan = _draw(pam, place, partner, year)
        if number == 2:
            continue
        signing.share_plan(pam, plan_id=plan.pk)
        signing.ask_to_sign(pam, plan_id=plan.pk)
        for signer in (pam, owner) if number == 0 else (pam,):
            plan.refresh_from_db()
            signing.sign_plan(signer, plan_id=plan.pk, digest=digest_of(content_of(plan)))
        if number == 0:
            _prove(owner, place, plan)


def _prove(owner: Actor, place: Place, plan: Plan) -> None:
    """What the first quarters reached of what no KPI measures: all in the first, a little less in the second."""
    rows = ObjectiveTarget.objects.filter(plan=plan, objective__kpi=None).order_by("objective_id", "pk")
    seen: dict[int, int] = {}
    for row in rows:
        seen[row.objective_id] = place_of = seen.get(row.objective_id, 0) + 1
        if place_of <= 2:
            actual = row.target - (place_of - 1)
            signing.enter_actual(
                owner, plan_id=plan.pk, target_id=row.pk, actual=actual, proof=WORDS[place.language]["proof"]
            )


def _draw(pam: Actor, place: Place, partner: str, year: Period) -> Plan:
    words = WORDS[place.language]
    names = ("summary", "strengths", "weaknesses", "opportunities", "threats", "accounts")
    with translation.override(
        place.language
    ):  # The template's words are kept in the language of whoever makes a plan.
        plan = services.create_plan(pam, partner=partner, year=year.code, title=words["plan"])
    services.change_plan(pam, plan_id=plan.pk, **{name: words[name] for name in names})
    for objective in list(plan.objectives.all()):
        periods = services.objective_periods(pam, plan, objective.kpi)
        targets = {
            period.code: _target(objective, partner, period.code, place) if objective.kpi else Decimal(number)
            for number, period in enumerate(periods, 1)
        }
        services.put_objective(
            pam, plan_id=plan.pk, title=objective.title, weight=objective.weight, targets=targets,
            kpi=objective.kpi.code if objective.kpi else "", objective_id=objective.pk,
        )  # fmt: skip
    return plan


def _target(objective: Any, partner: str, period: str, place: Place) -> Decimal:
    """The target that stands, else a round number."""
    row = KpiTarget.objects.filter(kpi=objective.kpi, partner__code=partner, period=period).first()
    return row.value if row else Decimal(place.unit * 6000)


def make_reviews(actor: Actor, place: Place, now: datetime) -> None:
    """The last quarter was held with the first partner, is planned with the second, and overdue with the third."""
    people, operator, words = demo_people(actor), actor.operator, WORDS[place.language]
    pam, today = people["pam"], now.astimezone(operator.zone).date()
    last = period_of(today, "quarter", operator.days, operator.fiscal_start_month).previous()
    held = reviewing.plan_review(
        pam, partner="p001", period=last.code, planned_on=last.end + timedelta(days=8)
    )
    reviewing.prepare_review(pam, review_id=held.pk)
    reviewing.hold_review(pam, review_id=held.pk, held_on=today, minutes=words["minutes_review"])
    for side, title in zip(("operator", "partner"), words["action"], strict=True):
        due = today + timedelta(days=21)
        reviewing.add_action(pam, review_id=held.pk, side=side, title=title, due_on=due)
    reviewing.agree_actions(pam, review_id=held.pk)
    coming = today + timedelta(days=5)
    before = last.previous()
    dates = ((last.next(), max(coming, last.end)), (before, before.end + timedelta(days=7)))
    for code, (quarter, day) in zip(_codes()[1:], dates, strict=False):
        reviewing.plan_review(pam, partner=code, period=quarter.code, planned_on=day)
