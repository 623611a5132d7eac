"""Records of a file as they stand there, before anything is known of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .cells import date_formats, kind_of

# What a column holds is judged by as many rows as the schema shows, here as everywhere.
SAMPLE_ROWS = 5
Record = Sequence[Any]

_TOTAL = re.compile(
    r"((grand |sub-?)?totals?|(sub)?total[ei]|totaux|(zwischen|gesamt)?summe|gesamt|insgesamt"
    r"|celkem|(sub)?totaal|razem|og[oó]łem|összesen|yhteensä|(genel |ara )?toplam"
    r"|итого|всего|σύνολο)\b.*"
    r"|sum|suma|summa|i alt|average|mean|mittelwert|durchschnitt|totale?s? g[eé]n[eé]ral\b.*"
    r"|合計|小計|総計|合计|小计|总计|總計|总额|合计：|합계|소계|총계|סה\W?כ|المجموع|الإجمالي",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"((foot)?notes?|source|quelle|fuente|fonte|nota|remark|remarque|anmerkung|hinweis|bemerkung"
    r"|legende?|data from|uwag|źródło|примечани|источник|注|出典|资料来源|資料|자료|주\W)"
    r"|\*|©|\d\)|[¹²³]",
    re.IGNORECASE,
)


def text_of(value: Any) -> str:
    """A header's cell as a name has it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "hour") and hasattr(value, "year") and not (value.hour or value.minute):
        return str(value.date()) + " 00:00:00"
    if hasattr(value, "year") and not hasattr(value, "hour"):
        return f"{value} 00:00:00"  # as pandas writes Excel's dates
    return "" if value is None else str(value)


def lone_text(record: Record) -> str:
    """The text of a record that holds nothing but its first cell."""
    texts = [text_of(v).strip() for v in record]
    return texts[0] if texts and not any(texts[1:]) else ""


def filled(record: Record) -> int:
    return sum(1 for value in record if text_of(value).strip())


def usual(numbers: Sequence[int]) -> int:
    return sorted(numbers)[len(numbers) // 2] if numbers else 0


def numeric_columns(records: Sequence[Record], first: int) -> list[int]:
    below = [r for r in records[first : first + 40] if filled(r)][: SAMPLE_ROWS - 1]
    width = max(map(len, below), default=0)
    found = []
    for column in range(min(width, 500)):
        kinds = [kind_of(r[column]) for r in below if column < len(r)]
        seen = [k for k in kinds if k != "empty"]
        if seen and sum(k in ("number", "date") for k in seen) >= 0.8 * len(seen):
            found.append(column)
    return found


def is_header_again(record: Record, names: Sequence[str]) -> bool:
    own = [text_of(v).strip(" \t\ufeff") for v in record]
    return len(own) > 1 and own == [n.strip(" \t\ufeff") for n in names][: len(own)]


def is_total(record: Record) -> bool:
    """A last line that adds the others up: it begins with a word for that, and holds a number."""
    present = [v for v in record if text_of(v).strip()]
    if len(present) < 2 or not isinstance(present[0], str):
        return False
    word = present[0].strip().rstrip(":")
    return _TOTAL.fullmatch(word) is not None and any(kind_of(v) == "number" for v in present[1:])


def is_note(record: Record, typical: int) -> bool:
    """A line of text below a table: one cell, where rows have several."""
    present = [i for i, v in enumerate(record) if text_of(v).strip()]
    if typical < 3 and not (typical == 2 and len(record) == 1):
        return False
    if present != [0]:
        return False
    text = text_of(record[0]).strip()
    if len(record) > 1 and not _PROSE.match(text) and (" " not in text or len(text) < 24):
        return False
    wordy = len(text) > 12 or " " in text or text.endswith((":", "："))
    return kind_of(text) == "text" and wordy and not date_formats(text)
