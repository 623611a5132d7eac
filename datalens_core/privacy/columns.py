"""What a column's name says of its values."""

from __future__ import annotations

import re
from decimal import Decimal

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_PHONE_WORDS = frozenset({
    "phone", "phones", "telephone", "mobile", "tel", "fax", "msisdn", "whatsapp", "cell",
    "cellphone", "telefon", "telefono", "teléfono", "téléphone", "celular", "móvil", "movil",
    "handy", "rufnummer",
})  # fmt: skip
_PERSON = re.compile(
    r"(?:first|last|full|given|family|maiden|middle|birth|customer|client|patient|employee|contact"
    r"|person|guest|student|member|owner)_?names?|forename|surname|firstname|lastname|fullname"
    r"|vorname|nachname|prenom|apellidos?|cognome"
    r"|(?:home_?|street_?|postal_?|mailing_?)?address(?:_?line)?_?\d?"
    r"|ssn|social_security(?:_number|_no)?|passport(?:_number|_no)?|national_id"
)
_MEASURE_WORDS = frozenset({
    "count", "counts", "sales", "revenue", "users", "subscribers", "cost", "price", "total",
    "amount", "minutes", "usage", "bill", "spend", "share", "rate", "id", "area", "model", "brand",
    "type", "value", "volume", "size", "traffic", "data", "sold", "shipped", "rows", "units",
})  # fmt: skip
_IDENTIFIER_WORDS = frozenset({
    "order", "orders", "no", "nr", "number", "code", "sku", "invoice", "ref", "reference",
    "account", "zip", "postcode", "postal", "date", "day", "time", "timestamp", "year",
    "month", "barcode", "ean", "upc", "isbn", "serial", "iban", "card", "ssn", "key",
    "index", "hash", "version",
    "product", "item", "transaction", "batch", "lot", "part", "case", "ticket", "tracking",
})  # fmt: skip
_DIGITS_ONLY = re.compile(r"[\s+().\-/_\u2010-\u2015]*(?:\d[\s().\-/_\u2010-\u2015x]*){7,17}\Z")


def is_phone_column(name: str | None) -> bool:
    """Whether a name such as customerPhone, TEL_NO or "Mobile" promises phone numbers."""
    if not name:
        return False
    words = _words(name)
    named = bool(words & _PHONE_WORDS) or any(w.endswith("phone") for w in words)
    return named and not words & _MEASURE_WORDS


def names_person(name: str) -> bool:
    """Whether a column's name says that it names people, or tells where they live."""
    written = "_".join(
        found.group().lower() for found in re.finditer(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+", name)
    )
    return bool(_PERSON.fullmatch(written))


def names_measure(text: str) -> bool:
    """Whether a name or a few words say that something is counted, paid or filed."""
    return bool(_words(text) & _MEASURE_WORDS)


def names_identifier(name: str) -> bool:
    """Whether a column's name says that its digits number things, or tell the time."""
    return bool(_words(name) & (_IDENTIFIER_WORDS | _MEASURE_WORDS))


def _words(name: str) -> set[str]:
    return {w.lower() for w in _WORD.findall(name)}


def is_phone_cell(value: str) -> bool:
    """Whether a cell of a phone column is a number to be called, however it is written."""
    return bool(_DIGITS_ONLY.match(value.removesuffix(".0")))


def phone_digits(number: str) -> str | None:
    """The digits of a numeric cell that may be a phone number.

    2125550143, 2125550143.0 and 2.125550143e9 are the same; the last may be rounded by a display.
    """
    if "e" in number.lower():
        number = _written_out(number)
    digits = number.removesuffix(".0")
    return digits if digits.isdecimal() and 7 <= len(digits) <= 15 else None


def _written_out(number: str) -> str:
    try:
        value = Decimal(number)
    except ArithmeticError:
        return ""
    whole = value.is_finite() and 0 <= value.adjusted() <= 15 and value == value.to_integral_value()
    return f"{value:.0f}" if whole else ""
