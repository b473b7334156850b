"""What the demo operators sell and to whom: families, products with prices in units, segments, tiers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A product: code, English, Persian and Arabic name, price in the operator's units, popularity, strategic."""

    code: str
    en: str
    fa: str
    ar: str
    price: int
    weight: int
    strategic: bool = False


FAMILIES: tuple[tuple[str, str, str, str, str, tuple[Item, ...]], ...] = (
    (
        "internet", "connectivity", "Business internet", "اینترنت سازمانی", "إنترنت الأعمال",
        (
            Item("fiber-100", "Fibre 100 Mbit/s", "فیبر ۱۰۰ مگابیت", "ألياف 100 ميغابت", 18, 16),
            Item("fiber-1000", "Fibre 1 Gbit/s", "فیبر ۱ گیگابیت", "ألياف 1 غيغابت", 60, 8),
            Item("sdwan", "SD-WAN branch", "شعبه SD-WAN", "فرع SD-WAN", 45, 7, strategic=True),
            Item("mpls", "MPLS line", "خط MPLS", "خط MPLS", 80, 5),
            Item("wifi-managed", "Managed Wi-Fi", "وای‌فای مدیریت‌شده", "واي فاي مُدار", 12, 9),
        ),
    ),
    (
        "cloud", "cloud", "Cloud", "خدمات ابری", "السحابة",
        (
            Item("vm-small", "Virtual server S", "سرور مجازی کوچک", "خادم افتراضي صغير", 8, 14),
            Item("vm-large", "Virtual server L", "سرور مجازی بزرگ", "خادم افتراضي كبير", 30, 9),
            Item("object-storage", "Object storage 10 TB", "فضای ذخیره‌سازی ۱۰ ترابایت", "تخزين كائنات 10 تيرابايت", 22, 8),
            Item("backup", "Cloud backup", "پشتیبان‌گیری ابری", "نسخ احتياطي سحابي", 14, 10, strategic=True),
            Item("office-suite", "Office suite, 50 users", "بسته اداری ۵۰ کاربره", "حزمة مكتبية 50 مستخدمًا", 25, 9),
        ),
    ),
    (
        "security", "security", "Security", "امنیت", "الأمن",
        (
            Item("firewall", "Managed firewall", "فایروال مدیریت‌شده", "جدار حماية مُدار", 35, 8, strategic=True),
            Item("ddos", "DDoS protection", "محافظت DDoS", "حماية DDoS", 50, 5),
            Item("soc", "Security operations centre", "مرکز عملیات امنیت", "مركز عمليات الأمن", 120, 3, strategic=True),
            Item("endpoint", "Endpoint protection, 100 seats", "امنیت نقطه پایانی ۱۰۰ کاربره", "حماية الأجهزة 100 مقعد", 28, 7),
        ),
    ),
    (
        "iot", "iot", "IoT", "اینترنت اشیا", "إنترنت الأشياء",
        (
            Item("fleet", "Fleet tracking, 50 vehicles", "ردیابی ناوگان ۵۰ خودرو", "تتبع أسطول 50 مركبة", 40, 5),
            Item("meter", "Smart meters, 200 units", "کنتور هوشمند ۲۰۰ عدد", "عدادات ذكية 200 وحدة", 55, 3, strategic=True),
            Item("sim-iot", "IoT SIM, 100 units", "سیم‌کارت اینترنت اشیا ۱۰۰ عدد", "شرائح إنترنت الأشياء 100", 9, 10),
        ),
    ),
    (
        "voice", "connectivity", "Voice", "تلفن سازمانی", "الصوت",
        (
            Item("sip-trunk", "SIP trunk", "ترانک SIP", "خط SIP", 11, 9),
            Item("cloud-pbx", "Cloud PBX", "مرکز تلفن ابری", "مقسم سحابي", 16, 8),
        ),
    ),
    (
        "hardware", "enterprise_it", "Hardware", "سخت‌افزار", "الأجهزة",
        (
            Item("router", "Branch router", "روتر شعبه", "موجّه الفرع", 20, 6),
            Item("switch", "Access switch", "سوئیچ دسترسی", "مبدّل وصول", 15, 6),
        ),
    ),
    (
        "data", "data", "Data and analytics", "داده و تحلیل", "البيانات والتحليلات",
        (
            Item("dashboards", "Analytics workspace", "فضای تحلیل داده", "مساحة التحليلات", 45, 4, strategic=True),
            Item("sms-insight", "Campaign insight", "تحلیل کمپین", "تحليل الحملات", 18, 4),
        ),
    ),
)  # fmt: skip

#: Code, English, Persian, Arabic, key account, share of customers.
SEGMENTS = (
    ("sme", "Small and medium", "کسب‌وکار کوچک و متوسط", "الشركات الصغيرة والمتوسطة", False, 60),
    ("enterprise", "Large enterprise", "سازمان بزرگ", "المؤسسات الكبيرة", False, 22),
    ("public", "Public sector", "بخش دولتی", "القطاع الحكومي", False, 12),
    ("key", "Key accounts", "مشتریان کلیدی", "كبار العملاء", True, 6),
)
TIERS = ("registered", "silver", "gold", "platinum")
ROLES = (
    "reseller", "reseller", "reseller", "msp", "msp", "system_integrator", "system_integrator", "consultant", "isv",
    "distributor", "referral_agent",
)  # fmt: skip
