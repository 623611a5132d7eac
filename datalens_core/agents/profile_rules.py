"""A profile without a model: from names, types and the first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pydantic import JsonValue

from datalens_core.models import ColumnInfo, DatasetSchema, ProfileResult

MAX_ISSUES = 8
_MAX_NAMED = 4

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,20}")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[T ]\d{1,2}:\d{2}\S*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: \d{1,2}:\d{2}\S*)?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\.\d+)?(?: ?[ap]m)?", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d,. ]*\s?%?")
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_SURE_ID_WORDS = {"id", "ids", "uuid", "guid", "sku", "isbn", "iban", "zip", "postcode", "plz"}
_ID_WORDS = {*_SURE_ID_WORDS, "key", "code", "nr", "no"}
_PHONE_WORDS = {"phone", "mobile", "tel", "telephone", "fax", "cell"}
_PLACE_WORDS = {"country", "city", "state", "region", "lat", "latitude", "lon", "lng", "longitude"}
_MISSING_WORDS = {"", "na", "n/a", "nan", "null", "none", "-", "?", "unknown"}
_TRUTHS = {"true", "false", "yes", "no", "y", "n", "t", "f"}
_YEARS = (*range(100), *range(1500, 2201))
_LONG_TEXT = 40

_PLURALS = {
    "category": "categories",
    "identifier": "identifiers",
    "text": "text columns",
    "boolean": "yes/no columns",
    "email": "email columns",
    "phone": "phone columns",
    "url": "links",
    "empty": "empty columns",
}


def infer_column_semantics(column: ColumnInfo) -> str:
    """What a column holds.

    One of identifier, date, category, measure, text, boolean, email, phone, url, place, empty.
    It sees at most five values, so it is a guess, and is used as one.
    """
    dtype = column.dtype.casefold()
    words = _words(column.name)
    values = [value for value in column.sample_values if value is not None]
    if not values:
        return "date" if "date" in dtype else "empty"
    if "bool" in dtype or _all_truths(values):
        return "boolean"
    if "date" in dtype or "period" in dtype:
        return "date"
    if any(kind in dtype for kind in ("int", "float", "decimal", "number")):
        return _of_numbers(column, words, values)
    return _of_texts(column, words, [str(value).strip() for value in values])


def profile_by_rules(schema: DatasetSchema, name: str) -> ProfileResult:
    """A profile of the first rows. States no number that is not in the schema."""
    from datalens_core.llm.offline.suggestions import suggest_questions

    semantics = {column.name: infer_column_semantics(column) for column in schema.columns}
    return ProfileResult(
        summary=_summary(schema, name, semantics),
        semantics=semantics,
        issues=_issues(schema, semantics)[:MAX_ISSUES],
        suggestions=suggest_questions(schema),
        source="rules",
    )


def _of_numbers(column: ColumnInfo, words: set[str], values: Sequence[JsonValue]) -> str:
    whole = [v for v in values if isinstance(v, int | float) and float(v).is_integer()]
    all_whole = len(whole) == len(values)
    if all_whole and words & {"year", "yr"} and all(int(v) in _YEARS for v in whole):
        return "date"
    if words & _PLACE_WORDS & {"lat", "latitude", "lon", "lng", "longitude"}:
        return "place"
    if all_whole and words & _PHONE_WORDS:
        return "phone"
    distinct = column.unique_count == len(values)
    if all_whole and (words & _SURE_ID_WORDS or (words & _ID_WORDS and distinct)):
        return "identifier"
    return "measure"


def _of_texts(column: ColumnInfo, words: set[str], values: list[str]) -> str:
    if _most(values, _EMAIL):
        return "email"
    if _most(values, _URL):
        return "url"
    if (
        _most(values, _DATE)
        or _most(values, _CLOCK)
        or (words & {"date", "timestamp", "datetime"} and _any_digit(values))
    ):
        return "date"
    if words & _PHONE_WORDS and _most(values, _PHONE):
        return "phone"
    if _most(values, _NUMBER) and not words & _ID_WORDS:
        return "measure"
    distinct = column.unique_count == len(values)
    if words & _SURE_ID_WORDS or (words & _ID_WORDS and distinct):
        return "identifier"
    if words & _PLACE_WORDS:
        return "place"
    if max(map(len, values)) > _LONG_TEXT and distinct:
        return "text"
    return "category"


def _summary(schema: DatasetSchema, name: str, semantics: dict[str, str]) -> str:
    rows, columns = schema.row_count, len(schema.columns)
    size = f"{rows:,} row{'' if rows == 1 else 's'}, {columns} column{'' if columns == 1 else 's'}"
    counts = Counter(semantics.values())
    parts = [
        f"{count} {_PLURALS.get(kind, kind + 's') if count > 1 else kind}"
        for kind, count in counts.most_common()
    ]
    held = f": {', '.join(parts)}" if parts else ""
    return f"{name} has {size}{held}. This is judged by the names and the first rows."


def _issues(schema: DatasetSchema, semantics: dict[str, str]) -> list[str]:
    texts = [column for column in schema.columns if _is_text(column)]
    named = {
        "No values in the first rows: {}.": _named(schema.columns, _is_empty),
        "Missing values already in the first rows: {}.": _named(
            schema.columns, lambda c: c.null_count > 0 and not _is_empty(c)
        ),
        "Numbers kept as text: {}. Convert before calculating.": _named(
            texts, lambda c: semantics[c.name] == "measure"
        ),
        "Dates kept as text: {}. Convert before comparing.": _named(
            texts, lambda c: semantics[c.name] == "date"
        ),
        "Words that stand for a missing value: {}.": _named(texts, _has_missing_words),
        "Looks like personal data: {}. Such values are replaced before a model sees them.": _named(
            schema.columns, lambda c: semantics[c.name] in ("email", "phone")
        ),
        "Names that differ only in case or spaces: {}.": _alike(schema.columns),
    }
    return [text.replace("{}", names) for text, names in named.items() if names]


def _named(columns: Iterable[ColumnInfo], holds: Callable[[ColumnInfo], bool]) -> str:
    names = [column.name for column in columns if holds(column)]
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return ", ".join(name[:80] for name in names[:_MAX_NAMED]) + more


def _alike(columns: list[ColumnInfo]) -> str:
    plain = Counter(re.sub(r"[\W_]+", "", column.name.casefold()) for column in columns)
    return _named(columns, lambda c: plain[re.sub(r"[\W_]+", "", c.name.casefold())] > 1)


def _is_text(column: ColumnInfo) -> bool:
    return (
        any(isinstance(value, str) for value in column.sample_values)
        and "date" not in column.dtype.casefold()
    )


def _is_empty(column: ColumnInfo) -> bool:
    return all(value is None for value in column.sample_values)


def _has_missing_words(column: ColumnInfo) -> bool:
    return any(
        isinstance(value, str) and value.strip().casefold() in _MISSING_WORDS
        for value in column.sample_values
    )


def _all_truths(values: Sequence[JsonValue]) -> bool:
    return all(
        isinstance(v, bool) or (isinstance(v, str) and v.strip().casefold() in _TRUTHS)
        for v in values
    )


def _any_digit(values: list[str]) -> bool:
    return any(character.isdigit() for value in values for character in value)


def _most(values: list[str], pattern: re.Pattern[str]) -> bool:
    """All but stray missing words match."""
    present = [value for value in values if value.casefold() not in _MISSING_WORDS]
    return bool(present) and all(pattern.fullmatch(value[:300]) for value in present)


def _words(name: str) -> set[str]:
    return {word.casefold() for word in _TOKEN.findall(name)}
