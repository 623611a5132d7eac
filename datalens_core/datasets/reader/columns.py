"""How each column is read: as text, number or date, and how it writes them.

What a column is follows from the first five rows alone. How it is written (which order of day and
month, which decimal mark, whether zeros lead) is looked up in more of its rows where that is open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .cells import (
    ALWAYS_MISSING,
    END_OF_DAY,
    GROUP_OF_THREE,
    KEPT_AS_TEXT,
    MISSING_AMONG_VALUES,
    PANDAS_MISSING,
    POWER_OR_CODE,
    SPACES,
    Amount,
    amount_of,
    date_formats,
    is_excel_day,
    is_of_another_calendar,
    is_wordy_date,
    month_formats,
    plain_digits,
    unit_of,
)
from .wording import listed

SAMPLE_ROWS = 5
SEARCHED_ROWS = 200
DASHES = frozenset({"-", "--", "---", "–", "—"})
# What a plan's dates and numbers hold besides formats and decimal marks.
UTC, NEXT_DAY = " UTC", " 24:00"
EXCEL_DAYS = "Excel's days"
FOREIGN_MARK = "٫"


def decide(
    plan: dict[str, Any],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    notes: list[str],
    given: dict[str, str],
) -> None:
    """Fill in the plan's columns. `rows` are the first data rows, as long as the table is wide.

    `given` holds what somebody said of columns: text, number, date, day_first or month_first.
    """
    words = _missing_words(names, rows)
    plan["na_values"] = sorted(words | _padded_words(rows, words))
    if words:
        notes.append(f"Read as missing values: {', '.join(sorted(words)[:8])}.")
    marks = _decimal_marks(rows)
    told: dict[str, list[str]] = {}
    for place, name in enumerate(names):
        column = [row[place] for row in rows]
        values = [v.strip() for v in column if isinstance(v, str)]
        values = [v for v in values if v and v not in PANDAS_MISSING and v not in words]
        first = [v for v in column[:SAMPLE_ROWS] if isinstance(v, str)]
        sample = [v.strip() for v in first if v.strip() in set(values)]
        typed = any(not isinstance(v, str) and v is not None for v in column[:SAMPLE_ROWS])
        kind = given.get(name, "")
        if not kind and _are_excel_days(name, column):
            plan["dates"][name] = EXCEL_DAYS
            if any("," in v for v in values):
                plan["numbers"][name] = ","
            told.setdefault("Excel's numbers for days were read as dates: {}.", []).append(name)
            continue
        for reason in _column(plan, name, sample, values, kind, typed, marks):
            told.setdefault(reason, []).append(name)
        if plan["format"] == "csv" and _padded(plan, name, column, values):
            told.setdefault("Spaces around values were left out: {}.", []).append(name)
    for reason, held in told.items():
        notes.append(reason.replace("{}", listed(held)))


def _padded(plan: dict[str, Any], name: str, column: Sequence[Any], values: list[str]) -> bool:
    """Whether most values are padded with spaces that pandas does not see through by itself."""
    texts = [v for v in column if isinstance(v, str) and v.strip()]
    padded = [v for v in texts if v != v.strip()]
    plain = all((a := amount_of(v)) is not None and a.plain for v in values)
    known = name in plan["text_columns"] or name in plan["dates"] or name in plan["numbers"]
    blank = any(isinstance(v, str) and v and not v.strip() for v in column)
    read_anyway = plain and not known and not blank and len(texts) == len(values)
    if 2 * len(padded) < max(1, len(texts)) or read_anyway:
        return False
    if plain and values and not known:  # words for missing values among the numbers
        plan["numbers"][name] = "."
    words = {v.strip() for v in padded} & PANDAS_MISSING
    plan["na_values"] = sorted({*plan["na_values"], *words})
    plan["padded"].append(name)
    return True


def _missing_words(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> set[str]:
    """Words for missing values that pandas does not know and that are seen here."""
    found: set[str] = set()
    for place in range(len(names)):
        values = {str(row[place]).strip() for row in rows if isinstance(row[place], str)}
        found |= values & ALWAYS_MISSING
        words = values & MISSING_AMONG_VALUES
        texts = values - MISSING_AMONG_VALUES - ALWAYS_MISSING - PANDAS_MISSING
        typed = sum(1 for row in rows if _is_typed(row[place])) if words else 0
        typed += sum(amount_of(v) is not None or bool(date_formats(v)) for v in texts)
        others = sum(amount_of(v) is None and not date_formats(v) for v in texts)
        if typed and not others:
            found |= words
        elif typed > others:
            found |= {word for word in words if not any(map(str.isalnum, word))}
        elif others > 2 and words <= DASHES:
            found |= words
    return found


def _padded_words(rows: Sequence[Sequence[Any]], words: set[str]) -> set[str]:
    """The words as they stand where spaces pad them, which pandas does not see through."""
    cells = {v for row in rows for v in row if isinstance(v, str) and v != v.strip()}
    return {cell for cell in cells if cell.strip() in words}


def _is_typed(value: Any) -> bool:
    """Whether a workbook holds it as a number or a date."""
    return value is not None and not isinstance(value, (str, bool))


def _column(
    plan: dict[str, Any],
    name: str,
    sample: list[str],
    values: list[str],
    given: str,
    typed: bool,
    marks: set[str],
) -> list[str]:
    """Decide on one column; what the user should know of it, with {} for its name."""
    if given == "text":
        plan["text_columns"].append(name)
        return []
    dates = _is_compact_date(sample) and _is_called_date(name)
    if not given and not dates and any(KEPT_AS_TEXT.fullmatch(plain_digits(v)) for v in values):
        plan["text_columns"].append(name)
        if all(v.startswith("+") for v in sample):
            return ["Kept as text because of telephone numbers: {}."]
        return ["Kept as text because of leading zeros or length: {}."]
    if typed:
        return _numbers_among_numbers(plan, name, values, given)
    if not sample:
        return []
    if not given and all(map(is_wordy_date, values)) and not any(map(date_formats, sample)):
        return ["Kept as text because months are written in another language than English: {}."]
    if not given and all(map(is_of_another_calendar, sample)):
        return ["Kept as text because years are of another calendar than the Gregorian: {}."]
    if given != "number":
        reasons = _dates(plan, name, sample, values, given)
        if reasons is not None or given in ("date", "day_first", "month_first"):
            return reasons or []
    points = "." in marks
    return _numbers(plan, name, sample, values, "," in marks and not points, points)


def _numbers_among_numbers(
    plan: dict[str, Any], name: str, values: list[str], given: str
) -> list[str]:
    """Numbers that stand as text beside others that do not, as people type them into a workbook."""
    known = [amount_of(v) for v in values]
    amounts = [a for a in known if a is not None and not a.foreign and not a.percent]
    if given or len(amounts) < len(values) or all(a.plain for a in amounts):
        return []
    if any(a.decimal == "," for a in amounts):
        return []
    plan["numbers"][name] = "."
    return ["Numbers that stand as text were read as numbers: {}."]


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_NO_DATES = frozenset({"candidate", "mandate", "update"})


def _is_called_date(name: str) -> bool:
    words = _WORD.findall(_CAMEL.sub(" ", name).casefold())
    return any(
        word in ("dates", "fecha") or (word.endswith(("date", "datum")) and word not in _NO_DATES)
        for word in words
    ) or any(word in name for word in ("日期", "日付"))


def _are_excel_days(name: str, column: Sequence[Any]) -> bool:
    held = [v for v in column if v is not None and v != ""]
    return bool(held) and _is_called_date(name) and all(map(is_excel_day, held))


def _is_compact_date(sample: list[str]) -> bool:
    return bool(sample) and all("%Y%m%d" in date_formats(v) for v in sample)


def _dates(
    plan: dict[str, Any], name: str, sample: list[str], values: list[str], given: str
) -> list[str] | None:
    possible = [set(date_formats(v)) for v in sample]
    if not all(possible):
        return _months(plan, name, values)
    compact = all(p == {"%Y%m%d"} for p in possible)
    if compact and "date" not in given and not _is_called_date(name):
        return None
    formats = set.intersection(*possible)
    if not formats:
        return ["Kept as text because dates are written in more than one way: {}."]
    # More rows settle the order of day and month; what is no date at all says nothing on it.
    narrowed, later = set(formats), 0
    for value in values:
        other = set(date_formats(value))
        if narrowed & other:
            narrowed &= other
        else:
            later += 1
    if "ISO8601" in narrowed:
        narrowed = {"ISO8601"}
    if given in ("day_first", "month_first"):
        wanted = "%d" if given == "day_first" else "%m"
        narrowed = {f for f in formats if f.startswith(wanted)} or narrowed
    ambiguous = len({format[:2] for format in narrowed}) > 1
    if ambiguous:
        separator = next(iter(narrowed))[2]
        first = "%m" if separator == "/" else "%d"
        narrowed = {f for f in narrowed if f.startswith(first)}
    format = min(narrowed)
    reasons = []
    if later:
        reasons.append(
            "Dates in the first rows, other values further down, so it may stay text: {}."
        )
    if ambiguous:
        order = "month first" if format.startswith("%m") else "day first"
        reasons.append(f"Day and month could be swapped in {{}}: read as {order}.")
    elif format != "ISO8601":
        reasons.append(f"Dates were read as {_in_words(format)}: {{}}.")
    plan["dates"][name] = format
    if format.endswith("%Z"):
        plan["dates"][name] += UTC
    if format == "ISO8601" and any(v[-1] == "Z" or "+" in v or v.count("-") > 2 for v in sample):
        plan["dates"][name] += UTC
        reasons.append("Times with an offset were turned into UTC: {}.")
    elif any(END_OF_DAY.fullmatch(v) for v in values):
        plan["dates"][name] += NEXT_DAY
        reasons.append("24:00 was read as 0:00 of the next day: {}.")
    return reasons


def _months(plan: dict[str, Any], name: str, values: list[str]) -> list[str] | None:
    """Months of years, which would be sorted by their letters."""
    formats = set.intersection(*(set(month_formats(v)) for v in values))
    if not formats:
        return None
    plan["dates"][name] = min(formats)
    return ["Months were read as their first days: {}."]


def _in_words(format: str) -> str:
    if format == "%Y%m%d":
        return "year, month and day in digits"
    for code, word in {
        "%d": "day",
        "%m": "month",
        "%Y": "year",
        "%y": "year",
        "%b": "month",
        "%B": "month",
        "%H": "hour",
        "%I": "hour",
        "%M": "minute",
        "%S": "second",
        "%p": "am or pm",
        "%a": "weekday",
        ".%f": "",
        "%Z": "UTC",
    }.items():
        format = format.replace(code, word)
    return format


def _decimal_marks(rows: Sequence[Sequence[Any]]) -> set[str]:
    """The decimal marks of the file's numbers, wherever they are plain to see."""
    marks = set()
    for row in rows[:SEARCHED_ROWS]:
        for value in row:
            if isinstance(value, str) and (amount := amount_of(value)) is not None:
                marks.add(amount.decimal)
    return marks


def _numbers(
    plan: dict[str, Any],
    name: str,
    sample: list[str],
    values: list[str],
    comma: bool,
    points: bool,
) -> list[str]:
    if all(map(POWER_OR_CODE.fullmatch, values)):
        plan["text_columns"].append(name)
        return ["Kept as text because of codes that look like powers of ten: {}."]
    known = {v: a for v in values if (a := amount_of(v)) is not None}
    if any(v not in known for v in sample):
        return _almost_numbers(values, known)
    if any(v not in known for v in values):
        return ["Kept as text because of values further down that are no numbers: {}."]
    if mixed := _mixed(known):
        return [mixed]
    grouped = [v for v in known if GROUP_OF_THREE.fullmatch(v)]
    # Semicolons part columns where commas are decimal marks.
    groups = comma or (plan["delimiter"] == ";" and not points)
    if all(a.plain for a in known.values()) and not (groups and grouped):
        return []
    decimals = {a.decimal for a in known.values() if a.decimal}
    thousands = {a.thousands for a in known.values() if a.thousands}
    open_ = [v for v, a in known.items() if not a.decimal and any(c in v for c in ".,")]
    reasons = []
    if len(decimals) > 1:
        return ["Kept as text because numbers are written in more than one way: {}."]
    decimal = next(iter(decimals), "")
    if not decimal:
        decimal, unsure = (",", "") if comma else _open_decimal(plan, open_)
        if unsure:
            reasons.append(
                f"«{open_[0][:20]}» could mean two things in {{}}: its mark is {unsure}."
            )
    group = f",.'’{SPACES}".replace(decimal, "")
    foreign = any(a.foreign for a in known.values())
    if foreign and decimal == ",":
        return ["Kept as text because of digits other than 0 to 9 with a decimal comma: {}."]
    plan["numbers"][name] = FOREIGN_MARK if foreign else decimal
    if foreign:
        reasons.append("Digits other than 0 to 9 were read as numbers: {}.")
    if decimal == ",":
        reasons.append("Numbers with a decimal comma were read as numbers: {}.")
    elif thousands & set(group) or open_:
        reasons.append("Thousands separators were left out: {}.")
    if any(a.percent for a in known.values()):
        reasons.append("Percent signs were left out, so 12% is 12: {}.")
    elif any(a.currency for a in known.values()):
        reasons.append("Currency signs were left out: {}.")
    return reasons


def _almost_numbers(values: list[str], known: dict[str, Amount]) -> list[str]:
    """What to tell of a column of numbers that a few of its values keep from being one."""
    if all(unit_of(v) for v in values):
        return ["Kept as text because of units behind the numbers: {}."]
    others = [v for v in values if v not in known and not unit_of(v)] or [
        v for v in values if v not in known
    ]
    if len(values) - len(others) < max(2, 2 * len(others)):
        return []
    return [f"Kept as text because of values that are no numbers («{others[0][:20]}»): {{}}."]


def _mixed(known: dict[str, Amount]) -> str:
    """Why the numbers of a column are not of one kind, if they are not."""
    percent = {a.percent for v, a in known.items() if any(c in "123456789" for c in v)}
    if len(percent) > 1:
        return "Kept as text because only some numbers have a percent sign: {}."
    if len({a.currency for a in known.values() if a.currency}) > 1:
        return "Kept as text because amounts are in several currencies: {}."
    return ""


def _open_decimal(plan: dict[str, Any], open_: list[str]) -> tuple[str, str]:
    """The decimal mark where every number has one group of three or none: "1,234", "1.234"."""
    marks = {c for v in open_ for c in v if c in ".,"}
    if marks == {","}:
        # In a file that commas delimit, a comma within a number was quoted: it groups.
        if plan["delimiter"] == ";" and plan["format"] == "csv":
            return ",", "read as a decimal comma"
        return ".", "taken for thousands"
    if marks == {"."}:
        if plan["delimiter"] == ";":
            return ",", "taken for thousands"
        return ".", "read as a decimal point"
    return ".", ""
