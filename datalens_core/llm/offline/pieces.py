"""A question cut into pieces that mean something: columns, values, numbers, known phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from datalens_core.llm.offline import lexicon
from datalens_core.llm.offline.schema_match import (
    CONNECTORS,
    STARTS,
    Column,
    Match,
    fit_value,
    match_column,
    split_name,
)
from datalens_core.llm.offline.tokens import Token, same, tokenise

PieceKind = Literal[
    "columns",
    "value",
    "number",
    "range",
    "date",
    "month",
    "aggregate",
    "superlative",
    "comparison",
    "negation",
    "grouper",
    "versus",
    "connective",
    "bin",
    "chart",
    "intent",
    "rows",
    "refusal",
    "unknown",
    "stop",
]
Lookups = Mapping[tuple[str, str], Sequence[str]]
"""What find_values answered, by column and text."""

_LONGEST = 6
_COMMON = {
    "most common": "desc",
    "most frequent": "desc",
    "most popular": "desc",
    "most often": "desc",
    "least common": "asc",
    "least frequent": "asc",
    "rarest": "asc",
    "commonest": "desc",
}


@dataclass(frozen=True)
class Piece:
    kind: PieceKind
    text: str
    meaning: str = ""
    number: float = 0.0
    upper: float = 0.0
    columns: tuple[Column, ...] = ()
    values: tuple[str, ...] = ()
    note: str = ""
    """What was assumed to read it so."""
    plural: bool = False


@dataclass
class Cutter:
    """Cuts one question over the columns of one data set."""

    columns: Sequence[Column]
    dataset_name: str
    lookups: Lookups = field(default_factory=dict)

    def cut(self, question: str) -> list[Piece]:
        self.tokens = tokenise(question)
        self.lower = [token.lower for token in self.tokens]
        pieces: list[Piece] = []
        at = 0
        while at < len(self.tokens):
            piece, length = self._piece(at)
            pieces.append(piece)
            at += length
        return self._resolve_unknown(_join_unknown([self._corrected(p) for p in pieces]))

    # -- one piece -----------------------------------------------------------------------------

    def _piece(self, at: int) -> tuple[Piece, int]:
        token = self.tokens[at]
        if token.kind == "quoted":
            return self._quoted(token), 1
        for find in (
            self._long_column,
            self._value,
            self._phrase,
            self._single_column,
            self._word,
            self._row_noun,
            self._partial_column,
        ):
            found = find(at)
            if found:
                return found
        return self._rest(token), 1

    def _quoted(self, token: Token) -> Piece:
        for column in self.columns:
            if column.name == token.text:
                return Piece("columns", token.text, columns=(column,))
        value = self._known_value(token.text, exact=True)
        return value or Piece("unknown", token.text, meaning="quoted")

    def _long_column(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(_LONGEST, len(self.tokens) - at), 1, -1):
            found = self._columns(at, length, full=True)
            if found:
                return found, length
        return None

    def _value(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(_LONGEST, len(self.tokens) - at), 0, -1):
            if any(token.kind == "quoted" for token in self.tokens[at : at + length]):
                continue
            text = " ".join(token.text for token in self.tokens[at : at + length])
            if length == 1 and (self._plain(at) or len(text) < 3) and not self._names_value(at):
                continue
            value = self._known_value(text, exact=True)
            if value and not (length == 1 and self._literal_column(at, value)):
                return value, length
        return None

    def _plain(self, at: int) -> bool:
        word = self.lower[at]
        known = (
            word in lexicon.STOPWORDS
            or word in lexicon.SOFT_NOUNS
            or word in lexicon.BINS
            or word in lexicon.COMPARISONS
            or word in lexicon.NEGATIONS
        )
        return known or self.tokens[at].kind in ("sign", "number")

    def _names_value(self, at: int) -> bool:
        """Whether a short or common word stands right after the column it is a value of."""
        before = [word for word in self.lower[:at] if word not in ("is", "=", "==", "the")]
        if not before or self.tokens[at].kind == "sign":
            return False
        token = self.tokens[at]
        return any(
            any(same(before[-1], word) for word in column.words[-1:])
            and any(token.text == value for value in column.values)
            for column in self.columns
        )

    def _literal_column(self, at: int, value: Piece) -> bool:
        """A word that is a column and a value is the value only if its column is named too."""
        word = self.lower[at]
        if not any(same(word, column.name.lower()) for column in self.columns):
            return False
        others = self.lower[:at] + self.lower[at + 1 :]
        owner = value.columns[0]
        return not any(
            match is not None and match.full
            for other in others
            if other not in lexicon.SOFT_NOUNS
            for match in [match_column([other], owner)]
        )

    def _phrase(self, at: int) -> tuple[Piece, int] | None:
        for length in range(min(5, len(self.tokens) - at), 1, -1):
            text = " ".join(self.lower[at : at + length])
            found = self._known(text)
            if found:
                return found, length
        return None

    def _single_column(self, at: int) -> tuple[Piece, int] | None:
        word = self.lower[at]
        if self.tokens[at].kind == "number":
            return None
        found = self._columns(at, 1, full=True, literal=self._plain(at) or bool(self._known(word)))
        if not found:
            return None
        if self._known(word) and word not in lexicon.BINS and self._column_follows(at):
            return None
        return found, 1

    def _column_follows(self, at: int) -> bool:
        """Whether a column comes next, which makes "total" or "count" before it a verb."""
        follows = at + 1
        while follows < len(self.tokens) and self.lower[follows] in (
            "of",
            "the",
            "for",
            *lexicon.SOFT_NOUNS,
        ):
            follows += 1
        if follows >= len(self.tokens) or self.lower[follows] in lexicon.GROUPERS:
            return False
        return bool(
            self._columns(follows, 1, full=True)
            or self._long_column(follows)
            or (not self._known(self.lower[follows]) and self._partial_column(follows))
        )

    def _word(self, at: int) -> tuple[Piece, int] | None:
        word = self.lower[at]
        found = self._known(word)
        return (found, 1) if found else None

    def _row_noun(self, at: int) -> tuple[Piece, int] | None:
        """ "orders" of orders.csv, or where every row has an order_id."""
        word = self.lower[at]
        if self.tokens[at].kind != "word" or not any(same(word, n) for n in self._row_nouns()):
            return None
        named = self._long_column(at) or self._partial_column(at)
        if named and (named[1] > 1 or all(column.measure for column in named[0].columns)):
            return None  # the "sales" of sales.csv are its column total_sales
        return Piece("rows", self.tokens[at].text), 1

    def _partial_column(self, at: int) -> tuple[Piece, int] | None:
        word = self.lower[at]
        if self._plain(at):
            # "price" may be unit_price, but only by its own word
            soft = word in lexicon.SOFT_NOUNS and word not in lexicon.STOPWORDS
            found = self._columns(at, 1, full=False, literal=True) if soft else None
            return (found, 1) if found and all(c.measure for c in found.columns) else None
        for length in range(min(4, len(self.tokens) - at), 0, -1):
            found = self._columns(at, length, full=False)
            if found:
                return found, length
        return None

    def _rest(self, token: Token) -> Piece:
        word = token.lower
        if token.kind == "number" and token.value is not None:
            return Piece("number", token.text, number=token.value)
        if token.kind == "date":
            return Piece("date", token.text)
        years = re.fullmatch(r"(\d{4})[-–](\d{4})", token.text)
        if years:
            return Piece("range", token.text, number=float(years[1]), upper=float(years[2]))
        if word in lexicon.MONTHS and (token.capitalised or word not in ("may", "mar", "dec")):
            return Piece("month", token.text, number=lexicon.MONTHS[word])
        if word in lexicon.STOPWORDS or word in lexicon.SOFT_NOUNS:
            return Piece("stop", token.text)
        if token.kind == "sign":
            return Piece("stop", token.text)
        return Piece("unknown", token.text, meaning="name" if token.capitalised else "")

    def _row_nouns(self) -> frozenset[str]:
        stem = re.sub(r"\.\w+$", "", self.dataset_name)
        named = frozenset(word for word in split_name(stem) if len(word) > 2)
        first = self.columns[0] if self.columns else None
        counted = first and first.identifier and len(first.words) == 2 and first.words[1] == "id"
        keyed = frozenset(first.words[:1]) if first and counted else frozenset()
        return lexicon.ROW_NOUNS | named | keyed

    # -- the lexicon ---------------------------------------------------------------------------

    def _known(self, text: str) -> Piece | None:
        if text in _COMMON:
            return Piece("superlative", text, meaning="common_" + _COMMON[text])
        if text in lexicon.SUPERLATIVE_ADJECTIVES:
            direction, concept = lexicon.SUPERLATIVE_ADJECTIVES[text]
            matches = _best(match_column([concept], column) for column in self.columns)
            numeric = tuple(m.column for m in matches if m.column.measure)
            if len(numeric) > 1:
                word = "max" if direction == "desc" else "min"
                numeric = tuple(column for column in numeric if word in column.words)
            if len(numeric) == 1:
                note = f"“{text}” was read as the column {numeric[0].name}."
                return Piece("superlative", text, direction, columns=numeric, note=note)
            return Piece("unknown", text)
        tables: tuple[tuple[PieceKind, Mapping[str, str]], ...] = (
            ("intent", lexicon.INTENTS),
            ("chart", lexicon.CHARTS),
            ("aggregate", lexicon.AGGREGATES),
            ("superlative", lexicon.SUPERLATIVES),
            ("negation", lexicon.NEGATIONS),
            ("grouper", lexicon.GROUPERS),
            ("comparison", lexicon.COMPARISONS),
            ("bin", lexicon.BINS),
            ("refusal", lexicon.REFUSAL_FORMS),
        )
        for kind, table in tables:
            if text in table:
                return Piece(kind, text, table[text])
        if text in lexicon.VERSUS:
            return Piece("versus", text)
        if text in lexicon.CONNECTIVES:
            return Piece("connective", text)
        if text in lexicon.ROW_NOUNS:
            return Piece("rows", text)
        return None

    # -- columns and values --------------------------------------------------------------------

    def _columns(self, at: int, length: int, *, full: bool, literal: bool = False) -> Piece | None:
        phrase = self.lower[at : at + length]
        tokens = self.tokens[at : at + length]
        if any(token.kind in ("sign", "quoted", "date") for token in tokens):
            return None
        dangling = phrase[0] in CONNECTORS or phrase[-1] in CONNECTORS
        if dangling and not (len(phrase) == 1 and full):
            return None
        if len(phrase) > 1 and any(word in ("by", "and", "or", "with", "is") for word in phrase):
            return None
        if not full and all(word.isdigit() for word in phrase):
            return None
        if len(phrase) > 1 and any(
            word in lexicon.STOPWORDS and word not in CONNECTORS and word not in self._name_words()
            for word in phrase
        ):
            return None
        found = _best(match_column(phrase, column) for column in self.columns)
        found = [m for m in found if (m.full or not full) and (m.literal or not literal)]
        if not found or found[0].score < 0.5 or (full and found[0].score < 0.6):
            return None
        text = " ".join(token.text for token in tokens)
        names = ", ".join(match.column.name for match in found)
        plain = all(match.literal and match.full for match in found)
        note = "" if plain else f"“{text}” was read as {names}."
        return Piece(
            "columns",
            text,
            columns=tuple(match.column for match in found),
            note=note,
            plural=phrase[-1].endswith("s") and phrase[-1] not in found[0].column.words,
        )

    def _name_words(self) -> set[str]:
        return {word for column in self.columns for word in column.words}

    def _known_value(self, text: str, *, exact: bool) -> Piece | None:
        """A value among the sampled ones, or among those that a look-up found."""
        best: tuple[float, Column, list[str]] | None = None
        for column in self.columns:
            looked_up = self.lookups.get((column.name, search_text(text)), ())
            candidates = {value: fit_value(text, value) for value in (*column.values, *looked_up)}
            score = max(candidates.values(), default=0.0)
            wanted = 0.95 if exact and not looked_up else 0.6
            if score < wanted or (best and score <= best[0]):
                continue
            best = score, column, [v for v, fit in candidates.items() if fit >= score - 0.001]
        if best is None:
            return None
        score, column, values = best
        note = ""
        if score == STARTS and len(values) > 1:
            note = f"“{text}” was read as every {column.name} that starts with it."
            return Piece("value", text, "starts", columns=(column,), values=(text,), note=note)
        if score < 0.95:
            read = ", ".join(values[:4]) + (f" and {len(values) - 4} more" if values[4:] else "")
            note = f"“{text}” was read as {column.name}: {read}."
        kind = "exact" if score >= 0.95 else "resembling"
        return Piece("value", text, kind, columns=(column,), values=tuple(values), note=note)

    def _resolve_unknown(self, pieces: list[Piece]) -> list[Piece]:
        return [self._resolved(piece) if piece.kind == "unknown" else piece for piece in pieces]

    def _resolved(self, piece: Piece) -> Piece:
        looked_up = self._known_value(piece.text, exact=False)
        asked = any(key[1] == search_text(piece.text) for key in self.lookups)
        return looked_up if looked_up and asked else piece

    def _corrected(self, piece: Piece) -> Piece:
        """A known word with a typing error."""
        if piece.kind != "unknown" or piece.meaning:
            return piece
        vocabulary = [w for w in (*lexicon.AGGREGATES, *lexicon.INTENTS) if len(w) >= 5]
        close = get_close_matches(piece.text.lower(), vocabulary, n=1, cutoff=0.86)
        return (self._known(close[0]) if close else None) or piece


def search_text(text: str) -> str:
    """What `find_values` is asked for: "Thursday" may stand as Thu or Thur in the data."""
    return text[:3] if text.lower() in lexicon.WEEKDAYS else text


def _best(matches: Iterable[Match | None]) -> list[Match]:
    """The best matches: full ones before parts, several only when nothing tells them apart."""
    found = [match for match in matches if match is not None]
    if any(match.full for match in found):
        found = [match for match in found if match.full]
    top = max((match.score for match in found), default=0.0)
    return [match for match in found if match.score >= top - 0.005]


def _join_unknown(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring unknown words are one name: "Costa Rica", "Gulf of Mexico"."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if (
            piece.kind == "unknown"
            and before
            and before.kind == "unknown"
            and not (piece.meaning == "quoted" or before.meaning == "quoted")
        ):
            joined[-1] = Piece("unknown", f"{before.text} {piece.text}", before.meaning)
            continue
        if (
            piece.kind == "unknown"
            and piece.meaning == "name"
            and len(joined) >= 2
            and joined[-1].text in ("of", "de", "the")
            and joined[-2].kind == "unknown"
            and joined[-2].meaning == "name"
        ):
            of = joined.pop().text
            joined[-1] = Piece("unknown", f"{joined[-1].text} {of} {piece.text}", "name")
            continue
        joined.append(piece)
    return joined
