"""Holidays of a demo operator, a conversation with its first partner, and what its people are told."""

from datetime import date
from typing import Any

from common.calendars import get_calendar
from partners.selectors import get_partner
from portal.demo.places import Place
from portal.workflow.talk import COMMENTED
from tenancy.actors import Actor, actor_of
from tenancy.models import Membership
from workflow.calendar import add_holidays
from workflow.conversation import attach_file, write_message
from workflow.notices import names_of, notify, pams_of, partner_people

#: Calendar, month, day and name; moon months are those of the Umm al-Qura calendar.
HOLIDAYS: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "fa": (
        *(("jalali", 1, day, "نوروز") for day in (1, 2, 3, 4)),
        ("jalali", 1, 12, "روز جمهوری اسلامی"),
        ("jalali", 1, 13, "روز طبیعت"),
        ("jalali", 3, 14, "رحلت امام خمینی"),
        ("jalali", 3, 15, "قیام پانزده خرداد"),
        ("jalali", 11, 22, "پیروزی انقلاب"),
        ("jalali", 12, 29, "ملی شدن صنعت نفت"),
        ("hijri", 1, 9, "تاسوعا"),
        ("hijri", 1, 10, "عاشورا"),
        ("hijri", 10, 1, "عید فطر"),
        ("hijri", 12, 10, "عید قربان"),
        ("hijri", 12, 18, "عید غدیر"),
    ),
    "ar": (
        ("gregorian", 1, 1, "رأس السنة الميلادية"),
        *(("hijri", 10, day, "عيد الفطر") for day in (1, 2, 3)),
        ("hijri", 12, 9, "وقفة عرفة"),
        *(("hijri", 12, day, "عيد الأضحى") for day in (10, 11, 12)),
        ("hijri", 1, 1, "رأس السنة الهجرية"),
        ("hijri", 3, 12, "المولد النبوي"),
        ("gregorian", 12, 2, "عيد الاتحاد"),
        ("gregorian", 12, 3, "عيد الاتحاد"),
    ),
}
#: Who writes what; "note" stays among the operator's people.
TALK: dict[str, tuple[tuple[str, str, str], ...]] = {
    "fa": (
        ("pam", "", "سلام. قرارداد امسال پیوست است؛ لطفاً تا پایان ماه بررسی کنید."),
        ("partner_owner", "", "سپاس. بند هفت (مهلت تحویل) را با همکار حقوقی‌مان می‌خوانیم و خبر می‌دهیم."),
        ("pam", "note", "مالی می‌گوید دو صورت‌حساب قدیمی هنوز باز است؛ پیش از امضا پیگیری شود."),
        ("partner_owner", "", "بند هفت هم تأیید شد. پروانهٔ تازه را بارگذاری می‌کنم."),
    ),
    "ar": (
        ("pam", "", "مرحبًا. عقد هذه السنة مرفق؛ نرجو مراجعته قبل نهاية الشهر."),
        ("partner_owner", "", "شكرًا. نراجع البند السابع (مهلة التسليم) مع مستشارنا القانوني ونعود إليكم."),
        ("pam", "note", "تقول المالية إن فاتورتين قديمتين ما زالتا مفتوحتين؛ نتابعهما قبل التوقيع."),
        ("partner_owner", "", "وافقنا على البند السابع أيضًا. سأرفع الرخصة الجديدة."),
    ),
}
FILES = {
    "fa": (("قرارداد-شراکت.pdf", "contract", "pam"), ("پروانه-فعالیت.pdf", "licence", "partner_owner")),
    "ar": (("عقد-الشراكة.pdf", "contract", "pam"), ("رخصة-النشاط.pdf", "licence", "partner_owner")),
}
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def make_holidays(actor: Actor, place: Place, today: date) -> None:
    """The holidays of last year to next year."""
    days = []
    for code, month, day, name in HOLIDAYS[place.language]:
        calendar = get_calendar(code)
        year = calendar.from_date(today)[0]
        days += [(calendar.to_date(each, month, day), name) for each in range(year - 1, year + 2)]
    add_holidays(actor, days)


def make_talk(actor: Actor, place: Place) -> None:
    """A conversation and files about the first partner; both sides are told."""
    partner = get_partner(actor, "p001")
    people = {
        row.role: actor_of(row, actor.operator)
        for row in Membership.objects.filter(role__in=("pam", "partner_owner")).order_by("-pk")
    }
    for number, (role, kind, text) in enumerate(TALK[place.language]):
        write_message(people[role], partner, text, internal=kind == "note")
        if kind != "note":
            _tell(people[role], partner, str(number))
    for name, purpose, role in FILES[place.language]:
        attach_file(people[role], partner, name=name, chunks=[PDF], purpose=purpose)


def _tell(author: Actor, partner: Any, key: str) -> None:
    to = pams_of(partner.pk) if author.is_partner else partner_people(partner.pk)
    path = f"/partners/{partner.code}/conversation/"
    notify(COMMENTED, partner, to=to, path=path, key=key, author=author.name, title=names_of(partner))
