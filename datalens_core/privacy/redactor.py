"""Text in, text with tokens out: prose as prose, JSON value by value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from datalens_core.models import Redaction
from datalens_core.privacy.columns import is_phone_cell, is_phone_column, phone_digits
from datalens_core.privacy.detector import Detector
from datalens_core.privacy.encoded import encoded
from datalens_core.privacy.escapes import Unescaped
from datalens_core.privacy.json_text import Scalar, is_json, scalars
from datalens_core.privacy.phone_cells import are_phones
from datalens_core.privacy.phones import PHONE
from datalens_core.privacy.plain import PlainText
from datalens_core.privacy.protection import (
    COLUMN_NAME,
    MARKED_VALUE,
    NOTHING,
    OWN_CHANNELS,
    Protection,
)
from datalens_core.privacy.rules import PERSONAL_VALUE, DetectionRules
from datalens_core.privacy.spans import Span, united
from datalens_core.privacy.tables import phone_cells, protected_cells
from datalens_core.privacy.vault import Vault, tokens_in

_ENVELOPE = re.compile(r"<(context|observation)>\s*(\{.*?\})\s*</\1>", re.DOTALL)
_BARE_RUN = re.compile(r"(?<!\d)(?<!\d\.)\d{7,15}(?:\.0)?(?!\d|\.\d)")  # a sentence may end there

_CLOSING = "</"
"""Within a value it would close the envelope around it."""
_LABEL = 100

FROM_OUTSIDE = frozenset({"question", "context", "output"})
"""What users and data say: a token in it stands for nothing but itself."""
FROM_THE_MODEL = frozenset({"reply", "tool_arguments"})
"""What a model said: a token that it invented is nobody's."""

_ESCAPED = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\.|.", re.DOTALL
)


class Edit(NamedTuple):
    start: int
    end: int
    text: str


class Redactor:
    """Replaces what the detector finds, and what the session protects, by tokens of one vault."""

    def __init__(
        self,
        detector: Detector,
        vault: Vault,
        rules: DetectionRules,
        protection: Protection = NOTHING,
    ) -> None:
        self._detector = detector
        self._find: Callable[[str], list[Span]] = detector.find
        self._vault = vault
        self._rules = rules
        self._protection = protection

    def redact(self, text: str, channel: str = "") -> tuple[str, list[Redaction]]:
        if channel in FROM_OUTSIDE:
            self._vault.note_typed(text)
        elif channel not in FROM_THE_MODEL:
            self._vault.reserve(text)
        if channel in OWN_CHANNELS:
            self._protection = NOTHING
            self._find = partial(self._detector.find, names=False)
        pieces: list[str] = []
        redactions: list[Redaction] = []
        for start, end, structured in _segments(text):
            part = text[start:end]
            clean, found = self._json(part) if structured else self._prose(part)
            pieces.append(clean)
            redactions += [_moved(r, start) for r in found] if start else found
        return "".join(pieces), redactions

    def spans(self, text: str) -> list[Span]:
        """What is personal in a prose text, values that this session has met before included."""
        copy = PlainText.of(text)
        plain = copy.text
        found = [*self._find(plain), *phone_cells(plain), *self._met_before(plain)]
        found = [copy.original(span) for span in found]
        if copy.spaced is not None:
            found += [s for s in self._find(copy.spaced) if s.entity_type == PHONE]
        unescaped = Unescaped.of(plain)
        protected = [copy.original(span) for span in self._protected(plain)]
        if unescaped is not None:
            seen = PlainText.of(unescaped.text)
            for spans, held in ((found, self._find), (protected, self._protected)):
                hidden = (seen.original(span) for span in held(seen.text))
                spans += [copy.original(unescaped.original(span)) for span in hidden]
        found += [copy.original(span) for span in self._encoded(plain)]
        tokens = tokens_in(text)
        typed = [Span(*at, PERSONAL_VALUE) for at, t in tokens.items() if self._vault.was_typed(t)]
        ours = [at for at, token in tokens.items() if not self._vault.was_typed(token)]
        found = [s for s in united(found) if not self._is_allowed(text[s.start : s.end])]
        # What detection found whole keeps its type, and so its token.
        found += [
            s for s in protected if not any(f.start <= s.start and s.end <= f.end for f in found)
        ]
        return [
            span
            for span in united([*found, *typed])
            if not any(span.start < end and start < span.end for start, end in ours)
        ]

    def _protected(self, text: str) -> Iterator[Span]:
        """What the policies of columns and the user's marks hold back of a text."""
        yield from self._protection.find(text)
        yield from protected_cells(text, self._protection)

    def _encoded(self, text: str) -> Iterator[Span]:
        """What is personal once it is decoded, as a whole: half of it would tell of the rest."""
        for start, end, said in encoded(text):
            found = (*self._find(said), *self._protection.find(said))
            if not all(self._is_allowed(said[s.start : s.end]) for s in found):
                yield Span(start, end, PERSONAL_VALUE)

    def _is_allowed(self, value: str) -> bool:
        return self._rules.allows(value) or self._protection.allows(value)

    def _met_before(self, text: str) -> Iterator[Span]:
        yield from self._vault.names_in(text)
        for run in _BARE_RUN.finditer(text):
            if self._vault.knows_digits(run.group().removesuffix(".0")):
                yield Span(run.start(), run.end(), PHONE)

    def _prose(self, text: str) -> tuple[str, list[Redaction]]:
        spans = self.spans(text)
        found = []
        for span in spans:
            value = text[span.start : span.end]
            if span.entity_type == COLUMN_NAME:
                value = self._protection.hides_name(value) or value
            token = self._vault.token_for(span.entity_type, value)
            found.append(_redaction(span, value, token))
        return self._detector.replaced(text, spans, [r.replacement for r in found]), found

    def _json(self, text: str) -> tuple[str, list[Redaction]]:
        """Value by value, each written anew as JSON; what stands between them stays."""
        edits: list[Edit] = []
        redactions: list[Redaction] = []
        for edit, places in self._in_json(text):
            edits.append(edit)
            redactions += places
        return _applied(text, edits), redactions

    def _in_json(self, text: str) -> Iterator[tuple[Edit, list[Redaction]]]:
        held = list(scalars(text))
        phones = _phone_columns(held)
        for scalar in held:
            if scalar.is_sample and self._protection.schema_only:
                yield Edit(scalar.start, scalar.end, "null"), []
            elif self._protection.hides(scalar):
                yield self._hidden(text, scalar)
            elif scalar.is_string:
                yield from self._in_string(text, scalar, scalar.column in phones)
            else:
                yield from self._in_number(scalar)

    def _hidden(self, text: str, scalar: Scalar) -> tuple[Edit, list[Redaction]]:
        """A cell of a protected column, as a whole; what detection finds it to be, it stays."""
        value = scalar.value
        whole = [s for s in self._find(value) if (s.start, s.end) == (0, len(value))]
        marked = self._protection.marks(scalar)
        entity = whole[0].entity_type if whole else MARKED_VALUE if marked else PERSONAL_VALUE
        digits = phone_digits(value)
        if is_phone_column(scalar.column) and digits is not None:
            entity = PHONE
        numeric = not scalar.is_string and value not in ("true", "false")
        token = self._vault.token_for(entity, value, numeric=numeric)
        if scalar.is_string and scalar.column is not None:
            self._vault.note_text(scalar.column, value)
        place = Span(scalar.start, scalar.end, entity)
        column = self._label(scalar.column)
        found = _redaction(place, text[scalar.start : scalar.end], token, column)
        return Edit(scalar.start, scalar.end, json.dumps(token)), [found]

    def _label(self, column: str | None) -> str:
        """A column's name for the report, without what is personal in it."""
        if column is None:
            return ""
        return self._prose(column)[0][:_LABEL]

    def _in_number(self, scalar: Scalar) -> Iterator[tuple[Edit, list[Redaction]]]:
        if self._is_allowed(scalar.value):
            return
        digits = phone_digits(scalar.value)
        called = digits is not None and (
            is_phone_column(scalar.column) or self._vault.knows_digits(digits)
        )
        entity = PHONE if called else self._detector.of_number(scalar.value.removesuffix(".0"))
        if entity is not None:
            token = self._vault.token_for(entity, scalar.value, numeric=True)
            span = Span(scalar.start, scalar.end, entity)
            column = self._label(scalar.column if scalar.is_cell else None)
            yield (
                Edit(scalar.start, scalar.end, json.dumps(token)),
                [_redaction(span, scalar.value, token, column)],
            )

    def _in_string(
        self, text: str, scalar: Scalar, in_phone_column: bool
    ) -> Iterator[tuple[Edit, list[Redaction]]]:
        value = scalar.value
        phone = in_phone_column and is_phone_cell(PlainText.of(value).text)
        if phone and not self._is_allowed(value):
            self._vault.note_text(scalar.column or "", value)
            clean = self._vault.token_for(PHONE, value)
            found = [_redaction(Span(0, len(value), PHONE), value, clean)]
        else:
            clean, found = self._prose(value)
        if not found:
            return
        column = self._label(scalar.column if scalar.is_cell else None)
        places = [
            self._placed(text, scalar, r.model_copy(update={"column": column})) for r in found
        ]
        encoded = json.dumps(clean, ensure_ascii=False).replace(_CLOSING, "<\\/")
        yield Edit(scalar.start, scalar.end, encoded), places

    def _placed(self, text: str, scalar: Scalar, found: Redaction) -> Redaction:
        """The redaction at its place in the JSON text, escapes counted."""
        inner = scalar.start + 1
        if text[inner : scalar.end - 1] == scalar.value:
            return _moved(found, inner)
        places = [*_character_starts(text, inner, scalar.end - 1), scalar.end - 1]
        held = {"start": places[found.start], "end": places[found.end]}
        return found.model_copy(update=held)


def _phone_columns(held: list[Scalar]) -> set[str | None]:
    """The columns whose name promises phone numbers, or whose texts mostly are some."""
    cells: dict[str, list[str]] = {}
    for scalar in held:
        if scalar.column is not None and scalar.is_string:
            cells.setdefault(scalar.column, []).append(scalar.value)
    return {
        name for name, values in cells.items() if is_phone_column(name) or are_phones(name, values)
    }


def _character_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Where each character of a JSON string's value begins in its escaped form."""
    return (escaped.start() for escaped in _ESCAPED.finditer(text, start, end))


def _segments(text: str) -> Iterator[tuple[int, int, bool]]:
    """The parts of a text: (start, end, whether it is JSON)."""
    stripped = text.strip()
    if stripped[:1] in ("{", "[") and is_json(stripped):
        yield 0, len(text), True
        return
    done = 0
    for envelope in _ENVELOPE.finditer(text):
        if not is_json(envelope.group(2)):
            continue
        yield done, envelope.start(2), False
        yield envelope.start(2), envelope.end(2), True
        done = envelope.end(2)
    yield done, len(text), False


def _redaction(span: Span, value: str, token: str, column: str = "") -> Redaction:
    return Redaction(
        column=column,
        entity_type=span.entity_type,
        start=span.start,
        end=span.end,
        original_text=value,
        replacement=token,
    )


def _moved(redaction: Redaction, by: int) -> Redaction:
    places = {"start": redaction.start + by, "end": redaction.end + by}
    return redaction.model_copy(update=places)


def _applied(text: str, edits: list[Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])
