"""Words and phrases of the lexicon as pieces."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.column_finder import best_matches
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.lexicon import phrases, things
from datalens_core.llm.offline.lexicon.refusals import REFUSAL_FORMS
from datalens_core.llm.offline.pieces import (
    AggregatePiece,
    AskPiece,
    BinPiece,
    ChartPiece,
    ComparisonPiece,
    ConnectivePiece,
    GrouperPiece,
    NegationPiece,
    Piece,
    QuantifierPiece,
    RefusalPiece,
    ReplacedPiece,
    RowsPiece,
    SuperlativePiece,
    UnknownPiece,
    VersusPiece,
)
from datalens_core.llm.offline.schema_match import match_column


def known_phrase(text: str, columns: Sequence[Column]) -> Piece | None:
    """What a lower-case phrase means by itself; None if it is in no table."""
    if text in phrases.COMMON:
        return SuperlativePiece(text, phrases.COMMON[text], common=True)
    if text in phrases.SUPERLATIVE_ADJECTIVES:
        return _adjective(text, columns)
    return _asking(text) or _structure(text)


def _asking(text: str) -> Piece | None:
    if text in phrases.CHANGES:
        return AskPiece(text, "change", phrases.CHANGES[text])
    if text in phrases.QUANTILES:
        return AggregatePiece(text, "quantile", phrases.QUANTILES[text])
    if text in phrases.QUANTIFIERS:
        return QuantifierPiece(text, phrases.QUANTIFIERS[text])
    if text in phrases.INTENTS:
        return AskPiece(text, phrases.INTENTS[text])
    if text in phrases.CHARTS:
        return ChartPiece(text, phrases.CHARTS[text])
    if text in phrases.AGGREGATES:
        return AggregatePiece(text, phrases.AGGREGATES[text])
    if text in phrases.SUPERLATIVES:
        return SuperlativePiece(text, phrases.SUPERLATIVES[text])
    return None


def _structure(text: str) -> Piece | None:
    if text in phrases.REPLACED:
        return ReplacedPiece(text)
    if text in phrases.NEGATIONS:
        return NegationPiece(text)
    if text in phrases.GROUPERS:
        return GrouperPiece(text)
    if text in phrases.COMPARISONS:
        return ComparisonPiece(text, phrases.COMPARISONS[text])
    if text in phrases.BINS:
        return BinPiece(text, phrases.BINS[text])
    if text in REFUSAL_FORMS:
        return RefusalPiece(text, REFUSAL_FORMS[text])
    if text in phrases.VERSUS:
        return VersusPiece(text)
    if text in phrases.CONNECTIVES:
        return ConnectivePiece(text)
    if text in things.ROW_NOUNS:
        return RowsPiece(text)
    return None


def _adjective(text: str, columns: Sequence[Column]) -> Piece:
    order, concept = phrases.SUPERLATIVE_ADJECTIVES[text]
    matches = best_matches(match_column([concept], column) for column in columns)
    numeric = [match.column for match in matches if match.column.measure]
    word = "max" if order == "desc" else "min"
    extremes = [column for column in numeric if word in column.words]
    numeric = extremes if len(extremes) == 1 else numeric
    if len(numeric) > 1:
        return SuperlativePiece(text, order, candidates=tuple(numeric))
    if not numeric:
        return UnknownPiece(text)
    note = f"“{text}” was read as the column {numeric[0].name}."
    return SuperlativePiece(text, order, measure=numeric[0], note=note)
