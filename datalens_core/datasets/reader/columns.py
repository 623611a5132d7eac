"""How each column is read: as text, number or date, and how it writes them.

What a column is follows from the first five rows alone. How it is written (which order of day and
month, which decimal mark, whether zeros lead) is looked up in more of its rows where that is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cells import (
    ALWAYS_MISSING,
    GROUP_OF_THREE,
    KEPT_AS_TEXT,
    MISSING_AMONG_VALUES,
    PANDAS_MISSING,
    amount_of,
    date_formats,
)

SAMPLE_ROWS = 5
SEARCHED_ROWS = 200
DASHES = frozenset({"-", "--", "---", "–", "—"})


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
    plan["na_values"] = sorted(words)
    if words:
        notes.append(f"Taken for missing values: {', '.join(sorted(words)[:8])}.")
    comma = _writes_decimal_commas(rows)
    told: dict[str, list[str]] = {}
    for place, name in enumerate(names):
        column = [row[place] for row in rows]
        values = [v.strip() for v in column if isinstance(v, str)]
        values = [v for v in values if v and v not in PANDAS_MISSING and v not in words]
        first = [v for v in column[:SAMPLE_ROWS] if isinstance(v, str)]
        sample = [v.strip() for v in first if v.strip() in set(values)]
        typed = any(not isinstance(v, str) and v is not None for v in column[:SAMPLE_ROWS])
        for reason in _column(plan, name, sample, values, given.get(name, ""), typed, comma):
            told.setdefault(reason, []).append(name)
        if plan["format"] == "csv" and _padded(plan, name, column, values):
            told.setdefault("Spaces around values were left out: {}.", []).append(name)
    for reason, held in told.items():
        more = f" and {len(held) - 5} more" if len(held) > 5 else ""
        notes.append(reason.replace("{}", (", ".join(n[:60] for n in held[:5]) + more)[:250]))


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
        others = values - MISSING_AMONG_VALUES - ALWAYS_MISSING - PANDAS_MISSING
        if not words or not others:
            continue
        typed = all(amount_of(v) is not None or date_formats(v) for v in others)
        if typed or (len(others) > 2 and words <= DASHES):
            found |= words
    return found


def _column(
    plan: dict[str, Any],
    name: str,
    sample: list[str],
    values: list[str],
    given: str,
    typed: bool,
    comma: bool,
) -> list[str]:
    """Decide on one column; what the user should know of it, with {} for its name."""
    if given == "text":
        plan["text_columns"].append(name)
        return []
    dates = _is_compact_date(sample) and _is_called_date(name)
    if not given and not dates and any(KEPT_AS_TEXT.fullmatch(v) for v in values):
        plan["text_columns"].append(name)
        return ["Kept as text because of leading zeros or length: {}."]
    if typed or not sample:
        return []
    if given != "number":
        reasons = _dates(plan, name, sample, values, given)
        if reasons is not None or given in ("date", "day_first", "month_first"):
            return reasons or []
    return _numbers(plan, name, sample, values, comma)


def _is_called_date(name: str) -> bool:
    return any(word in name.casefold() for word in ("date", "datum", "fecha", "日期", "日付"))


def _is_compact_date(sample: list[str]) -> bool:
    return bool(sample) and all("%Y%m%d" in date_formats(v) for v in sample)


def _dates(
    plan: dict[str, Any], name: str, sample: list[str], values: list[str], given: str
) -> list[str] | None:
    possible = [set(date_formats(v)) for v in sample]
    if not all(possible):
        return None
    compact = all(p == {"%Y%m%d"} for p in possible)
    if compact and "date" not in given and not _is_called_date(name):
        return None
    formats = set.intersection(*possible)
    if not formats:
        return ["Dates written in more than one way, kept as text: {}."]
    # More rows settle the order of day and month; what is no date at all says nothing on it.
    narrowed, later = set(formats), 0
    for value in values:
        other = set(date_formats(value))
        if narrowed & other:
            narrowed &= other
        else:
            later += 1
    if given in ("day_first", "month_first"):
        wanted = "%d" if given == "day_first" else "%m"
        narrowed = {f for f in formats if f.startswith(wanted)} or narrowed
    ambiguous = len(narrowed) > 1
    if ambiguous:
        separator = next(iter(narrowed))[2]
        first = "%m" if separator == "/" else "%d"
        narrowed = {f for f in narrowed if f.startswith(first)}
    format = next(iter(narrowed))
    reasons = []
    if later:
        reasons.append("Dates in the first rows, but other values further down: {} may stay text.")
    if ambiguous:
        order = "month first" if format.startswith("%m") else "day first"
        reasons.append(f"Day and month could be swapped in {{}}: read as {order}.")
    elif format != "ISO8601":
        reasons.append(f"Dates were read as {_in_words(format)}: {{}}.")
    plan["dates"][name] = format
    if format == "ISO8601" and any(v[-1] == "Z" or "+" in v or v.count("-") > 2 for v in sample):
        plan["dates"][name] = "ISO8601 UTC"
        reasons.append("Times with an offset were turned into UTC: {}.")
    return reasons


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
    }.items():
        format = format.replace(code, word)
    return format


def _writes_decimal_commas(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the file's numbers have a decimal comma wherever that is plain to see."""
    marks = set()
    for row in rows[:SEARCHED_ROWS]:
        for value in row:
            if isinstance(value, str) and (amount := amount_of(value)) is not None:
                marks.add(amount.decimal)
    return "," in marks and "." not in marks


def _numbers(
    plan: dict[str, Any], name: str, sample: list[str], values: list[str], comma: bool
) -> list[str]:
    if any(amount_of(v) is None for v in sample):
        return []
    known = {v: a for v in values if (a := amount_of(v)) is not None}
    if any(v not in known for v in values):
        return ["Numbers in the first rows, but other values further down: {} stays text."]
    grouped = [v for v in known if GROUP_OF_THREE.fullmatch(v)]
    if all(a.plain for a in known.values()) and not (comma and grouped):
        return []
    decimals = {a.decimal for a in known.values() if a.decimal}
    thousands = {a.thousands for a in known.values() if a.thousands}
    open_ = [v for v, a in known.items() if not a.decimal and any(c in v for c in ".,")]
    reasons = []
    if len(decimals) > 1:
        return ["Numbers written in more than one way, kept as text: {}."]
    decimal = next(iter(decimals), "")
    if not decimal:
        decimal, unsure = (",", "") if comma else _open_decimal(plan, open_)
        if unsure:
            reasons.append(f"«{open_[0][:20]}» could mean two things in {{}}: read as {unsure}.")
    group = ",.'’ \u00a0\u202f".replace(decimal, "")
    plan["numbers"][name] = decimal
    if decimal == ",":
        reasons.append("Numbers with a decimal comma were read as numbers: {}.")
    elif thousands & set(group) or open_:
        reasons.append("Thousands separators were left out: {}.")
    if any(a.percent for a in known.values()):
        reasons.append("Percent signs were left out, so 12% is 12: {}.")
    elif any(_has_affix(v) for v in known):
        reasons.append("Currency signs were left out: {}.")
    return reasons


def _has_affix(text: str) -> bool:
    return any(not (c.isdigit() or c in "+-−.,'’() \u00a0\u202f") for c in text)


def _open_decimal(plan: dict[str, Any], open_: list[str]) -> tuple[str, str]:
    """The decimal mark where every number has one group of three or none: "1,234", "1.234"."""
    marks = {c for v in open_ for c in v if c in ".,"}
    if marks == {","}:
        # In a file that commas delimit, a comma within a number was quoted: it groups.
        if plan["delimiter"] == ";" and plan["format"] == "csv":
            return ",", "a decimal comma"
        return ".", "thousands"
    if marks == {"."}:
        return (",", "thousands") if plan["delimiter"] == ";" else (".", "a decimal point")
    return ".", ""
