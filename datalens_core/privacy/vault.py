"""The vault of one session: which token stands for which value. In memory only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.names import NAMES
from datalens_core.privacy.spans import Span

ENTITY_TYPES = (
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "US_SSN", "IBAN_CODE", "IP_ADDRESS",
    "PERSON", "LOCATION", "PERSONAL_VALUE", "MARKED_VALUE", "COLUMN_NAME",
)  # fmt: skip
TOKEN = re.compile(rf"<(?:{'|'.join(ENTITY_TYPES)})_\d+>")
# As a model may write one in prose, for markdown or HTML: <email\_address\_1>, &lt;PERSON_1&gt;.
_IN_PROSE = re.compile(
    r"(?:\\?<|&lt;)(?P<entity>"
    + "|".join(ENTITY_TYPES).replace("_", r"\\?_")
    + r")\\?_(?P<number>\d+)(?:\\?>|&gt;)",
    re.IGNORECASE,
)
_UNKNOWN = {
    "EMAIL_ADDRESS": "an email address", "PHONE_NUMBER": "a phone number",
    "CREDIT_CARD": "a card number", "US_SSN": "a social security number",
    "IBAN_CODE": "an account number", "IP_ADDRESS": "an IP address", "PERSON": "a name",
    "LOCATION": "a place", "COLUMN_NAME": "a column",
}  # fmt: skip


class Secret(NamedTuple):
    value: str
    numeric: bool
    """Whether the data hold it as a number, so that code must compare with a number."""

    def __repr__(self) -> str:
        return "Secret(...)"


class Vault:
    """Tokens such as <EMAIL_ADDRESS_1>, numbered in the order in which values were first met.

    A token that somebody typed is reserved: never issued, so never restored. If it had been issued
    before, it is a value like any other from then on, and gets a token of its own.
    """

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, str], str] = {}
        self._secrets: dict[str, Secret] = {}
        self._counts: dict[str, int] = {}
        self._reserved: set[str] = set()
        self._handed_out: set[str] = set()
        self._typed: set[str] = set()
        self._digits: set[str] = set()
        self._numbers: dict[str, str] = {}
        self._texts: set[tuple[str, str]] = set()
        self.changes = 0
        """How often it learned something that may change how a text reads."""
        self._names: dict[str, str] = {}
        self._known_names = KnownValues()

    def __repr__(self) -> str:
        return f"Vault({len(self._secrets)} values)"

    def reserve(self, text: str) -> None:
        """Note the tokens that a text from outside brings along and that were not issued."""
        for token in tokens_in(text).values():
            if token not in self._secrets and token not in self._reserved:
                self._reserved.add(token)
                self.changes += 1

    def note_typed(self, text: str) -> None:
        """As `reserve`, of what users and data say: they know of no token that was issued."""
        self.reserve(text)
        for token in tokens_in(text).values():
            if token in self._secrets and token not in self._handed_out | self._typed:
                self._typed.add(token)
                self.changes += 1

    def hand_out(self, token: str) -> str:
        """A token that will stand in a text from outside, put there by ourselves."""
        self._handed_out.add(token)
        return token

    def was_typed(self, token: str) -> bool:
        """Whether somebody typed what had been issued before."""
        return token in self._typed

    def token_for(self, entity_type: str, value: str, *, numeric: bool = False) -> str:
        token = self._tokens.get((entity_type, value))
        if token is None:
            token = self._issue(entity_type)
            self._tokens[entity_type, value] = token
            self._secrets[token] = Secret(value, numeric)
            self.changes += 1
            digits = _digits(value)
            if entity_type == "PHONE_NUMBER" and len(digits) >= 7:
                self._digits.add(digits)
            if entity_type in NAMES:
                self._names[value.casefold()] = entity_type
                self._known_names = KnownValues(self._names)
        elif numeric and not self._secrets[token].numeric:
            self._secrets[token] = Secret(value, numeric=True)
        if numeric:
            self._numbers[_digits(value)] = value
        return token

    def _issue(self, entity_type: str) -> str:
        while True:
            number = self._counts[entity_type] = self._counts.get(entity_type, 0) + 1
            token = f"<{entity_type}_{number}>"
            if token not in self._reserved:
                return token

    def secret(self, token: str) -> Secret | None:
        return self._secrets.get(token)

    def number(self, token: str) -> int | float | None:
        """The value of a token as the data hold it, if they hold it as a number.

        So is that of 212-555-0143 in a question about a column with 2125550143.
        """
        secret = self._secrets.get(token)
        if secret is None or is_name(token):
            return None
        written = secret.value if secret.numeric else self._numbers.get(_digits(secret.value))
        if written is None:
            return None
        return float(written) if set(written) & set(".eE") else int(written)

    def note_text(self, column: str, value: str) -> None:
        """A column holds a value as text; another may hold it as a number."""
        self._texts.add((column, _digits(value)))

    def is_text_in(self, column: str, token: str) -> bool:
        """Whether a column is known to hold the value of a token as text."""
        secret = self._secrets.get(token)
        return secret is not None and (column, _digits(secret.value)) in self._texts

    def is_reserved(self, token: str) -> bool:
        return token in self._reserved

    def knows_digits(self, digits: str) -> bool:
        """Whether a phone number with exactly these digits was met before, however written."""
        return digits in self._digits

    def names_in(self, text: str) -> Iterator[Span]:
        """Names and places that were met before: code has no sentence to know them by."""
        for start, end, _ in self._known_names.find(text):
            entity = self._names.get(text[start:end].casefold(), "PERSON")
            yield Span(start, end, entity)

    def restore(self, text: str) -> str:
        """Issued tokens replaced by their values, in one pass; all else stays."""
        return TOKEN.sub(lambda found: self._value_or(found.group(), found.group()), text)

    def restore_prose(self, text: str) -> str:
        """The same for a reader, however a token is written; one that means nothing is said so."""
        return _IN_PROSE.sub(self._in_words, text)

    def _in_words(self, found: re.Match[str]) -> str:
        token = _plainly(found)
        if token in self._reserved:
            return found.group()
        entity = token[1:].rpartition("_")[0]
        return self._value_or(token, f"[{_UNKNOWN.get(entity, 'a value')} that is not known]")

    def _value_or(self, token: str, other: str) -> str:
        secret = self._secrets.get(token)
        return other if secret is None else secret.value


def tokens_in(text: str) -> dict[tuple[int, int], str]:
    """Where tokens stand in a text, however they are written, and which they are."""
    if "<" not in text and "&lt;" not in text.lower():
        return {}
    return {found.span(): _plainly(found) for found in _IN_PROSE.finditer(text)}


def _plainly(found: re.Match[str]) -> str:
    entity = found["entity"].replace("\\", "").upper()
    return f"<{entity}_{found['number']}>"


def is_name(token: str) -> bool:
    """Whether a token stands for a column's name, which code uses as a name and not as a value."""
    return token.startswith("<COLUMN_NAME_")


def _digits(value: str) -> str:
    return "".join(c for c in value.removesuffix(".0") if c.isdecimal())
