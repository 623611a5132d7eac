"""Whether the texts of a column are phone numbers, judged together: one alone could be anything."""

from __future__ import annotations

import re

from datalens_core.privacy.columns import is_phone_cell, names_identifier
from datalens_core.privacy.phones import REGIONS, is_date, is_valid_in, looks_counted
from datalens_core.privacy.plain import PlainText

_ENOUGH_CELLS, _MOSTLY = 3, 0.8
_BARE_MIN_DIGITS = 9  # eight digits are a date, too
_ABROAD = "ZZ"


def are_phones(name: str, cells: list[str]) -> bool:
    """Whether most cells are valid numbers of one and the same region, or with country codes.

    Only texts: a column of numbers is one of phone numbers if its name says so, or not at all.
    """
    if names_identifier(name):
        return False
    different = {PlainText.of(cell).text.strip() for cell in cells if cell.strip()}
    if len(different) < _ENOUGH_CELLS:
        return False
    shaped = [_digits(cell) for cell in different if _may_be_phone(cell)]
    needed = len(different) * _MOSTLY
    if len(shaped) < needed:
        return False
    valid_abroad = sum(is_valid_in("+" + digits.removeprefix("00"), _ABROAD) for digits in shaped)
    return valid_abroad >= needed or any(
        sum(is_valid_in(digits, region) for digits in shaped) >= needed for region in REGIONS
    )


def _may_be_phone(cell: str) -> bool:
    if not is_phone_cell(cell) or is_date(cell):
        return False
    return len(cell) >= _BARE_MIN_DIGITS if cell.isdecimal() else not looks_counted(cell)


def _digits(cell: str) -> str:
    return re.sub(r"\D", "", cell.removesuffix(".0"))
