"""Phrases that name a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datalens_core.llm.offline.columns import CONNECTORS, Column
from datalens_core.llm.offline.lexicon.passed_over import STOPWORDS
from datalens_core.llm.offline.pieces import ColumnPiece
from datalens_core.llm.offline.schema_match import Match, match_column
from datalens_core.llm.offline.tokens import Token


def find_columns(
    tokens: Sequence[Token], columns: Sequence[Column], *, full: bool, literal: bool = False
) -> ColumnPiece | None:
    """The columns that all of these words name.

    `full` asks that no word of the name be left out, `literal` that the words stand in the name.
    """
    phrase = [token.lower for token in tokens]
    if not _may_name(phrase, tokens, columns, full=full):
        return None
    found = best_matches(match_column(phrase, column) for column in columns)
    found = [m for m in found if (m.full or not full) and (m.literal or not literal)]
    if not found or found[0].score < 0.5 or (full and found[0].score < 0.6):
        return None
    text = " ".join(token.text for token in tokens)
    names = ", ".join(match.column.name for match in found)
    plain = all(match.literal and match.full for match in found)
    return ColumnPiece(
        text,
        columns=tuple(match.column for match in found),
        note="" if plain else f"“{text}” was read as {names}.",
        plural=phrase[-1].endswith("s") and not phrase[-1].endswith(("ss", "us")),
    )


def _may_name(
    phrase: Sequence[str], tokens: Sequence[Token], columns: Sequence[Column], *, full: bool
) -> bool:
    if any(token.kind in ("sign", "quoted", "date") for token in tokens):
        return False
    dangling = phrase[0] in CONNECTORS or phrase[-1] in CONNECTORS
    if dangling and not (len(phrase) == 1 and full):
        return False
    if not full and all(word.isdigit() for word in phrase):
        return False
    if len(phrase) == 1:
        return True
    if any(word in ("by", "and", "or", "with", "is") for word in phrase):
        return False
    allowed = CONNECTORS | {word for column in columns for word in column.words}
    return all(word not in STOPWORDS or word in allowed for word in phrase)


def best_matches(matches: Iterable[Match | None]) -> list[Match]:
    """The best matches: full ones before parts, several only when nothing tells them apart."""
    found = [match for match in matches if match is not None]
    if any(match.full for match in found):
        found = [match for match in found if match.full]
    top = max((match.score for match in found), default=0.0)
    return [match for match in found if match.score >= top - 0.005]
