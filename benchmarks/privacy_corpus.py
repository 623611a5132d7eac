"""Labelled lines for detection: phone numbers of every region from the public example numbers
and formats of `phonenumbers`, email addresses in every disguise we know of, and lines of neither.

Everything is made up, and the same on every run. The two halves share no region, no name and no
domain: `tuning` is what detection was tuned on, `held_out` is what is reported.
"""

from __future__ import annotations

import json
import random
import re
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

Half = Literal["tuning", "held_out"]
HALVES: tuple[Half, Half] = ("tuning", "held_out")
MIN_NATIONAL_DIGITS = 7
"""Shorter numbers (Greenland has six digits) can't be told from any other number."""


class Line(NamedTuple):
    text: str
    value: str
    """What must not be left standing; empty in a line that must not be touched."""
    group: Literal["email", "email_hard", "phone", "phone_hard", "negative"]
    kind: str
    origin: str
    """The region of a number, the domain of an address."""


def corpus(half: Half) -> list[Line]:
    return [*_emails(half), *_phones(half), *_negatives(half)]


def _half_of(name: str) -> Half:
    return HALVES[zlib.crc32(name.encode()) % 2]


# -- phone numbers -------------------------------------------------------------------------------

_SENTENCES = {
    "tuning": (
        "Jane Doe, {}, Berlin",
        "{}",
        "Ana said {} works best after noon.",
        "notes: {} (office)",
        "customer,{},42.50",
        "ValueError: could not convert string to float: '{}'",
    ),
    "held_out": (
        "Omar Haddad | {} | Lyon",
        "{}",
        "Leave a message for Kim under {} until Friday.",
        "contact: {} [home]",
        "7;{};open",
        "KeyError: '{}'",
    ),
}
_SAID = {
    "tuning": ("phone: {}", "Tel. {}", "my mobile is {}", "call {}", "Fax {}"),
    "held_out": ("telephone {}", "Mobile: {}", "her cell is {}", "please call {}", "WhatsApp {}"),
}
_TYPES = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
_FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


def regions(half: Half) -> list[str]:
    return [r for r in sorted(phonenumbers.SUPPORTED_REGIONS) if _half_of(r) == half]


def _numbers(half: Half) -> Iterator[tuple[str, PhoneNumber]]:
    """For each region and type its example, and a number like it with other last digits."""
    for region in regions(half):
        chance = random.Random(region)
        for kind in _TYPES:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None or len(_national(example)) < MIN_NATIONAL_DIGITS:
                continue
            yield region, example
            for _ in range(40):
                digits = _national(example)[:-4] + f"{chance.randrange(10_000):04d}"
                other = phonenumbers.parse(f"+{example.country_code}{digits}")
                if phonenumbers.is_valid_number_for_region(other, region):
                    yield region, other
                    break


def _national(number: PhoneNumber) -> str:
    return str(phonenumbers.national_significant_number(number))


def _phones(half: Half) -> Iterator[Line]:
    chance = random.Random(f"phones {half}")
    for region, number in _numbers(half):
        international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        for kind, value, sentences in (
            ("international", international, _SENTENCES),
            ("e164", e164, _SENTENCES),
            ("national, named", national, _SAID),
            ("national, alone", national, _SENTENCES),
        ):
            text = chance.choice(sentences[half]).format(value)
            yield Line(text, value, "phone", kind, region)
        for kind in chance.sample(sorted(_HARD), 4):
            made = _HARD[kind](international, national, e164, half)
            if made is not None:
                yield Line(*made, "phone_hard", kind, region)


_Made = tuple[str, str] | None
_Maker = Callable[[str, str, str, Half], _Made]


def _respelled(spell: Callable[[str], str], *, named: bool = False) -> _Maker:
    def made(international: str, national: str, e164: str, half: Half) -> _Made:
        value = spell(international)
        return (_SAID[half][0] if named else _SENTENCES[half][0]).format(value), value

    return made


def _around(frame: str) -> _Maker:
    return lambda _i, _n, e164, _h: (frame.format(e164, quoted=e164[1:]), e164[1:])


def _broken(international: str, _n: str, _e: str, half: Half) -> _Made:
    head, space, tail = international.rpartition(" ")
    return (f"(see {head}-\n{tail})", f"{head}-\n{tail}") if space else None


def _with_extension(_i: str, national: str, _e: str, half: Half) -> _Made:
    value = f"{national} ext. 214"
    return _SAID[half][0].format(value), value


def _bare_named(_i: str, _n: str, e164: str, half: Half) -> _Made:
    return _SAID[half][1].format(e164[1:]), e164[1:]


def _in_column(write: Callable[[str], str]) -> _Maker:
    def made(_i: str, _n: str, e164: str, half: Half) -> _Made:
        name = {"tuning": "phone", "held_out": "mobile_no"}[half]
        value = write(e164[1:])
        table = f'{{"columns": ["{name}", "qty"], "rows": [[{value}, 3]], "row_count": 1}}'
        return table, value

    return made


def _printed(_i: str, _n: str, e164: str, half: Half) -> _Made:
    name = {"tuning": "phone", "held_out": "Telephone"}[half]
    digits = e164[1:]
    return f"   {name:>{len(digits)}}  qty\n0  {digits}    3", digits


def _csv(_i: str, _n: str, e164: str, half: Half) -> _Made:
    name = {"tuning": "phone", "held_out": "cell"}[half]
    return f"id,{name},qty\n1,{e164[1:]},3", e164[1:]


def _scientific(digits: str) -> str:
    return f"{digits[0]}.{digits[1:]}e{len(digits) - 1}"


_HARD: dict[str, _Maker] = {
    "dots": _respelled(lambda n: n.replace(" ", ".").replace("-", ".")),
    "hyphens": _respelled(lambda n: n.replace(" ", "-")),
    "underscores": _respelled(lambda n: n.replace(" ", "_").replace("-", "_")),
    "slashes": _respelled(lambda n: n.replace(" ", "/", 1)),
    "brackets": _respelled(lambda n: re.sub(r" (\d+) ", r" (\1) ", n, count=1)),
    "no-break spaces": _respelled(lambda n: n.replace(" ", "\u00a0")),
    "thin spaces": _respelled(lambda n: n.replace(" ", "\u2009")),
    "zero-width spaces": _respelled(lambda n: n.replace(" ", "\u200b")),
    "soft hyphens": _respelled(lambda n: n.replace(" ", "\u00ad")),
    "bidi marks": _respelled(lambda n: f"\u202a{n}\u202c"),
    "arabic digits": _respelled(lambda n: n.translate(_ARABIC)),
    "devanagari digits": _respelled(lambda n: n.translate(_DEVANAGARI), named=True),
    "full width": _respelled(lambda n: n.translate(_FULL_WIDTH)),
    "percent": _around("https://wa.example/send?to=%2B{quoted}&text=hi"),
    "tel uri": _around('<a href="tel:{}">'),
    "glued": _around("lead_tel:{};src=web"),
    "double zero": lambda _i, _n, e, h: (_SENTENCES[h][3].format("00" + e[1:]), "00" + e[1:]),
    "line break": _broken,
    "extension": _with_extension,
    "bare, named": _bare_named,
    "integer in a column": _in_column(str),
    "float in a column": _in_column(lambda digits: f"{digits}.0"),
    "exponent in a column": _in_column(_scientific),
    "text in a column": _in_column(lambda digits: f'"{digits}"'),
    "printed table": _printed,
    "csv": _csv,
}


# -- email addresses -----------------------------------------------------------------------------

_LOCALS = {
    "tuning": ("jane.doe", "dba", "o'brien", "anna+news", "h_mueller", "x", "jürgen", "ops-team"),
    "held_out": ("omar.haddad", "root2", "d'arcy", "kim+x1", "li_wei", "z9", "søren", "e-desk"),
}
_DOMAINS = {
    "tuning": (
        "example.com", "mail.example.co.uk", "acme.corp", "db1.internal", "printer.local",
        "example.museum", "xn--bcher-kva.example", "例子.公司",
    ),
    "held_out": (
        "sample.org", "mx.sample.com.br", "globex.lan", "build.intranet", "nas.home",
        "sample.photography", "xn--mnchen-3ya.example", "пример.рф",
    ),
}  # fmt: skip
_PLAIN = {
    "sentence": "Please write to {} before noon.",
    "alone": "{}",
    "mailto": "<a href='mailto:{}?subject=hi'>",
    "angle": "From: Somebody <{}>",
    "list": "cc: {}, and others;",
    "csv": "12,{},open",
    "key value": "email={} status=ok",
}
_FRAMES = {
    "json": '{{"user": "{}", "n": 3}}',
    "bytes": "ValueError: invalid literal: b'{}'",
    "path": "/home/{}/reports/q1.csv",
    "windows path": "C:\\Users\\{}\\q1.csv",
    "url": "https://app.example/users/{}/edit?tab=1",
    "after an address": "owner/ops@other.example/{}",
    "traceback": '  File "/srv/{}/job.py", line 12, in main',
    "backup": "{}_backup.csv",
    "glued": "user:{};role=admin",
    "escaped newline": "name\\n{}\\nend",
    "quoted": '"{}"',
    "sql": "WHERE email = '{}' AND n > 3",
    "markdown": "**{}**",
}
_MARKS = {"zero-width space": "\u200b", "soft hyphen": "\u00ad", "variation selector": "\ufe0f",
          "bidi mark": "\u200e", "word joiner": "\u2060"}  # fmt: skip


def _escapes(local: str, domain: str) -> Iterator[tuple[str, str]]:
    """(kind, value): one address in its disguises."""
    yield "percent", f"{local}%40{domain}"
    yield "percent twice", f"{local}%2540{domain}"
    yield "percent, all", urllib.parse.quote(f"{local}@{domain}").replace(".", "%2E")
    yield "unicode", f"{local}\\u0040{domain}"
    yield "html", f"{local}&#64;{domain}"
    yield "html hex", f"{local}&#x40;{domain}"
    yield "html name", f"{local}&commat;{domain.replace('.', '&period;')}"
    yield "full width", f"{local}＠{domain}"
    yield "full width dots", f"{local}＠{domain.replace('.', '．')}"
    yield "square at", f"{local} [at] {domain}"
    yield "round at dot", f"{local} (at) {domain.replace('.', ' (dot) ')}"
    yield "words", f"{local} at {domain.replace('.', ' dot ')}"
    yield "cut off", f"{local}@{domain[:4].rstrip('.-')}..."
    yield "cut off, one sign", f"{local}@{domain[:4].rstrip('.-')}…"
    for name, mark in _MARKS.items():
        yield f"{name} at the sign", f"{local}{mark}@{domain}"
        yield f"{name} in the domain", f"{local}@{domain[:2]}{mark}{domain[2:]}"
    if domain.endswith((".com", ".org", ".co.uk", ".com.br")):
        yield "spaces", f"{local} @ {domain}"


def _emails(half: Half) -> Iterator[Line]:
    pairs = [(a, b) for a in _LOCALS[half] for b in _DOMAINS[half]]
    random.Random(f"emails {half}").shuffle(pairs)
    frames = [("email", k, f) for k, f in _PLAIN.items()]
    frames += [("email_hard", k, f) for k, f in _FRAMES.items()]
    for number, (local, domain) in enumerate(pairs * 2):
        group, kind, frame = frames[number % len(frames)]
        value = f"{local}@{domain}"
        text = frame.format(value)
        yield Line(text, value, group, kind, domain)  # type: ignore[arg-type]
    for local, domain in pairs[::3]:
        for kind, value in _escapes(local, domain):
            yield Line(f"Reply to {value} please", value, "email_hard", kind, domain)


# -- neither -------------------------------------------------------------------------------------

_LITERAL = {
    "tuning": (
        "@app.route('/items')", "y = X @ W + b", "A @ B.T @ C.dot(d)", "requests@2.31.0",
        "npm install @scope/pkg@1.2.3", "git checkout user@{upstream}", "thanks @jane_doe!",
        "look at the dot plot", "we met at noon dot", "ISBN 978-3-16-148410-0", "#1f77b4 #ff7f0e",
        "Python 3.11.7 (main, May 9 2026, 07:35:25) [GCC 12.2.0]", "192.168.100.200:8080",
        "123e4567-e89b-12d3-a456-426614174000", "RangeIndex: 3000000 entries, 0 to 2999999",
        "dtype='int64', length=1234567", "Wall time: 1.2345678 s", "EAN 4006381333931",
        "10.1000/182 100000000", "[1200 3400 5600 7800]", "[[101 202 303]\n [404 505 606]]",
        "2015 2016 2017 2018", "2021-03 2021-04 2021-05", "iPhone 15 Pro, Galaxy S24",
        "mobile_revenue  2125550143", "population 38 123 456", "total: 12 345 678,90 EUR",
        "1 234 567 rows", "0x7ffd5e8e3a10", "sha256 9f86d081884c7d659a2feaa0c55ad015",
    ),
    "held_out": (
        "@pytest.fixture(scope='session')", "loss = (P @ Q).sum()", "Z = M @ v.reshape(3, 1)",
        "numpy@1.26.4", "docker pull nginx@sha256:4c0fdaa8b634", "master@{2 days ago}",
        "via @omar_h on the forum", "arrived at a dot matrix", "stay at home", "ISBN 0-306-40615-2",
        "#2ca02c #d62728", "pandas 3.0.1, numpy 2.4.0, plotly 7.1.2", "10.12.140.250 - - GET /",
        "c56a4180-65aa-42ec-a945-5fd21dec0538", "Index: 1250000 entries, 10 to 1250009",
        "Length: 7654321, dtype: float64", "CPU times: user 12.3456789 s", "UPC 036000291452",
        "doi:10.1038/s41586-020-2649-2", "[2500 3750 4125 9000]", "[[711 822 933]\n [144 255 366]]",
        "2021 2022 2023 2024", "2019-11 2019-12 2020-01", "Pixel 9 and iPad Air 11",
        "phone_usage_minutes  4155550123", "residents: 83 237 124", "sum 7 654 321,05 kr",
        "9 876 543 items", "0x00007f3a1c2b4d80", "md5 5d41402abc4b2a76b9719d911017c592",
    ),
}  # fmt: skip


def _negatives(half: Half) -> Iterator[Line]:
    for text in _LITERAL[half]:
        yield Line(text, "", "negative", "literal", "")
    chance = random.Random(f"negatives {half}")
    for number in range(16):
        for kind, make in _HARMLESS.items():
            yield Line(make(chance, number), "", "negative", kind, "")


def _integers(chance: random.Random, _: int) -> str:
    return "  ".join(str(chance.randrange(10 ** chance.randint(3, 9))) for _ in range(5))


def _array(chance: random.Random, _: int) -> str:
    width = chance.choice([3, 4])
    held = [str(chance.randrange(10 ** (width - 1), 10**width)) for _ in range(3)]
    return f"[{' '.join(held)}]"


def _frame_row(chance: random.Random, number: int) -> str:
    day = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    return (
        f"{number}  {day}  {chance.uniform(1e3, 1e7):.2f}  {chance.randrange(10**7, 10**10)}  "
        f"{chance.choice(['north', 'south'])}"
    )


def _order_table(chance: random.Random, _: int) -> str:
    rows = [[chance.randrange(10**9, 10**10), chance.randrange(10**4)] for _ in range(3)]
    return json.dumps({"columns": ["order_id", "qty"], "rows": rows, "row_count": 3})


_HARMLESS: dict[str, Callable[[random.Random, int], str]] = {
    "order id": lambda c, _: f"order {c.randrange(10**9, 10**10)} shipped",
    "invoice": lambda c, _: f"invoice INV-{c.randrange(10**4, 10**5)}-{c.randrange(10**3, 10**4)}",
    "sku": lambda c, _: f"SKU-{c.randrange(100, 999)}-{c.randrange(100, 999)}-{c.randrange(999)}",
    "float": lambda c, _: f"mean = {c.uniform(0, 1e6):.6f}",
    "signed float": lambda c, _: f"delta {c.uniform(-1e7, 1e7):+.2f}",
    "exponent": lambda c, _: f"{c.uniform(1, 10):.6e} {c.uniform(1, 10):.4e}",
    "unix time": lambda c, _: f"ts={c.randrange(1_500_000_000, 1_800_000_000)} level=info",
    "unix milliseconds": lambda c, _: f"at {c.randrange(1_500_000_000_000, 1_800_000_000_000)}",
    "timestamp": lambda c, _: (
        f"2024-0{c.randint(1, 9)}-1{c.randint(0, 9)} 1{c.randint(0, 9)}:{c.randint(10, 59)}:00"
    ),
    "compact date": lambda c, _: f"run_2024{c.randint(1, 12):02d}{c.randint(1, 28):02d}.log",
    "european date": lambda c, _: f"due {c.randint(1, 28):02d}.{c.randint(1, 12):02d}.2025",
    "price": lambda c, _: f"${c.randrange(1, 999)},{c.randrange(1000):03d}.{c.randrange(100):02d}",
    "grouped": lambda c, _: (
        f"{c.randrange(1, 999)},{c.randrange(1000):03d},{c.randrange(1000):03d}"
    ),
    "coordinates": lambda c, _: f"{c.uniform(-90, 90):.6f}, {c.uniform(-180, 180):.6f}",
    "range": lambda c, _: f"bin {c.randrange(1000, 5000)}-{c.randrange(5000, 9999)} n=3",
    "integers": _integers,
    "numpy": _array,
    "data frame": _frame_row,
    "order table": _order_table,
    "log": lambda c, n: f"[{c.uniform(1, 9999):.6f}] worker-{n} took {c.randrange(10**6)} us",
    "version": lambda c, _: f"lib-{c.randint(1, 9)}.{c.randint(0, 99)}.{c.randint(0, 9999)}",
}
