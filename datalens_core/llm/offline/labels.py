"""A column's name as a person would write it: its words, its unit, several of it."""

from __future__ import annotations

import re
from functools import lru_cache

from datalens_core.llm.offline.lexicon.foreign import is_german
from datalens_core.llm.offline.lexicon.names import ABBREVIATIONS, UNIT_SIGNS

_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_WORDS = re.compile(
    rf"[{_UPPER}]+(?![{_LOWER}])|[{_UPPER}]?[{_LOWER}]+|[^\W\d_{_UPPER}{_LOWER}]+|\d+"
)
_PLAIN = re.compile(r"[^\W\d_][\w ]*")
_IN_BRACKETS = re.compile(r"(?P<name>.*[^\W_])[ _]*[(\[](?P<unit>[^()\[\]]{1,12})[)\]]")
_IN_UNIT = re.compile(r"(?P<name>.*[^\W_])[ _]in[ _](?P<unit>[^\W\d]+|%)", re.IGNORECASE)
# Words of a name that an axis shows otherwise than written out in lower case.
_LABEL_WORDS = {"gdp": "GDP", "id": "ID", "usd": "USD", "eur": "EUR", "iso": "ISO", "url": "URL"}
_FIRST = frozenset({"minimum", "maximum", "average", "total"})
_PREFIXED = frozenset("$€£")
_READ_AS_SCALE = frozenset("kmb")
_RELATION = re.compile(r"\b(per|in|of|at|for)\b")
_SAME_PLURAL = frozenset({"species", "series"})


def split_name(name: str) -> tuple[str, ...]:
    """The words of a name: camelCase, snake_case, digits; lower case."""
    words: list[str] = []
    for part in re.split(r"[\W_]+", name):
        unit = part.lower() in UNIT_SIGNS  # kWh is one word
        words += [part.lower()] if unit else [word.lower() for word in _WORDS.findall(part)]
    return tuple(words) or (name.lower(),)


@lru_cache(maxsize=1024)
def without_unit(name: str) -> tuple[str, str]:
    """A name of a number apart from the unit that it ends with: "Weight_in_lbs", "Price (€)"."""
    found = _IN_BRACKETS.fullmatch(name) or _IN_UNIT.fullmatch(name)
    if found:
        return found["name"], UNIT_SIGNS.get(found["unit"].lower(), found["unit"])
    words = split_name(name)
    sign = UNIT_SIGNS.get(words[-1]) if len(words) > 1 else None
    if sign is None or words[-2] in ("per", "by", "to"):
        return name, ""
    return name[: name.lower().rindex(words[-1])].rstrip(" _-"), sign


@lru_cache(maxsize=1024)
def written_out(name: str) -> str:
    """A name in words: "life expectancy" of lifeExp; one that is no such name stays as it is."""
    name = name.rstrip("?!.: ") or name
    words = split_name(name)
    if not _PLAIN.fullmatch(name) or (name.isupper() and len(words) == 1):
        return name
    spelt = [_LABEL_WORDS.get(word) or ABBREVIATIONS.get(word, word) for word in words]
    if not name.isupper():  # the US of US_Gross stays in capitals
        capitals = {word.lower() for word in _WORDS.findall(name) if word.isupper()}
        spelt = [w.upper() if w in capitals and len(w) > 1 else w for w in spelt]
    if len(spelt) > 1 and spelt[-1] in _FIRST and spelt[0] not in _FIRST:
        spelt = [spelt[-1], *spelt[:-1]]  # temp_max is the maximum temperature
    text = " ".join(spelt)
    return text[:1].upper() + text[1:]


def in_sentence(label: str) -> str:
    """A label inside a sentence: "Total bill" loses its capital, "GDP" and German nouns keep it."""
    first = label.split(" ")[0]
    if is_german(first.lower()):
        return label
    return label if first != first.capitalize() else label[:1].lower() + label[1:]


def with_unit(number: str, unit: str) -> str:
    """A number with its unit; one that would be read as a scale ("3 m") is left to the axis."""
    if not unit or unit.lower() in _READ_AS_SCALE:
        return number
    if unit in _PREFIXED:
        return f"-{unit}{number[1:]}" if number.startswith("-") else f"{unit}{number}"
    return f"{number} {unit}"


def plural(label: str) -> str | None:
    """Several of what a plain English label names; None where that is not sure."""
    word = label.rsplit(" ", 1)[-1]
    if not re.fullmatch(r"[A-Za-z ]+", label) or word.isupper() or _RELATION.search(label):
        return None
    if word.lower() in _SAME_PLURAL or (word.endswith("s") and word[-2:] not in ("ss", "us", "is")):
        return label
    if re.search(r"(s|x|z|ch|sh)$", word):
        return f"{label}es"
    if re.search(r"[^aeiou]y$", word):
        return f"{label[:-1]}ies"
    return f"{label}s"
