"""What else is personal here, and what is not: the choices of a user or an administrator."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from datalens_core.errors import ServiceMisconfigured
from datalens_core.privacy.emails import EMAIL, find_emails
from datalens_core.privacy.names import (
    DEFAULT_MODEL,
    NAMES,
    how_to_install,
    is_installed,
    name_finder,
)
from datalens_core.privacy.phones import PHONE, find_phones
from datalens_core.privacy.spans import Finder, Span

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer
    from regex import Pattern

    from datalens_core.settings import Settings

PATTERN_SECONDS = 1.0
"""Own patterns that together look longer through one text block its sending."""
_until: ContextVar[float | None] = ContextVar("until", default=None)

PERSONAL_VALUE = "PERSONAL_VALUE"
"""What an own pattern or the deny list names."""

# Entity to the threshold below which it only makes false alarms, as measured.
OPTIONAL_ENTITIES = {
    "CREDIT_CARD": 0.9, "US_SSN": 0.5, "IBAN_CODE": 0.9, "IP_ADDRESS": 0.5,
    "PERSON": 0.8, "LOCATION": 0.8,
}  # fmt: skip


@dataclass(frozen=True)
class DetectionRules:
    """Emails and phone numbers are always looked for; the rest is chosen here."""

    entities: dict[str, float] = field(default_factory=dict)
    """Optional entities, each with the score (0 to 1) from which it is replaced."""
    patterns: tuple[str, ...] = ()
    """Regular expressions for own kinds of values, such as a number of an employee."""
    deny: tuple[str, ...] = ()
    """Words or names that are always replaced, whatever their case."""
    allow: tuple[str, ...] = ()
    """Values that are never replaced; "@acme.com" stands for every address of that domain."""
    phone_regions: tuple[str, ...] = ()
    """Regions (ISO 3166, such as DE) whose numbers are known even as bare digits in a text."""
    language_model: str = DEFAULT_MODEL
    """The spaCy model that finds names and places, if they are to be looked for."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.entities) - set(OPTIONAL_ENTITIES))
        if unknown:
            known = ", ".join(OPTIONAL_ENTITIES)
            raise ValueError(f"Unknown entities {', '.join(unknown)}; there are {known}.")
        if not all(0 <= score <= 1 for score in self.entities.values()):
            raise ValueError("The threshold of an entity is between 0 and 1.")
        if self.entities.keys() & NAMES.keys() and not is_installed(self.language_model):
            raise ValueError(
                f"PERSON and LOCATION need the spaCy model {self.language_model}. "
                + how_to_install(self.language_model)
            )
        for pattern in self.patterns:
            _compiled(pattern)
        if any(not re.fullmatch("[A-Z]{2}", region) for region in self.phone_regions):
            raise ValueError("Phone regions are two capital letters, such as DE.")

    @classmethod
    def read(
        cls,
        entities: Iterable[str] = (),
        *,
        patterns: Iterable[str] = (),
        deny: Iterable[str] = (),
        allow: Iterable[str] = (),
        phone_regions: Iterable[str] = (),
        language_model: str = DEFAULT_MODEL,
    ) -> Self:
        """As settings write them: an entity as IBAN_CODE, or IBAN_CODE=0.6 with its threshold.

        Raises:
            ValueError: an entity, threshold, pattern or region that cannot be used.
        """
        chosen: dict[str, float] = {}
        for entry in entities:
            name, _, score = entry.partition("=")
            name = name.strip().upper()
            chosen[name] = _threshold(score) if score else OPTIONAL_ENTITIES.get(name, 1.0)
        regions = tuple(region.strip().upper() for region in phone_regions)
        return cls(chosen, tuple(patterns), tuple(deny), tuple(allow), regions, language_model)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises: ServiceMisconfigured, with what is wrong and never with a value."""
        try:
            return cls.read(
                settings.privacy_entities,
                patterns=settings.privacy_patterns,
                deny=settings.privacy_deny,
                allow=settings.privacy_allow,
                phone_regions=settings.phone_regions,
                language_model=settings.spacy_model,
            )
        except ValueError as error:
            raise ServiceMisconfigured(details={"reason": str(error)}) from None

    def finders(self) -> dict[str, Finder]:
        """What looks for each entity type. Imports Presidio if an optional entity is chosen."""
        found: dict[str, Finder] = {
            EMAIL: find_emails,
            PHONE: partial(find_phones, regions=self.phone_regions),
        }
        for entity, threshold in self.entities.items():
            if entity in NAMES:
                found[entity] = name_finder(entity, threshold, self.language_model)
                continue
            found[entity] = partial(_stock, _stock_recognizer(entity), entity, threshold)
        own = [_compiled(pattern) for pattern in self.patterns]
        own += [_whole(word) for word in self.deny if word.strip()]
        if own:
            found[PERSONAL_VALUE] = partial(_matches, tuple(own))
        return found

    def allows(self, value: str) -> bool:
        """Whether a value that was found is to be left as it is."""
        said = value.strip().casefold()
        return any(
            said == entry or (entry.startswith("@") and said.endswith(entry))
            for entry in map(str.casefold, map(str.strip, self.allow))
            if entry
        )


def _threshold(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise ValueError("The threshold of an entity is a number between 0 and 1.") from None


def _compiled(pattern: str, *, ignore_case: bool = False) -> Pattern[str]:
    import regex  # what Presidio uses; unlike `re` it can be told when to stop

    try:
        compiled = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except (regex.error, RecursionError) as error:
        reason = getattr(error, "msg", "it is too deeply nested")
        raise ValueError(f"A privacy pattern is no regular expression: {reason}.") from None
    if compiled.match("", timeout=PATTERN_SECONDS):
        raise ValueError("A privacy pattern that matches nothing at all would match everywhere.")
    return compiled


def _whole(word: str) -> Pattern[str]:
    word = word.strip()
    left = r"(?<!\w)" if word[0].isalnum() else ""
    right = r"(?!\w)" if word[-1].isalnum() else ""
    return _compiled(left + re.escape(word) + right, ignore_case=True)


@contextmanager
def one_text() -> Iterator[None]:
    """All that own patterns look through within shares one allowance of time."""
    token = _until.set(time.monotonic() + PATTERN_SECONDS)
    try:
        yield
    finally:
        _until.reset(token)


def _matches(patterns: tuple[Pattern[str], ...], text: str) -> Iterator[Span]:
    """Raises TimeoutError if it takes too long: what would be found is not known."""
    until = _until.get() or time.monotonic() + PATTERN_SECONDS
    for pattern in patterns:
        # Concurrent: a slow pattern must not hold up the rest of the server.
        for found in pattern.finditer(text, concurrent=True, timeout=_left(until)):
            if found.end() > found.start():
                yield Span(found.start(), found.end(), PERSONAL_VALUE, 1.0)


def _left(until: float) -> float | None:
    """Seconds, as a pattern takes them."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


_NO_LANGUAGE_MODEL: Any = None  # these recognizers look at patterns and check digits alone


def _stock(
    recognizer: EntityRecognizer, entity: str, threshold: float, text: str
) -> Iterator[Span]:
    for found in recognizer.analyze(text, [entity], _NO_LANGUAGE_MODEL) or ():
        if found.score >= threshold:
            yield Span(found.start, found.end, entity, float(found.score))


def _stock_recognizer(entity: str) -> EntityRecognizer:
    """Presidio's own, which check the digits of what they find where there are check digits."""
    from presidio_analyzer import predefined_recognizers as stock

    made: EntityRecognizer = {
        "CREDIT_CARD": stock.CreditCardRecognizer,
        "US_SSN": stock.UsSsnRecognizer,
        "IBAN_CODE": stock.IbanRecognizer,
        "IP_ADDRESS": stock.IpRecognizer,
    }[entity]()
    return made
