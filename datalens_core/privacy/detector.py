"""Presidio's engines over recognizers and tokens of ours; no language model, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from datalens_core.privacy.emails import EMAIL
from datalens_core.privacy.names import NAMES
from datalens_core.privacy.phones import PHONE
from datalens_core.privacy.spans import Finder, Span, united

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_anonymizer import AnonymizerEngine

_LANGUAGE = "en"
# Anything with no at-sign in any disguise and fewer than seven digits holds neither.
_WORTH_A_LOOK = re.compile(
    r"[@＠﹫]|%(?:25)?40|[ux]0*40|&#0*64|&commat|[\[({<][ \t]*at[ \t]*[\])}>]|\sat\s.{1,80}\sdot\s"
    r"|[-_]at[-_]"
    r"|(?:\d[^\d\n]{0,4}\n?){6}\d",
    re.IGNORECASE,
)
_CHUNK, _OVERLAP = 65_536, 512


class Detector:
    """Finds personal values in text, and replaces them.

    Thread-safe once built; takes about a second to build.
    """

    def __init__(self, finders: Mapping[str, Finder]) -> None:
        self._engine = _engine(finders)
        self._anonymizer = _anonymizer()
        self._entities = frozenset(finders)
        self._skips_plain_text = self._entities <= {EMAIL, PHONE}

    def find(self, text: str, *, names: bool = True) -> list[Span]:
        """Where personal values stand, in order, without overlaps.

        Args:
            names: whether names and places count, where they are looked for at all.

        Raises:
            Exception: whatever a recognizer raised; the caller must not send the text.
        """
        if self._skips_plain_text and not _WORTH_A_LOOK.search(text):
            return []
        entities = self._entities if names else self._entities - NAMES.keys()
        return united(
            span for start, chunk in _chunks(text) for span in self._in(chunk, start, entities)
        )

    def of_number(self, written: str) -> str | None:
        """What a number that stands alone is by the chosen entities, patterns and words."""
        chosen = self._entities - {EMAIL, PHONE} - NAMES.keys()
        if not chosen:  # phone numbers are known by their columns
            return None
        whole = (0, len(written))
        found = (s for s in self._in(written, 0, chosen) if (s.start, s.end) == whole)
        return next((span.entity_type for span in found), None)

    def replaced(self, text: str, spans: Sequence[Span], tokens: Sequence[str]) -> str:
        """The text with a token in the place of each span; they do not overlap.

        Raises:
            Exception: the anonymizer met something else than these spans; send nothing.
        """
        from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

        if not spans:
            return text
        # The anonymizer works from the end, so the tokens were issued before, in reading order.
        held: dict[str, dict[str, str]] = {}
        for span, token in zip(spans, tokens, strict=True):
            held.setdefault(span.entity_type, {})[text[span.start : span.end]] = token
        done = self._anonymizer.anonymize(
            text,
            [RecognizerResult(s.entity_type, s.start, s.end, s.score) for s in spans],
            {
                entity: OperatorConfig("custom", {"lambda": tokens_of.__getitem__})
                for entity, tokens_of in held.items()
            },
            merge_entities_with_spaces=False,  # two addresses beside each other are two
        )
        return str(done.text)

    def _in(self, chunk: str, offset: int, entities: frozenset[str]) -> Iterator[Span]:
        for found in self._engine.analyze(chunk, language=_LANGUAGE, entities=sorted(entities)):
            yield Span(
                offset + found.start, offset + found.end, found.entity_type, float(found.score)
            )


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Pieces that overlap by more than any value is long, cut at line ends where there are some."""
    start = 0
    while len(text) - start > _CHUNK:
        line_end = text.rfind("\n", start + _CHUNK // 2, start + _CHUNK)
        end = line_end + 1 if line_end >= 0 else start + _CHUNK
        yield start, text[start:end]
        start = end - _OVERLAP
    yield start, text[start:]


def _engine(finders: Mapping[str, Finder]) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    return AnalyzerEngine(
        registry=RecognizerRegistry(
            recognizers=[_recognizer(entity, finder) for entity, finder in finders.items()],
            supported_languages=[_LANGUAGE],
        ),
        nlp_engine=NoOpNlpEngine([{"lang_code": _LANGUAGE, "model_name": "none"}]),
        supported_languages=[_LANGUAGE],
    )


def _anonymizer() -> AnonymizerEngine:
    from presidio_anonymizer import AnonymizerEngine

    return AnonymizerEngine()


def _recognizer(entity: str, finder: Finder) -> EntityRecognizer:
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class FinderRecognizer(EntityRecognizer):
        """One of our finders, as Presidio wants it."""

        def load(self) -> None:
            """Nothing to load."""

        def analyze(
            self, text: str, entities: Sequence[str], nlp_artifacts: Any = None
        ) -> list[RecognizerResult]:
            return [
                RecognizerResult(entity_type=s.entity_type, start=s.start, end=s.end, score=s.score)
                for s in finder(text)
            ]

    return FinderRecognizer(supported_entities=[entity], name=f"DataLens {entity}")
