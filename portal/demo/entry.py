"""Companies that want to become partners of a demo operator: applications in several states, and prospects."""

from typing import Any

from partners.applications import applying, review
from partners.applications.blocklist import add_block
from partners.applications.links import secret_of
from partners.applications.offers import save_offers
from partners.models import Application, ApplicationScore, Criterion
from portal.demo.entrytexts import APPLICANTS, ENGLISH, OFFERS
from portal.demo.places import Place
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Role
from tenancy.models import Membership, OutboxEvent
from tenancy.outbox import deliver

#: What is done with each application after its draft.
LIVES = ("draft", "screening", "screening", "asked", "scored", "interview", "rejected", "flagged")
MAIL = "partners.application_mail"
BLOCKED = {"fa": "فهرست تحریم سازمان بازرسی", "ar": "قائمة عقوبات الهيئة"}


def make_offers(actor: Actor, place: Place) -> None:
    """What the operator offers on its public page, and somebody whom it does not want."""
    with scope_of(actor):
        for role, texts in OFFERS[place.language].items():
            told = {kind: {place.language: text, "en": ENGLISH[role][kind]} for kind, text in texts.items()}
            save_offers(actor, role=role, texts=told)
        add_block(actor, kind="domain", value="shadow-trade.example", reason=BLOCKED[place.language])


def make_applications(actor: Actor, place: Place) -> None:
    """Everything as applicants and the PAM would do it; mails of the past are not sent."""
    for number, (life, told) in enumerate(zip(LIVES, APPLICANTS[place.language], strict=True)):
        secret = _draft(actor, place, number, told)
        if life == "draft":
            continue
        applying.submit(actor.operator, secret)
        _work(actor)
        _decide(actor, life, secret)
        _work(actor)


def _draft(actor: Actor, place: Place, number: int, told: dict[str, Any]) -> str:
    given = {
        "country": place.country,
        "city": place.regions[number % len(place.regions)][2][0][0],
        "legal_id": legal_id_of(place, number),
        "layers": ["cloud", "security"] if number % 2 else ["connectivity"],
        "founded": str(2004 + 2 * number),
        "technicians": str(1 + 3 * number % 11),
        "sellers": str(1 + 2 * number % 7),
        "customers": str(5 + 37 * number % 240),
    }
    applying.create_draft(actor.operator, language=place.language, fields=given | told)
    with scope_of(actor):
        return secret_of(Application.objects.latest("pk").link_nonce)


def legal_id_of(place: Place, number: int) -> str:
    """Ids whose digits check: of Iran by their eleventh digit, elsewhere as they are."""
    if place.country != "IR":
        return f"CN-{1_200_340 + number * 917}"
    stem = f"{1_400_512_340 + number * 7_913:010}"
    plus = int(stem[9]) + 2
    factors = (29, 27, 23, 19, 17)
    total = sum((int(digit) + plus) * factors[index % 5] for index, digit in enumerate(stem))
    return f"{stem}{total % 11 % 10}"


def _work(actor: Actor) -> None:
    """What the worker does, but for the mails to people who do not exist."""
    with scope_of(actor):
        OutboxEvent.objects.filter(topic=MAIL).delete()
        deliver(actor)
        OutboxEvent.objects.filter(topic=MAIL).delete()


def _decide(actor: Actor, life: str, secret: str) -> None:
    with scope_of(actor):
        pam = actor_of(Membership.objects.get(role=Role.PAM), actor.operator)
        application = Application.objects.latest("pk")
        judged = ApplicationScore.objects.filter(application=application).values("criterion_id")
        codes = list(Criterion.objects.exclude(pk__in=judged).values_list("code", flat=True))
    with scope_of(actor):
        number = application.number
        if life == "asked":
            text = APPLICANT_QUESTION[application.language]
            review.request_information(pam, number=number, text=text, fields=["phone", "certificates"])
        if life == "rejected":
            review.reject_application(pam, number=number, text=REJECTION[application.language])
        if life in ("scored", "interview", "flagged"):
            points = {code: 40 + (7 * place_of + len(life) * 5) % 60 for place_of, code in enumerate(codes)}
            review.score_application(pam, number=number, scores=points)
        if life == "interview":
            review.invite_to_interview(pam, number=number, text=INTERVIEW[application.language])
        if life == "flagged":
            review.approve_application(pam, number=number)


APPLICANT_QUESTION = {
    "fa": "لطفاً تلفن دفتر مرکزی و فهرست گواهینامه‌های همکاران فنی را بفرستید.",
    "ar": "نرجو إرسال هاتف المكتب الرئيسي وقائمة شهادات الفنيين.",
}
REJECTION = {
    "fa": "هنوز همکار فنی تمام‌وقت ندارید. پس از استخدام دست‌کم دو نفر دوباره درخواست دهید.",
    "ar": "ليس لديكم بعد فنيون متفرغون. تقدموا مجددًا بعد توظيف اثنين على الأقل.",
}
INTERVIEW = {
    "fa": "سه‌شنبه ساعت ۱۰ در دفتر ما، یا با تماس تصویری.",
    "ar": "الثلاثاء الساعة العاشرة في مكتبنا أو بمكالمة مرئية.",
}
