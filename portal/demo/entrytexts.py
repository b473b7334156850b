"""Texts of applications in the demo: what operators offer, and who applies."""

from typing import Any

#: Language -> role ("" for all) -> kind of offer -> text.
OFFERS: dict[str, dict[str, dict[str, str]]] = {
    "fa": {
        "": {
            "support": "مدیر حساب اختصاصی، خط پشتیبانی فنی و پاسخ در چهار ساعت کاری.",
            "money": "پاداش حجم فروش تا ۵ درصد، پرداخت ماهانه و صورت‌حساب روشن تا آخرین ریال.",
            "continuity": "قواعد درگیری نوشته‌شده: معامله‌ای که ثبت کردید ۹۰ روز از آن شماست.",
        },
        "reseller": {
            "market_access": "سرنخ‌های منطقهٔ شما، بدون رقابت فروش مستقیم در بازار کسب‌وکارهای کوچک.",
            "skills": "دوره‌های فروش و گواهینامهٔ رایگان برای دو همکار در سال.",
        },
        "system_integrator": {
            "market_access": "همکاری در پروژه‌های بزرگ سازمانی با سهم روشن هر طرف.",
            "skills": "روزهای کارشناس برای طراحی راهکار و دسترسی به آزمایشگاه.",
        },
    },
    "ar": {
        "": {
            "support": "مدير حساب مخصص وخط دعم فني ورد خلال أربع ساعات عمل.",
            "money": "مكافأة حجم مبيعات حتى ٥ بالمئة، ودفع شهري وكشف واضح حتى آخر فلس.",
            "continuity": "قواعد اشتباك مكتوبة: الصفقة التي تسجلونها محمية لكم ٩٠ يومًا.",
        },
        "reseller": {
            "market_access": "عملاء محتملون من منطقتكم، من دون منافسة البيع المباشر في سوق الشركات الصغيرة.",
            "skills": "دورات بيع وشهادة مجانية لموظفَين كل سنة.",
        },
        "system_integrator": {
            "market_access": "مشاركة في مشاريع المؤسسات الكبيرة بحصة واضحة لكل طرف.",
            "skills": "أيام خبراء لتصميم الحلول ودخول إلى المختبر.",
        },
    },
}

#: The same in English, for visitors who read no other language.
ENGLISH: dict[str, dict[str, str]] = {
    "": {
        "support": "An account manager of your own, a technical hotline, answers within four working hours.",
        "money": "A volume rebate of up to 5 %, paid monthly, with statements that explain every amount.",
        "continuity": "Written rules of engagement: a deal that you register is yours for 90 days.",
    },
    "reseller": {
        "market_access": "Leads of your region, and no direct sales against you in the market of small businesses.",
        "skills": "Sales courses, and free certificates for two people a year.",
    },
    "system_integrator": {
        "market_access": "A part in large projects, with a clear share for each side.",
        "skills": "Expert days for the design of solutions, and the use of our laboratory.",
    },
}


def _told(company: str, domain: str, name: str, position: str, phone: str, role: str) -> dict[str, Any]:
    return {
        "company_name": company,
        "website": f"https://{domain}",
        "contact_name": name,
        "contact_email": f"info@{domain}",
        "contact_position": position,
        "phone": phone,
        "roles": [role],
    }


APPLICANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "fa": (
        _told("ارتباط گستر کویر", "kavir-ertebat.ir", "نرگس فلاح", "مدیر فروش", "021 8855 1201", "reseller"),
        _told("شبکه‌سازان هامون", "hamoun-net.ir", "بهروز رستمی", "مدیرعامل", "031 3662 1802", "system_integrator"),
        _told("ابر پارسه", "abr-parseh.ir", "مینا کاظمی", "مدیر فنی", "071 3235 1903", "msp"),
        _told("امن‌داده سبلان", "sabalan-secure.ir", "یاشار عبادی", "مدیرعامل", "041 3334 1104", "reseller"),
        _told("همراه تجارت نیشابور", "hamrah-nishabur.ir", "الهام ناصری", "مدیر بازرگانی", "051 3842 1605", "distributor"),
        _told("راهکار هوشمند جنوب", "smart-jonoob.ir", "حامد شریفی", "مدیر پروژه", "061 3336 1706", "system_integrator"),
        _told("مشاوران نوآور خزر", "khazar-advise.ir", "سمیرا غفاری", "مشاور ارشد", "013 3324 1807", "consultant"),
        {
            **_told("بازرگانی سایه", "mailinator.com", "ک. ناشناس", "نماینده", "+971 4 555 7788", "reseller"),
            "website": "",
        },
    ),
    "ar": (
        _told("اتصالات الواحة", "alwaha-telecom.ae", "نورة السويدي", "مديرة المبيعات", "04 388 1201", "reseller"),
        _told("شبكات الخليج الذكية", "gulf-smartnet.ae", "خالد المنصوري", "المدير العام", "02 677 1802", "system_integrator"),
        _told("سحابة المرجان", "murjan-cloud.ae", "مريم الشامسي", "مديرة تقنية", "06 556 1903", "msp"),
        _told("درع البيانات", "datashield.ae", "سالم الكعبي", "المدير العام", "04 299 1104", "reseller"),
        _told("تجارة الساحل", "sahel-trade.ae", "عائشة المهيري", "مديرة تجارية", "07 222 1605", "distributor"),
        _told("حلول الأفق", "ofoq-solutions.ae", "راشد النعيمي", "مدير مشاريع", "04 355 1706", "system_integrator"),
        _told("مستشارو النخبة", "nukhba-advisors.ae", "هند الزعابي", "مستشارة أولى", "02 444 1807", "consultant"),
        {
            **_told("تجارة الظل", "mailinator.com", "م. مجهول", "وكيل", "+98 21 8855 7788", "reseller"),
            "website": "",
        },
    ),
}  # fmt: skip
