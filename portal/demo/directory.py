"""Specialisations, listed partners and a few questions of visitors at a demo operator."""

from random import Random

from catalog.models import Family
from marketing.leads.arrivals import asked_of_partner
from marketing.leads.working import mark_contacted
from partners.enums import PartnerState
from partners.models import Partner
from portal.demo.goals import demo_people
from portal.demo.places import Place
from programs.benefits import allowed
from programs.directory.listings import list_partner, submit_listing
from programs.enums import BenefitKind
from programs.models import DirectoryEntry, DirectoryListing
from programs.training.specialising import evaluate_specialisations, save_specialisation
from tenancy.actors import Actor

LISTED = 11
SPECIALISATIONS = (
    ("secure-branch", "security", {"sdwan-pro": 1, "sec-ops": 1},
     ("Secure branch", "شعبه امن", "الفرع الآمن"),
     ("Lines, firewall and watch over them from one hand.",
      "خط، دیواره آتش و پایش آن‌ها از یک دست.",
      "خطوط وجدار حماية ومراقبة من جهة واحدة.")),
    ("cloud-move", "cloud", {"cloud-arch": 2},
     ("Moving to the cloud", "کوچ به ابر", "الانتقال إلى السحابة"),
     ("Certified architects plan and carry out the migration.",
      "معماران دارای گواهینامه جابه‌جایی را طراحی و اجرا می‌کنند.",
      "مهندسون معتمدون يخططون الانتقال وينفذونه.")),
)  # fmt: skip
TEXTS = (
    ("We connect branches and look after them, day and night. Fifteen engineers, own spare parts.",
     "شعبه‌ها را به هم می‌رسانیم و شبانه‌روز نگه‌داری می‌کنیم. پانزده مهندس و انبار قطعه.",
     "نربط الفروع ونعتني بها ليل نهار. خمسة عشر مهندساً وقطع غيار لدينا."),
    ("Cloud for small and middle-sized companies: backup, mail and servers, explained in plain words.",
     "ابر برای شرکت‌های کوچک و متوسط: پشتیبان‌گیری، ایمیل و سرور، با زبان ساده.",
     "السحابة للشركات الصغيرة والمتوسطة: نسخ احتياطي وبريد وخوادم، بكلمات بسيطة."),
    ("Security is our craft: audits, firewalls and a watch that answers within minutes.",
     "کار ما امنیت است: ممیزی، دیواره آتش و پایشی که در چند دقیقه پاسخ می‌دهد.",
     "الأمن صنعتنا: تدقيق وجدران حماية ومراقبة تجيب خلال دقائق."),
)  # fmt: skip
QUESTIONS = (
    ("We open three shops next month and need lines and card terminals that never stand still.",
     "ماه آینده سه فروشگاه باز می‌کنیم و خط و کارت‌خوانی می‌خواهیم که از کار نیفتد.",
     "نفتتح ثلاثة متاجر الشهر القادم ونحتاج إلى خطوط وأجهزة دفع لا تتوقف."),
    ("Our servers are eight years old. Could you have a look before the summer?",
     "سرورهای ما هشت ساله‌اند. می‌شود پیش از تابستان نگاهی بیندازید؟",
     "خوادمنا عمرها ثماني سنوات. هل تلقون نظرة قبل الصيف؟"),
    ("Please call me about a firewall for our head office.",
     "لطفاً درباره دیواره آتش دفتر مرکزی با من تماس بگیرید.",
     "اتصلوا بي من فضلكم بشأن جدار حماية لمقرنا."),
)  # fmt: skip
#: What the first partner wants to say from now on; the operator has not looked at it yet.
FRESH = (
    "We connect branches and look after them, day and night. New: an own watch room in the capital.",
    "شعبه‌ها را به هم می‌رسانیم و شبانه‌روز نگه‌داری می‌کنیم. تازه: اتاق پایش خودمان در پایتخت.",
    "نربط الفروع ونعتني بها ليل نهار. جديد: غرفة مراقبة خاصة بنا في العاصمة.",
)
_ORDER = {"en": 0, "fa": 1, "ar": 2}


def _texts(place: Place, three: tuple[str, str, str]) -> dict[str, str]:
    return {code: three[_ORDER[code]] for code in place.languages}


def make_directory(actor: Actor, place: Place, rng: Random) -> None:
    """Partners whose tier includes the directory are listed; the first one's people find questions of visitors."""
    own = _ORDER[place.language]
    for code, layer, needs, names, texts in SPECIALISATIONS:
        save_specialisation(
            actor,
            code=code,
            layer=layer,
            needs=needs,
            name=names[own],
            names=_texts(place, names),
            texts=_texts(place, texts),
        )
    evaluate_specialisations(actor)
    partners = Partner.objects.filter(state=PartnerState.ACTIVE).order_by("code")
    entitled = allowed(partners.values_list("pk", flat=True), BenefitKind.DIRECTORY)
    for index, partner in enumerate(partners.filter(pk__in=entitled)[:LISTED]):
        families = Family.objects.filter(layer__in=partner.layers).order_by("code")
        list_partner(
            actor,
            partner=partner.code,
            texts=_texts(place, TEXTS[index % len(TEXTS)]),
            families=list(families.values_list("code", flat=True)),
        )
    entry = DirectoryEntry.objects.get(partner__code="p001")
    for index, question in enumerate(QUESTIONS):
        company, name = rng.choice(place.first_words)[0], rng.choice(place.people)
        made = asked_of_partner(
            actor,
            {
                "entry": entry.pk,
                "name": name,
                "company": company,
                "email": f"visitor{index + 1}@customer.example",
                "phone": "",
                "city": place.regions[index][2][0][0],
                "text": question[own],
                "language": place.language,
            },
        )
        if index == 2 and made is not None:
            mark_contacted(actor, ref=made.lead.ref)
    row = DirectoryListing.objects.get(partner__code="p001")
    owner = demo_people(actor)["partner_owner"]
    submit_listing(owner, texts=_texts(place, FRESH), families=row.families)
