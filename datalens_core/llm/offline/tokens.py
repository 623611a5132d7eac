"""A question in tokens: words, numbers, quoted text and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from datalens_core.llm.offline.lexicon.quantities import NUMBER_WORDS, SCALES

TokenKind = Literal["word", "number", "date", "quoted", "sign"]

_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]{1,200}"|“[^”]{1,200}”|«[^»]{1,200}»|`[^`]{1,200}`|(?<!\w)'[^']{1,200}'(?!\w)
       |<[A-Z][A-Z_]*_\d+>)
  | (?P<date>\d{4}-\d{2}(?:-\d{2})?(?!\d))
  | (?P<number>[$€£]?(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?
       (?:\s*(?:thousand|millions?|mio|mn|billions?|bn|trillions?|k|m)(?![a-z]))?)(?![\w-])
  | (?P<word>[^\W_](?:[\w'’.&-]*\w)?|_\w+)
  | (?P<sign><=|>=|!=|<>|==|[^\s\w])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPAN = re.compile(
    r"(\d+)-(days?|weeks?|months?|quarters?|years?|hours?|rows?|points?|periods?)", re.I
)
_NUMBER = re.compile(r"[$€£]?(-?[\d,]+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_FORMS_CUT = (("ies", "y"), ("ies", "ie"), ("es", ""), ("s", ""))


@dataclass(frozen=True)
class Token:
    kind: TokenKind
    text: str
    """As typed; quotes taken off."""
    value: float | None = None

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def capitalised(self) -> bool:
        return self.text[:1].isupper()


def read_number(text: str) -> float | None:
    """The number in "1,200", "$50k" or "1.5 million", or None."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    scale = SCALES.get(found[2].lower(), 1.0) if found[2] else 1.0
    return float(found[1].replace(",", "")) * scale


def tokenise(question: str) -> list[Token]:
    tokens: list[Token] = []
    for found in _TOKEN.finditer(question):
        kind = found.lastgroup
        text = found.group()
        if kind == "quoted":
            bare = text if text.startswith("<") else text[1:-1].strip()
            tokens.append(Token("quoted", bare))
        elif kind == "number":
            tokens.append(Token("number", text, read_number(text)))
        elif kind == "date":
            tokens.append(Token("date", text))
        elif kind == "word" and text.lower() in NUMBER_WORDS:
            tokens.append(Token("number", text, float(NUMBER_WORDS[text.lower()])))
        elif kind == "word" and _SPAN.fullmatch(text):
            window, unit = text.split("-")
            tokens += [Token("number", window, float(window)), Token("word", unit)]
        elif kind == "word":
            tokens += [Token("word", part) for part in _without_possessive(text)]
        else:
            tokens.append(Token("sign", text))
    return tokens


def _without_possessive(word: str) -> list[str]:
    if word.lower().startswith("non-") and len(word) > 5:
        return ["not", word[4:]]
    if word.lower() in {"what's", "it's", "let's", "who's", "how's", "where's"}:
        return [word[:-2]]
    return [re.sub(r"['’]s$", "", word)]


@lru_cache(maxsize=4096)
def forms(word: str) -> frozenset[str]:
    """A word and what it may be the plural of."""
    found = {word}
    for end, instead in _FORMS_CUT:
        if word.endswith(end) and len(word) - len(end) >= 2 and not word.endswith("ss"):
            found.add(word[: len(word) - len(end)] + instead)
    return frozenset(found)


def same(one: str, other: str) -> bool:
    """Whether two lower-case words are one word, but for the plural."""
    return one == other or not forms(one).isdisjoint(forms(other))
