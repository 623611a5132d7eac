"""Names of people and places, by a spaCy model that is installed: none is ever fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from datalens_core.privacy.spans import Finder, Span

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_MODEL = "en_core_web_sm"
SCORE = 0.85
"""What Presidio gives to whatever spaCy names; a threshold above it finds nothing."""
NAMES = {
    "PERSON": frozenset({"PERSON", "PER"}),
    "LOCATION": frozenset({"GPE", "LOC", "FAC"}),
}
"""Entity to the labels that spaCy's models have for it."""
_UNUSED = ("tagger", "parser", "attribute_ruler", "lemmatizer", "morphologizer", "senter")


def is_installed(model: str) -> bool:
    """Whether a model is there, as a package or in a folder; spaCy is not imported for it."""
    if model.isidentifier():
        return find_spec(model) is not None
    return Path(model).is_dir()


def how_to_install(model: str) -> str:
    return f"Install it: `python -m spacy download {model}`."


def name_finder(entity: str, threshold: float, model: str) -> Finder:
    """Looks for one of `NAMES`; the model is loaded with the first text."""
    return partial(_find, entity, threshold, model)


def _find(entity: str, threshold: float, model: str, text: str) -> Iterator[Span]:
    if threshold > SCORE:
        return
    for label, start, end in _loaded(model).entities(text):
        if label in NAMES[entity]:
            yield Span(start, end, entity, SCORE)


class _Model:
    """A pipeline that remembers the latest text: each entity is looked for by itself."""

    def __init__(self, pipeline: Language) -> None:
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._latest: tuple[str, list[tuple[str, int, int]]] = ("", [])

    def entities(self, text: str) -> list[tuple[str, int, int]]:
        with self._lock:
            if self._latest[0] != text:
                found = self._pipeline(text).ents
                held = [(e.label_, e.start_char, e.end_char) for e in found]
                self._latest = (text, held)
            return self._latest[1]


@cache
def _loaded(model: str) -> _Model:
    import spacy

    return _Model(spacy.load(model, exclude=_UNUSED))
