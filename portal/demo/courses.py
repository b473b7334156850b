"""What the demo's courses say, in three languages."""

from typing import Any

#: code, layer, months, names
CERTIFICATIONS: list[tuple[str, str, int, dict[str, str]]] = [
    ("sdwan-pro", "connectivity", 24,
     {"en": "SD-WAN Professional", "fa": "کارشناس SD-WAN", "ar": "محترف SD-WAN"}),
    ("cloud-arch", "cloud", 24,
     {"en": "Cloud Architect", "fa": "معمار ابری", "ar": "مهندس حلول سحابية"}),
    ("sec-ops", "security", 12,
     {"en": "Managed Security Operator", "fa": "کارشناس امنیت مدیریت‌شده", "ar": "مشغّل الأمن المُدار"}),
]  # fmt: skip

_SDWAN_EN = """Branches reach data centre and cloud over several lines at once. This course shows what to sell and how to build it.

## What SD-WAN solves

- Leased lines are **dear** and slow to order.
- Traffic to the cloud should not take the way through head office.
- One policy for all branches replaces a hundred configurations.

## Sizing a branch

| Branch | Lines | Device |
|---|---|---|
| Up to 20 people | fibre + LTE | S |
| Up to 100 people | 2 × fibre | M |
| Data centre | 2 × fibre, two devices | L |

Ask for the number of voice calls first: voice decides the quality classes.

## Handing over

1. Test each line alone, then the failover.
2. Show the customer the portal and the reports.
3. Register the installation, so that support knows it.
"""
_SDWAN_FA = """شعبه‌ها هم‌زمان از چند خط به مرکز داده و ابر می‌رسند. این دوره نشان می‌دهد چه بفروشید و چگونه آن را راه بیندازید.

## SD-WAN چه مسئله‌ای را حل می‌کند

- خط‌های اختصاصی **گران** هستند و دیر تحویل می‌شوند.
- ترافیک ابر نباید از دفتر مرکزی بگذرد.
- یک سیاست برای همه شعبه‌ها جای صد پیکربندی را می‌گیرد.

## اندازه‌گیری شعبه

| شعبه | خط‌ها | دستگاه |
|---|---|---|
| تا ۲۰ نفر | فیبر و LTE | کوچک |
| تا ۱۰۰ نفر | دو خط فیبر | متوسط |
| مرکز داده | دو خط فیبر، دو دستگاه | بزرگ |

نخست شمار تماس‌های صوتی را بپرسید: صدا رده‌های کیفیت را تعیین می‌کند.

## تحویل به مشتری

1. هر خط را جدا و سپس جابه‌جایی میان خط‌ها را بیازمایید.
2. درگاه و گزارش‌ها را به مشتری نشان دهید.
3. نصب را ثبت کنید تا پشتیبانی از آن آگاه باشد.
"""
_SDWAN_AR = """تصل الفروع إلى مركز البيانات والسحابة عبر عدة خطوط معاً. تبيّن هذه الدورة ما تبيعه وكيف تنفذه.

## ما الذي يحله SD-WAN

- الخطوط المؤجرة **مكلفة** وبطيئة التسليم.
- لا ينبغي أن تمر حركة السحابة عبر المقر الرئيسي.
- سياسة واحدة لكل الفروع تحل محل مئة إعداد.

## تقدير حجم الفرع

| الفرع | الخطوط | الجهاز |
|---|---|---|
| حتى 20 شخصاً | ألياف وLTE | صغير |
| حتى 100 شخص | خطا ألياف | متوسط |
| مركز البيانات | خطا ألياف وجهازان | كبير |

اسأل أولاً عن عدد المكالمات: الصوت يحدد فئات الجودة.

## التسليم

1. اختبر كل خط وحده ثم الانتقال بين الخطوط.
2. اعرض على العميل البوابة والتقارير.
3. سجّل التركيب كي يعلم به الدعم.
"""

_CLOUD_EN = """## Why customers move

Servers grow old, peaks come and go, and nobody wants to buy for the peak.

## Three first questions

1. Which application hurts most?
2. Where must the data lie?
3. Who answers at night?

## Migration in waves

Begin with what nobody misses for an hour. Measure before and after.
"""
_CLOUD_FA = """## چرا مشتری‌ها می‌آیند

سرورها کهنه می‌شوند، اوج مصرف می‌آید و می‌رود و کسی نمی‌خواهد برای اوج خرید کند.

## سه پرسش نخست

1. کدام برنامه بیشترین دردسر را دارد؟
2. داده‌ها باید کجا بماند؟
3. شب چه کسی پاسخگوست؟

## جابه‌جایی موج‌به‌موج

از چیزی آغاز کنید که نبود یک‌ساعته‌اش به چشم نیاید. پیش و پس از آن را بسنجید.
"""
_CLOUD_AR = """## لماذا ينتقل العملاء

تتقادم الخوادم، وتأتي الذروة وتذهب، ولا أحد يريد الشراء من أجل الذروة.

## ثلاثة أسئلة أولى

1. أي تطبيق يؤلم أكثر؟
2. أين يجب أن تبقى البيانات؟
3. من يجيب ليلاً؟

## الانتقال على دفعات

ابدأ بما لا يفتقده أحد لساعة. قِس قبل وبعد.
"""
_CONDUCT = {
    "en": """## Fair dealing

We register deals before we quote, and we never promise what the operator has not confirmed.

## Gifts

Nothing above the value of a lunch, and nothing at all during a tender.

## Customer data

Only what the sale needs, only as long as it is needed.
""",
    "fa": """## رفتار منصفانه

پیش از پیشنهاد قیمت، معامله را ثبت می‌کنیم و چیزی را که اپراتور تأیید نکرده قول نمی‌دهیم.

## هدیه

هیچ هدیه‌ای گران‌تر از یک ناهار، و در زمان مناقصه اصلاً هیچ.

## داده‌های مشتری

تنها آنچه فروش لازم دارد و تنها تا وقتی لازم است.
""",
    "ar": """## التعامل النزيه

نسجل الصفقات قبل عرض السعر، ولا نعد بما لم يؤكده المشغّل.

## الهدايا

لا شيء يتجاوز قيمة غداء، ولا شيء البتة أثناء المناقصة.

## بيانات العملاء

ما يحتاجه البيع فقط، وما دام لازماً فقط.
""",
}


def _three(en: str, fa: str, ar: str) -> dict[str, str]:
    return {"en": en, "fa": fa, "ar": ar}


COURSES: list[dict[str, Any]] = [
    {
        "code": "sdwan-basics",
        "layer": "connectivity",
        "minutes": "45",
        "certification": "sdwan-pro",
        "names": _three("SD-WAN: selling and building it", "فروش و پیاده‌سازی SD-WAN", "بيع SD-WAN وتنفيذها"),
        "summary": _three(
            "What it replaces, how to size a branch, how to hand over.",
            "جای چه را می‌گیرد، شعبه را چگونه اندازه بگیریم و چگونه تحویل دهیم.",
            "ما الذي يحل محله، وكيف نقدّر حجم الفرع، وكيف نسلّم.",
        ),
        "body": {"en": _SDWAN_EN, "fa": _SDWAN_FA, "ar": _SDWAN_AR},
        "links": [{"url": "https://www.mef.net/service-standards/", "title": "MEF standards"}],
        "quiz": [
            (
                "single",
                _three(
                    "What decides the quality classes?",
                    "رده‌های کیفیت را چه تعیین می‌کند؟",
                    "ما الذي يحدد فئات الجودة؟",
                ),
                [
                    (_three("Voice", "صدا", "الصوت"), True),
                    (_three("Mail", "ایمیل", "البريد"), False),
                    (_three("Backups", "پشتیبان‌گیری", "النسخ الاحتياطي"), False),
                ],
                _three(
                    "Voice suffers first when a line is full.",
                    "وقتی خط پر می‌شود نخست صدا آسیب می‌بیند.",
                    "الصوت أول ما يتأثر عندما يمتلئ الخط.",
                ),
            ),
            (
                "multiple",
                _three("What belongs to a hand-over?", "تحویل به مشتری شامل چیست؟", "ماذا يشمل التسليم؟"),
                [
                    (_three("A test of the failover", "آزمون جابه‌جایی میان خط‌ها", "اختبار الانتقال"), True),
                    (
                        _three("Showing the reports", "نشان دادن گزارش‌ها", "عرض التقارير"),
                        True,
                    ),
                    (_three("A new contract", "قرارداد تازه", "عقد جديد"), False),
                ],
                {},
            ),
            (
                "single",
                _three(
                    "Which lines suit a branch of 15 people?",
                    "برای شعبه ۱۵ نفره کدام خط‌ها مناسب است؟",
                    "أي خطوط تناسب فرعاً فيه 15 شخصاً؟",
                ),
                [
                    (_three("Fibre and LTE", "فیبر و LTE", "ألياف وLTE"), True),
                    (_three("Two fibres, two devices", "دو فیبر، دو دستگاه", "خطا ألياف وجهازان"), False),
                ],
                {},
            ),
        ],
    },
    {
        "code": "cloud-first",
        "layer": "cloud",
        "minutes": "30",
        "certification": "cloud-arch",
        "names": _three(
            "First steps into the cloud", "نخستین گام‌ها به سوی ابر", "الخطوات الأولى إلى السحابة"
        ),
        "summary": _three(
            "The first talk with a customer, and a migration that hurts nobody.",
            "گفت‌وگوی نخست با مشتری و جابه‌جایی بی‌دردسر.",
            "الحديث الأول مع العميل، وانتقال لا يؤذي أحداً.",
        ),
        "body": {"en": _CLOUD_EN, "fa": _CLOUD_FA, "ar": _CLOUD_AR},
        "quiz": [
            (
                "single",
                _three(
                    "Where does a migration begin?", "جابه‌جایی از کجا آغاز می‌شود؟", "من أين يبدأ الانتقال؟"
                ),
                [
                    (
                        _three(
                            "With what nobody misses for an hour",
                            "از آنچه نبود یک‌ساعته‌اش به چشم نمی‌آید",
                            "بما لا يفتقده أحد لساعة",
                        ),
                        True,
                    ),
                    (_three("With the core system", "از سامانه اصلی", "بالنظام الأساسي"), False),
                ],
                {},
            ),
            (
                "multiple",
                _three("What do we ask first?", "نخست چه می‌پرسیم؟", "ماذا نسأل أولاً؟"),
                [
                    (
                        _three(
                            "Where the data must lie", "داده‌ها کجا باید بماند", "أين يجب أن تبقى البيانات"
                        ),
                        True,
                    ),
                    (_three("Who answers at night", "شب چه کسی پاسخگوست", "من يجيب ليلاً"), True),
                    (
                        _three("The director's salary", "حقوق مدیرعامل", "راتب المدير"),
                        False,
                    ),
                ],
                {},
            ),
        ],
    },
    {
        "code": "conduct",
        "minutes": "15",
        "mandatory": True,
        "names": _three("Code of conduct", "آیین‌نامه رفتاری", "مدونة السلوك"),
        "summary": _three(
            "Mandatory for everybody who sells with us.",
            "برای همه کسانی که با ما می‌فروشند اجباری است.",
            "إلزامية لكل من يبيع معنا.",
        ),
        "body": _CONDUCT,
        "quiz": [],
    },
]
