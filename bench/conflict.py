"""``conflict``: finding the customer that a name means among 1,000,000 (ids conflict, conflict_recall).

Names are made of the words of three languages as companies are named, so that the usual words stand in tens of thousands
of names. Asked are names of customers in another spelling (legal form, keyboard, order, joins, a slip) and names that
nobody has. ``conflict`` is the 95th percentile of one whole lookup, database and comparison, in milliseconds.
"""

import random
import time
from collections.abc import Iterator
from io import StringIO
from statistics import quantiles
from typing import Any

from django.db import connection, connections

from bench.result import Result

CUSTOMERS, ASKED, ROUNDS = 1_000_000, 400, 5
_CHUNK = 50_000
_FA = [
    "توسعه",
    "ارتباطات",
    "فناوری",
    "صنایع",
    "پتروشیمی",
    "بازرگانی",
    "مهندسی",
    "سازه",
    "تجارت",
    "پارس",
    "آریا",
    "البرز",
    "خلیج",
    "فارس",
    "نوین",
    "پویا",
    "سپهر",
    "نگین",
    "شبکه",
    "داده",
    "پرداز",
    "گستر",
    "رایانه",
    "انرژی",
    "نفت",
    "گاز",
    "فولاد",
    "سیمان",
    "معدن",
    "خودرو",
    "حمل",
    "نقل",
    "دریا",
    "کشت",
    "صنعت",
    "غذایی",
    "دارو",
    "سلامت",
    "ساختمان",
    "عمران",
    "آب",
    "برق",
    "شرق",
    "غرب",
    "شمال",
    "جنوب",
    "ایران",
    "تهران",
    "اصفهان",
    "تبریز",
    "شیراز",
    "مشهد",
    "کرمان",
    "یزد",
    "اهواز",
    "رشت",
    "قزوین",
    "زنجان",
    "همدان",
    "آسیا",
    "جهان",
    "ستاره",
    "خورشید",
    "مهر",
]
_AR = [
    "الخليج",
    "للتجارة",
    "للمقاولات",
    "الشرق",
    "الأوسط",
    "النور",
    "البدر",
    "الأمل",
    "الوطنية",
    "المتحدة",
    "العربية",
    "للتقنية",
    "للاتصالات",
    "الحديثة",
    "للتطوير",
    "للاستثمار",
    "للخدمات",
    "للتأمين",
    "القابضة",
    "الصناعية",
    "الإمارات",
    "دبي",
    "الرياض",
    "جدة",
    "الكويت",
    "قطر",
    "عمان",
    "البحرين",
    "النخبة",
    "الريادة",
    "المستقبل",
    "الرواد",
    "للنقل",
]
_EN = [
    "gulf",
    "trading",
    "technology",
    "systems",
    "data",
    "network",
    "energy",
    "petroleum",
    "steel",
    "cement",
    "logistics",
    "marine",
    "foods",
    "pharma",
    "health",
    "construction",
    "east",
    "west",
    "north",
    "south",
    "star",
    "blue",
    "green",
    "royal",
    "national",
    "united",
    "first",
    "global",
    "smart",
    "digital",
    "pars",
    "delta",
    "alpha",
    "omega",
    "prime",
    "summit",
]
_FORMS = {"fa": ("شرکت {} (سهامی خاص)", "{}"), "ar": ("شركة {} ذ.م.م", "{}"), "en": ("{} LLC", "{}")}
_COPY = {
    "catalog_customer": "operator_id, code, name, names, active, created_at, updated_at, search_key, legal_id, country",
    "deals_customerkey": "operator_id, key, customer_id",
}


def run() -> dict[str, Result]:
    from tenancy.access import scope_of
    from tenancy.actors import system_actor
    from tenancy.services import create_operator

    dice = random.Random(20260501)
    operator = create_operator(
        slug="conflict",
        name="Conflict",
        languages=["en"],
        calendar="gregorian",
        currency="USD",
        time_zone="UTC",
    )
    names = [_name(dice) for _each in range(CUSTOMERS)]
    first = _fill(operator.pk, names)
    asked = [dice.randrange(CUSTOMERS) for _each in range(ASKED)]
    questions = [(first + place, _respelt(dice, *names[place])) for place in asked]
    questions += [(0, _name(dice)[1] + " zyxw" + str(n)) for n in range(ASKED // 4)]
    with scope_of(system_actor(operator)):
        rounds = [_round(questions) for _each in range(ROUNDS + 1)][1:]
    tails = [quantiles(times, n=20)[-1] * 1000 for times, _hits in rounds]
    recalls = [hits / ASKED for _times, hits in rounds]
    return {
        "conflict": Result(sorted(tails)[len(tails) // 2], 50, "ms", "lower", tails),
        "conflict_recall": Result(min(recalls), 0.97, "ratio", "higher", recalls),
    }


def _name(dice: random.Random) -> tuple[str, str]:
    """Language and name: usual words, and in most a word of its own."""
    language = dice.choices(("fa", "ar", "en"), (5, 2, 3))[0]
    words = dice.sample({"fa": _FA, "ar": _AR, "en": _EN}[language], dice.choice((1, 2, 2, 3)))
    letters = "بپتجدرزسشفکگلمنهی" if language != "en" else "abdegiklmnoprstuvz"
    words.insert(dice.randrange(len(words) + 1), "".join(dice.choices(letters, k=dice.randint(4, 9))))
    return language, " ".join(words)


def _respelt(dice: random.Random, language: str, name: str) -> str:
    """The name as somebody else writes it."""
    words = name.split()
    how = dice.randrange(5)
    if how == 0:
        dice.shuffle(words)
    elif how == 1:
        words[:2] = ["".join(words[:2])]
    elif how == 2 and language != "en":
        words = [
            word.replace("ی", "ي").replace("ک", "ك").replace("أ", "ا").replace("ة", "ه") for word in words
        ]
    elif how == 3:
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        cut = dice.randrange(2, len(words[longest]))
        words[longest] = words[longest][:cut] + words[longest][cut + 1 :]
    return dice.choice(_FORMS[language]).format(" ".join(words))


def _round(questions: list[tuple[int, str]]) -> tuple[list[float], int]:
    """Seconds of each lookup, and how many of the customers meant were found.

    A slip in a short name makes it another one; what ``similarity`` itself refuses is not asked of the index.
    """
    from deals.matching.lookup import find_customers

    times, hits = [], 0
    for meant, name in questions:
        begin = time.perf_counter()
        found = find_customers(name, limit=100)
        times.append(time.perf_counter() - begin)
        hits += bool(meant) and (any(each.customer_id == meant for each in found) or not _alike(meant, name))
    return times, hits


def _alike(customer_id: int, name: str) -> bool:
    from catalog.matching import similarity
    from catalog.models import Customer
    from deals.matching.lookup import NAME_THRESHOLD

    return similarity(Customer.objects.get(pk=customer_id).name, name) >= NAME_THRESHOLD


def _fill(operator_id: int, names: list[tuple[str, str]]) -> int:
    """Customers with their keys, in bulk and without the checks of references; returns the first customer's id."""
    from catalog.matching.keys import stored_keys

    with connections["owner"].cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("select coalesce(max(id), 0) + 1 from catalog_customer")
        first = int(cursor.fetchone()[0])
        for start in range(0, len(names), _CHUNK):
            chunk = list(enumerate(names[start : start + _CHUNK], start))
            _copy(cursor, "catalog_customer", "id", (
                (first + n, operator_id, f"c{n}", name, "{}", "t", "now", "now", name, "", "") for n, (_l, name) in chunk
            ))  # fmt: skip
            keys = [(key, first + n) for n, (_l, name) in chunk for key in stored_keys([name], "", "")]
            _copy(cursor, "deals_customerkey", "", ((operator_id, *each) for each in sorted(keys)))
        cursor.execute(
            "select setval(pg_get_serial_sequence('catalog_customer', 'id'), %s)", [first + len(names)]
        )
        cursor.execute("set session_replication_role = origin")
        cursor.execute("vacuum analyze catalog_customer, deals_customerkey")
    connection.close()
    return first


def _copy(cursor: Any, table: str, more: str, rows: Iterator[tuple[Any, ...]]) -> None:
    file = StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    columns = f"{more}, {_COPY[table]}" if more else _COPY[table]
    cursor.copy_expert(f"copy {table} ({columns}) from stdin", file)
