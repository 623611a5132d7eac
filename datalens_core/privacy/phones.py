"""Phone numbers in any text.

Digit runs are found once. What is a date, a float, an address or a row of integers is turned away
by its shape; the rest is asked of `phonenumbers`, and each answer is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from datalens_core.privacy.columns import names_measure
from datalens_core.privacy.phone_shapes import MAX_DIGITS, MIN_DIGITS, regions_writing, written_so
from datalens_core.privacy.spans import Span

PHONE = "PHONE_NUMBER"
_ABROAD = "ZZ"

# Where a number without a country code may be from; those of most users first.
REGIONS = (
    "US", "GB", "DE", "FR", "IN", "ES", "IT", "AU", "BR", "JP", "NL", "MX", "CH", "AT", "BE", "SE",
    "PL", "PT", "IE", "DK", "NO", "FI", "CZ", "GR", "HU", "RO", "TR", "ZA", "KR", "CN", "TW", "HK",
    "SG", "MY", "ID", "PH", "TH", "VN", "NZ", "AR", "CL", "CO", "PE", "IL", "AE", "SA", "EG", "NG",
    "KE", "PK", "UA", "RU",
)  # fmt: skip

_SPACE = r"[ \t\u00a0\u202f]"
_SEP = rf"(?:{_SPACE}?[-./()_\u2010-\u2015\u2212·•‧∙][-.()/ \u00a0\u202f]?|{_SPACE}|-\r?\n)"
_RUN = re.compile(rf"(?:[+＋]|%2b)?[ ]?\(?(?<![\d])\d(?:{_SEP}?\d){{6,}}", re.IGNORECASE)
_ENOUGH_DIGITS = re.compile(r"\d(?:[^\d\n,;]{0,3}\n?\d){6}")
_EXTENSION = re.compile(r"[ ,;]{0,2}(?:x|ext\.?|extension|#|durchwahl)[ .:]{0,2}\d{1,6}\b", re.I)

# +49 30 1234567: a plus sign says what it is.
_INTERNATIONAL = re.compile(
    rf"(?:[+＋]|%2b)[ ]?\(?[1-9](?:{_SEP}{{0,2}}\d){{6,14}}(?!\d)", re.IGNORECASE
)
# (212) 555-0143, 212-555-0143, 1.212.555.0143, 555_123_4567: the way of North America.
_NORTH_AMERICAN = re.compile(
    r"(?<![\d.+])(?<!\d[-/_])(?:1[-. ]{1,2})?(?:\(\d{3}\)[-. ]{0,2}\d{3}[-. ]-?(?:\r?\n)?\d{4}"
    r"|\d{3}(?P<sep>[ ]?[-._·•‧∙][ ]?)(?:\r?\n)?\d{3}(?P=sep)(?:\r?\n)?\d{4}"
    r"|\d{3}[-.]\d{3} \d{4}"
    r"|\d{3} \d{3}-\d{4})(?![\d])(?![-/_.]\d)"
)
_DATE = re.compile(
    r"(?:(?:1[5-9]|2[01])\d\d([-/. ])\d{1,2}\1\d{1,2}(?!\1?\d)"
    r"|[0-3]?\d([-/.])\d{1,2}\2(?:\d{4}|\d{2})(?!\2?\d))"
)
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$")
_FLOAT = re.compile(r"\d+\.\d+$")
# 13 (1984), pp. 65-74; a column of floats; a row with a date; 0-306-40615-2; a US SSN.
_NO_NUMBER = re.compile(
    r"^\d{3}-\d\d-\d{4}$|(?:1[5-9]|20)\d\d-[01]\d-[0-3]\d|\((?:1[5-9]|20)\d\d\b|\.\s"
    r"|(?:^|\s)[-(]?\d{1,3}\.\d{4,}(?:\s|$)|^\(?0[- ]|\([^)]*$"
)
_NUMBERS_LINE = re.compile(r"[ \t]*\d[\d ]*\Z")
_DECIMAL_GROUPS = re.compile(r"\d{1,3}(?:[ .]\d{3})+$")

_SURE_WORDS = (
    r"(?:tele)?phones?|tel|mobile?|mob|cell|cellphone|fax|whats ?app|wa\.me|sms|msisdn|hotline|"
    r"handy|telefon\w*|t[eé]l[eé]fono?|t[eé]l[eé]phone|m[oó]vil|celular|rufnummer|portable|gsm|"
    r"puhelin|[☎☏✆📞📱]|тел\w*|电话|電話|手机|携帯|전화|هاتف|جوال|फ़?ोन|โทร"
)
_SURE = re.compile(rf"(?<![^\W_])(?:{_SURE_WORDS})(?![^\W_])", re.IGNORECASE)
_LIKELY = re.compile(
    r"(?<![^\W_])(?:call(?:ed|s|ing)?|dial(?:led)?|[ck]onta[ck]t|contatt?o|contacto|reach|ring|texted"
    r"|ph)(?![^\W_])",
    re.I,
)
_WORD_PART = re.compile(r"\w+\Z")
_CONTEXT_BEFORE, _CONTEXT_AFTER = 40, 14
_BLOCK, _BLOCK_LINES, _MOSTLY = 300, 4, 0.75

# What is counted, paid or filed under a number is not called by it.
_MEASURE = (
    r"total|sum|revenue|sales|amount|price|cost|budget|population|residents?|inhabitants|people|"
    r"count|size|length|bytes?|rows?|items?|units?|users?|views?|entries|records|average|mean|"
    r"median|min|max|order|invoice|id|ids|no|nr|sku|ref|case|ticket|part|serial|code|bin|bins|"
    r"range|pages?|step|isbn|ean|upc|doi|eur|usd|gbp|chf|jpy|kr|km|kg|ms|us|index|shape"
)
_MEASURE_BEFORE = re.compile(
    rf"(?<![^\W_])(?:(?:{_MEASURE})(?![^\W_])[^\w\n]{{0,3}}(?:\w+[ ]?[:=]?[ ]?)?"
    r"|lines?[ :#]{0,2})\Z",
    re.I,
)
# Behind a bare number even after "phone" or "mobile": 4321000 people.
_COUNTED_AFTER = re.compile(
    r"[ ]?(?:[€$£¥%]|(?:people|residents?|inhabitants|rows?|items?|units?|users?|entries|records"
    r"|views|bytes|times|customers|subscribers|calls|minutes|eur|usd|gbp|chf)(?![^\W_]))",
    re.I,
)
_MEASURE_AFTER = re.compile(rf"[ ]?(?:[€$£¥%]|(?:{_MEASURE})(?![^\W_]))", re.I)
_HALF = 8  # digits that may be of a number that goes on
_REST_OF_NUMBER = re.compile(r"[ \t]?\r?\n[ \t]*(\d{1,5}(?:[ -]\d{1,5}){0,3})(?![\w.,:/-]*\d)")
_DECIMALS_AFTER = re.compile(r",\d\d?(?![\d.])")
_NUMBER_BEFORE = re.compile(r"(?:[\d.]\]?[ \t]+|\[[ ]?|[-_/.=+]|[^\W\d][-_/.#])\Z")
_NUMBER_AFTER = re.compile(r"[ \t]+[-+]?[.\d]|[ ]?\]|[-_/.][^\W_]")
_SCIENTIFIC = re.compile(r"(?<![\w.])[1-9]\.\d{5,14}e\+?\d{1,2}(?![\w.])", re.I)


def find_phones(text: str, regions: tuple[str, ...] = ()) -> Iterator[Span]:
    """Numbers of any region in a usual form; of `regions` as bare digits, too."""
    if not _ENOUGH_DIGITS.search(text):
        return
    for pattern in (_INTERNATIONAL, _NORTH_AMERICAN):
        for found in pattern.finditer(text):
            if pattern is _INTERNATIONAL and not _is_international(found.group()):
                continue
            start, end = found.span()
            if pattern is _INTERNATIONAL:
                end = _next_line(text, start, end, _completes_international)
            yield _span(text, start, end, 0.9)
    for found in _RUN.finditer(text):
        led_by_space = len(found.group()) - len(found.group().lstrip())
        start, end = found.start() + led_by_space, found.end()
        yield from _in_run(text, start, end)
        if regions and _is_bare(text, start, end, regions):
            yield _span(text, start, end, 0.5)
    for found in _SCIENTIFIC.finditer(text):
        if _context(text, *found.span())[0]:
            yield Span(*found.span(), PHONE, 0.85)


def _in_run(text: str, start: int, end: int) -> Iterator[Span]:
    """Phone numbers within one run of digits and separators, which may hold several things."""
    opening = text[start] == "("
    if opening and ")" not in text[start:end]:
        start, opening = start + 1, False
    run = text[start + opening : end]
    date = _DATE.match(run)
    if date:
        rest = _next_digit(text, start + opening + date.end(), end)
        if end - rest >= MIN_DIGITS:
            yield from _in_run(text, rest, end)
        return
    before, after = text[start - 1 : start], text[end : end + 1]
    sure, likely = _context(text, start, end)
    if _IPV4.match(run) or (_FLOAT.match(run) and not (sure and run.endswith(".0"))):
        return
    glued = before.isalpha() or (after.isalpha() and not _EXTENSION.match(text, end))
    if (glued or (before in "$€£¥#" and before)) and not sure:
        return
    if "." in before + after and not sure and _touches_decimal(text, start, end):
        return
    end = _next_line(text, start, end, _completes_national)
    digits, run = _digits(text[start:end]), text[start:end]
    if sure and run.isdecimal() and _COUNTED_AFTER.match(text, end):
        return
    if not sure and " " in run and _is_printed_number(text, start, end):
        return
    if MIN_DIGITS <= len(digits) <= MAX_DIGITS and _accepts(run, digits, sure, likely):
        yield _span(text, start, end, 0.85 if sure else 0.6)
        return
    if MIN_DIGITS <= len(digits) <= MAX_DIGITS and _is_national(text, start, end):
        yield _span(text, start, end, 0.5)
        return
    groups = list(re.finditer(r"[^\s/]+", run))
    if 1 < len(groups) <= 40 and (sure or not _is_series(groups)):
        yield from _windows(text, start, groups, sure, likely)


def _is_series(groups: list[re.Match[str]]) -> bool:
    """Several numbers of one kind: 100 200 300 4000, 0.1 0.22 0.333."""
    held = [group.group() for group in groups]
    if all(_FLOAT.match(group) for group in held):
        return True
    return len(held) > 3 and all(g.isdecimal() and len(g) > 2 and g[0] != "0" for g in held)


def _next_line(text: str, start: int, end: int, completes: Callable[[str, str], bool]) -> int:
    """Where a number ends that goes on in the next line, if what stands there completes it."""
    rest = _REST_OF_NUMBER.match(text, end)
    return rest.end() if rest and completes(text[start:end], rest[1]) else end


def _completes_international(head: str, rest: str) -> bool:
    digits = _digits(head)
    return not is_valid_in("+" + digits, _ABROAD) and is_valid_in(
        "+" + digits + _digits(rest), _ABROAD
    )


def _completes_national(head: str, rest: str) -> bool:
    if head[0] not in "0(" or _NO_NUMBER.search(head) or len(_digits(head)) > _HALF:
        return False
    return written_so(f"{head} {rest}")


def _windows(
    text: str, offset: int, groups: list[re.Match[str]], sure: bool, likely: bool
) -> Iterator[Span]:
    """The longest runs of neighbouring groups that are numbers by themselves."""
    first = 0
    while first < len(groups):
        for last in range(min(first + 6, len(groups)), first, -1):
            start, end = groups[first].start(), groups[last - 1].end()
            piece = text[offset + start : offset + end]
            digits = _digits(piece)
            fits = MIN_DIGITS <= len(digits) <= MAX_DIGITS and not _DATE.match(piece)
            if fits and not _FLOAT.match(piece) and _accepts(piece, digits, sure, likely):
                yield _span(text, offset + start, offset + end, 0.6)
                first = last - 1
                break
        first += 1


def _accepts(run: str, digits: str, sure: bool, likely: bool) -> bool:
    if sure:
        return not (digits.startswith("0000") or (len(set(digits)) == 1 and len(digits) > 10))
    bare = run.isdecimal()
    if digits.startswith("00") and not bare and _is_international("+" + run.lstrip("(")[2:]):
        return True
    if likely:
        return is_phone(digits)
    if bare:
        return (
            digits.startswith("00") and len(digits) >= 10 and is_valid_in("+" + digits[2:], _ABROAD)
        )
    if _DECIMAL_GROUPS.match(run) and not run.startswith("0"):
        return False
    if _NO_NUMBER.search(run):
        return False
    shaped = run.startswith("0") or "(" in run or (" " in run and "-" in run)
    return _grouped_as_written(run) if shaped or _is_three_three_four(run) else False


def _is_bare(text: str, start: int, end: int, regions: tuple[str, ...]) -> bool:
    run = text[start:end]
    if not run.isdecimal() or not any(is_valid_in(run, region) for region in regions):
        return False
    return not _says_otherwise(text, start, end)


def _is_national(text: str, start: int, end: int) -> bool:
    """Whether a run is written as some region writes its numbers, and nothing says otherwise."""
    run = text[start:end]
    if looks_counted(run) or _NO_NUMBER.search(run) or not written_so(run):
        return False
    if _says_otherwise(text, start, end):
        return False
    _, after = _line_around(text, start, end)
    return not (_DECIMAL_GROUPS.match(run) and _DECIMALS_AFTER.match(after))


def _is_printed_number(text: str, start: int, end: int) -> bool:
    """Whether a run is a line of a printed table of numbers.

    Judged by the lines around it: if this is a phone number, most are of the same region.
    """
    before, after = _line_around(text, start, end)
    if not _NUMBERS_LINE.match(before + text[start:end] + after):
        return False
    block_start = max(0, start - _BLOCK)
    above = text[block_start : start - len(before)].split("\n")[1 if block_start else 0 : -1]
    below = text[end + len(after) + 1 : end + _BLOCK].split("\n")
    beside = [
        line.strip()
        for line in (*above[-_BLOCK_LINES:], *below[:_BLOCK_LINES])
        if _NUMBERS_LINE.match(line)
    ]
    if not beside:
        return False
    if len(text[start:end].split()) < 3:  # an index and a value
        return True
    others = [regions_writing(line) for line in beside]
    return not any(
        sum(region in held for held in others) >= len(others) * _MOSTLY
        for region in regions_writing(text[start:end])
    )


def _says_otherwise(text: str, start: int, end: int) -> bool:
    """Whether numbers stand beside it as in a table, or words that say what is counted."""
    before, after = _line_around(text, start, end)
    numbers = _NUMBER_BEFORE.search(before) or _NUMBER_AFTER.match(after)
    return bool(numbers or _MEASURE_BEFORE.search(before) or _MEASURE_AFTER.match(after))


def _line_around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after on the same line, as far as it matters."""
    before = text[max(0, start - _CONTEXT_BEFORE) : start].rpartition("\n")[2]
    return before, text[end : end + _CONTEXT_BEFORE].partition("\n")[0]


def looks_counted(run: str) -> bool:
    """Years, round numbers, a range, an amount: what other things than phones look like, too."""
    groups = re.findall(r"\d+", run)
    if all(len(g) == 4 and g[:2] in ("19", "20") for g in groups):
        return True
    if all(g.endswith("00") for g in groups):
        return True
    if len(groups) == 2 and "-" in run and len(groups[0]) == len(groups[1]):
        return True
    return bool(_DECIMAL_GROUPS.match(run)) and ("." in run or len(groups[0]) < 3)


def _is_three_three_four(run: str) -> bool:
    return [len(g) for g in re.findall(r"\d+", run)] in ([3, 3, 4], [1, 3, 3, 4])


def is_date(text: str) -> bool:
    return bool(_DATE.match(text))


@lru_cache(maxsize=20_000)
def is_phone(digits: str) -> bool:
    """Whether digits alone are a valid number somewhere: E.164 without its plus, or national."""
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS + 2:
        return False
    if digits.startswith("00"):
        return is_valid_in("+" + digits[2:], _ABROAD)
    return any(is_valid_in(digits, region) for region in REGIONS) or is_valid_in(
        "+" + digits, _ABROAD
    )


@lru_cache(maxsize=20_000)
def is_valid_in(number: str, region: str) -> bool:
    """Whether a region has such a number; for one with a plus sign, whether any region has."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed)


@lru_cache(maxsize=20_000)
def _is_international(number: str) -> bool:
    """Whether a country code leads it, and it is written or as long as numbers there are."""
    import phonenumbers

    digits = _digits(number)
    if (
        number.count(".") == 1
        and re.search(r"\d\.\d+$", number)
        and not re.search(r"[ -(]", number)
    ):
        return False  # a signed float
    try:
        parsed = phonenumbers.parse("+" + digits, _ABROAD)
    except phonenumbers.NumberParseException:
        return False
    # Written in groups it is meant as a number, even one digit too long.
    grouped = len(re.findall(r"\d+", number)) >= 3
    return grouped or phonenumbers.is_possible_number(parsed)


@lru_cache(maxsize=20_000)
def _grouped_as_written(run: str) -> bool:
    """Whether some region writes this number in these groups: the best sign that it is one."""
    import phonenumbers

    digits, groups = _digits(run), re.findall(r"\d+", run)
    bracketed = "(" in run or digits.startswith("0")
    for region in REGIONS:
        if not is_valid_in(digits, region):
            continue
        parsed = phonenumbers.parse(digits, region)
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        if re.findall(r"\d+", written) == groups or (bracketed and len(groups) <= 6):
            return True
    return False


def _context(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether words around say surely, or likely, that a phone number stands here."""
    line = text.rfind("\n", max(0, start - _CONTEXT_BEFORE), start) + 1
    before = text[max(line, start - _CONTEXT_BEFORE) : start]
    after = text[end : end + _CONTEXT_AFTER].partition("\n")[0]
    sure = any(_means_phone(before, word) for word in _SURE.finditer(before))
    sure = sure or bool(_SURE.search(after))
    if not sure and not before.strip():  # "Phone:" on the line above
        above = text[max(0, line - _CONTEXT_AFTER) : max(0, line - 1)]
        sure = above.rstrip().endswith(":") and bool(_SURE.search(above.rpartition("\n")[2]))
    likely = sure or any(_means_phone(before, word) for word in _LIKELY.finditer(before))
    return sure, likely


def _means_phone(before: str, word: re.Match[str]) -> bool:
    """Not in mobile_revenue or "phone sales: ", where something else is counted."""
    identifier = _WORD_PART.search(before, 0, word.start())
    start = identifier.start() if identifier else word.start()
    return not names_measure(before[start:])


def _touches_decimal(text: str, start: int, end: int) -> bool:
    """Whether the run is the head or the tail of a decimal number."""
    tail = text[start - 1 : start] == "." and text[start - 2 : start - 1].isdecimal()
    head = text[end : end + 1] == "." and text[end + 1 : end + 2].isdecimal()
    return tail or head


def _span(text: str, start: int, end: int, score: float) -> Span:
    while text[start].isspace():
        start += 1
    extension = _EXTENSION.match(text, end)
    if extension:
        end = extension.end()
    if text[start] != "(" and text[start - 1 : start] == "(" and ")" in text[start:end]:
        start -= 1
    return Span(start, end, PHONE, score)


def _next_digit(text: str, start: int, end: int) -> int:
    while start < end and not text[start].isdecimal():
        start += 1
    return start


def _digits(run: str) -> str:
    if run[:3].lower() == "%2b":
        run = run[3:]
    return "".join(str(int(c)) for c in run if c.isdecimal())
