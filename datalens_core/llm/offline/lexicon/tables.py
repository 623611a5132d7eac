"""How the tables of the lexicon are written down."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def table(*entries: tuple[T, str]) -> dict[str, T]:
    """Phrases to their meaning, from (meaning, "phrase, phrase") pairs."""
    return {
        phrase.strip(): meaning for meaning, phrases in entries for phrase in phrases.split(",")
    }


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))
