"""The two demo operators: a Persian one with Jalali calendar and rial, an Arabic one with dirham."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """What an operator's demo is made of. Names are (local, English)."""

    slug: str
    name: str
    names: dict[str, str]
    languages: tuple[str, ...]
    calendar: str
    currency: str
    time_zone: str
    colour: str
    weekend: tuple[int, ...]
    language: str
    country: str
    #: A price level: one unit of the price list in this currency.
    unit: int
    partners: int
    customers: int
    lines: int
    regions: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    first_words: tuple[tuple[str, str], ...]
    second_words: tuple[tuple[str, str], ...]
    people: tuple[str, ...]


PARS = Place(
    slug="pars",
    name="پارس تلکام",
    names={"en": "Pars Telecom", "ar": "بارس تليكوم"},
    languages=("fa", "en", "ar"),
    calendar="jalali",
    currency="IRR",
    time_zone="Asia/Tehran",
    colour="#0f766e",
    weekend=(4, 5),
    language="fa",
    country="IR",
    unit=900_000,
    partners=36,
    customers=1800,
    lines=120_000,
    regions=(
        ("تهران", "Tehran", (("تهران", "Tehran city"), ("اسلامشهر", "Eslamshahr"), ("ورامین", "Varamin"))),
        ("اصفهان", "Isfahan", (("اصفهان", "Isfahan city"), ("کاشان", "Kashan"))),
        ("فارس", "Fars", (("شیراز", "Shiraz"), ("مرودشت", "Marvdasht"))),
        ("خراسان رضوی", "Razavi Khorasan", (("مشهد", "Mashhad"), ("نیشابور", "Neyshabur"))),
        ("آذربایجان شرقی", "East Azerbaijan", (("تبریز", "Tabriz"), ("مراغه", "Maragheh"))),
        ("خوزستان", "Khuzestan", (("اهواز", "Ahvaz"), ("آبادان", "Abadan"))),
        ("گیلان", "Gilan", (("رشت", "Rasht"), ("لاهیجان", "Lahijan"))),
        ("یزد", "Yazd", (("یزد", "Yazd city"), ("میبد", "Meybod"))),
    ),
    first_words=(
        ("آریا", "Aria"),
        ("پیشگام", "Pishgam"),
        ("رایان", "Rayan"),
        ("نوین", "Novin"),
        ("داده", "Dadeh"),
        ("افق", "Ofogh"),
        ("سپهر", "Sepehr"),
        ("کیان", "Kian"),
        ("مهر", "Mehr"),
        ("البرز", "Alborz"),
        ("زاگرس", "Zagros"),
        ("فراز", "Faraz"),
        ("بهین", "Behin"),
        ("تابان", "Taban"),
        ("هیرمند", "Hirmand"),
        ("سینا", "Sina"),
        ("آتی", "Ati"),
        ("پویا", "Pouya"),
    ),
    second_words=(
        ("شبکه", "Network"),
        ("ارتباط", "Communications"),
        ("فناوری", "Technology"),
        ("سامانه", "Systems"),
        ("ابر", "Cloud"),
        ("امن", "Secure"),
        ("گستر", "Gostar"),
        ("پرداز", "Pardaz"),
        ("هوشمند", "Smart"),
        ("صنعت", "Industry"),
    ),
    people=(
        "مریم رضایی",
        "علی احمدی",
        "سارا کریمی",
        "حسین محمدی",
        "نگار صادقی",
        "رضا مرادی",
        "لیلا حسینی",
        "امیر جعفری",
        "زهرا نوری",
        "پرهام یزدانی",
        "شیرین فلاحی",
        "کاوه رستمی",
    ),
)

NOOR = Place(
    slug="noor",
    name="نور للاتصالات",
    names={"en": "Noor Telecom", "fa": "نور تلکام"},
    languages=("ar", "en", "fa"),
    calendar="gregorian",
    currency="AED",
    time_zone="Asia/Dubai",
    colour="#7c3aed",
    weekend=(6, 7),
    language="ar",
    country="AE",
    unit=60,
    partners=24,
    customers=1000,
    lines=80_000,
    regions=(
        ("دبي", "Dubai", (("ديرة", "Deira"), ("جبل علي", "Jebel Ali"))),
        ("أبوظبي", "Abu Dhabi", (("العين", "Al Ain"), ("مصفح", "Musaffah"))),
        ("الشارقة", "Sharjah", (("خورفكان", "Khor Fakkan"), ("كلباء", "Kalba"))),
        ("عجمان", "Ajman", (("مصفوت", "Masfout"),)),
        ("رأس الخيمة", "Ras Al Khaimah", (("الرمس", "Al Rams"),)),
        ("الفجيرة", "Fujairah", (("دبا", "Dibba"),)),
    ),
    first_words=(
        ("الخليج", "Gulf"),
        ("النخبة", "Elite"),
        ("الأفق", "Horizon"),
        ("الرائد", "Pioneer"),
        ("الصقر", "Falcon"),
        ("الواحة", "Oasis"),
        ("المدار", "Orbit"),
        ("البيان", "Bayan"),
        ("الريادة", "Leadership"),
        ("النجم", "Star"),
        ("المستقبل", "Future"),
        ("البحر", "Sea"),
        ("الفجر", "Dawn"),
        ("السهم", "Arrow"),
    ),
    second_words=(
        ("للشبكات", "Networks"),
        ("للتقنية", "Technology"),
        ("للاتصالات", "Telecom"),
        ("للحلول", "Solutions"),
        ("السحابية", "Cloud"),
        ("للأمن", "Security"),
        ("للأنظمة", "Systems"),
        ("الذكية", "Smart"),
        ("للتجارة", "Trading"),
    ),
    people=(
        "فاطمة المنصوري",
        "أحمد الهاشمي",
        "مريم الشامسي",
        "خالد النعيمي",
        "نورة الكعبي",
        "سالم المهيري",
        "هند السويدي",
        "عمر الزعابي",
        "ليلى المرزوقي",
        "يوسف الظاهري",
        "سارة البلوشي",
        "راشد الفلاسي",
    ),
)

PLACES = (PARS, NOOR)
