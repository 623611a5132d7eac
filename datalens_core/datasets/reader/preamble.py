"""What reports begin with: facts and settings, line by line, above the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cells import kind_of
from .records import SAMPLE_ROWS, Record, filled, numeric_columns, text_of

SEARCHED = 60
MIN_NAMES = 3
MIN_TABLE = 2
_SETTINGS = frozenset(
    (
        "key",
        "parameter",
        "setting",
        "property",
        "field",
        "name",
        "attribute",
        "option",
        "schlüssel",
        "eigenschaft",
        "feld",
        "paramètre",
        "clave",
        "parámetro",
        "parametro",
        "campo",
    )
)
_VALUES = frozenset(("value", "setting", "wert", "valeur", "valor", "valore"))
MAX_UNITS = 2  # lines of units or descriptions between names and rows


def below_preamble(records: Sequence[Record]) -> int | None:
    """The line of names of a table below a preamble, None if there is no such thing.

    The names are words without a gap, the rows below them are as wide and hold numbers or dates,
    and nothing above is a table of its own. A preamble is at most half as wide, or it is pairs of a
    name and a value above a table of two columns, with a blank line between.
    """
    widest = 0
    for number, record in enumerate(records[:SEARCHED]):
        held = filled(record)
        narrower = held >= MIN_NAMES and 0 < 2 * widest <= held
        pairs = held == 2 == widest and not filled(records[number - 1])
        if (narrower or pairs) and _names_a_table(records, number):
            return None if any(map(_is_table, _blocks(records[:number]))) else number
        widest = max(widest, held)
    return None


def _names_a_table(records: Sequence[Record], number: int) -> bool:
    names = records[number]
    held = filled(names)
    if [kind_of(v) for v in names[:held]] != ["text"] * held:
        return False
    rows: list[Record] = []
    for record in records[number + 1 :]:
        if not filled(record) or len(rows) == SAMPLE_ROWS + MAX_UNITS:
            break
        rows.append(record)
    if not rows or any(filled(r) > held or 2 * filled(r) < held for r in rows):
        return False
    typed = (numeric_columns(rows, n) for n in range(min(MAX_UNITS + 1, len(rows))))
    return any(column < held for columns in typed for column in columns)


def _blocks(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Records between blank ones."""
    block: list[Record] = []
    for record in [*records, []]:
        if filled(record):
            block.append(record)
        elif block:
            yield block
            block = []


def _is_table(block: list[Record]) -> bool:
    """Whether it is rows of numbers or dates below names, and no settings."""
    width = filled(block[0])
    names = [text_of(v).strip().casefold() for v in block[0][:width]]
    if width == 2 and names[0] in _SETTINGS and names[1] in _VALUES:
        return False
    if width < MIN_TABLE or len(block) <= MIN_TABLE or any(filled(r) != width for r in block):
        return False
    if any(kind_of(v) != "text" for v in block[0][:width]):
        return False
    return len(numeric_columns(block, 1)) > 0
