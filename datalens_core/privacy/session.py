"""The privacy of each session: one vault, one lock, the detectors shared."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from copy import copy

from datalens_core.errors import PrivacyBlocked, UnknownToken
from datalens_core.models import Redaction
from datalens_core.privacy.code import restore_code
from datalens_core.privacy.detector import Detector
from datalens_core.privacy.looked_through import LookedThrough, Redacted
from datalens_core.privacy.protection import NOTHING, Protection
from datalens_core.privacy.redactor import Redactor
from datalens_core.privacy.rules import PERSONAL_VALUE, DetectionRules, one_text
from datalens_core.privacy.spans import Finder, Span
from datalens_core.privacy.vault import TOKEN, Vault, is_name

_WITHHELD = "The sandbox does not hold what this stands for: it must not leave the user's machine."


class SharedDetector:
    """Builds the detector when it is first needed, once, from whichever thread."""

    def __init__(
        self, rules: DetectionRules | None = None, finders: Mapping[str, Finder] | None = None
    ) -> None:
        self.rules = rules or DetectionRules()
        self._finders = finders
        self._lock = threading.Lock()
        self._detector: Detector | None = None

    def get(self) -> Detector:
        with self._lock:
            if self._detector is None:
                self._detector = Detector(self._finders or self.rules.finders())
            return self._detector


class SessionPrivacy:
    """A `PrivacySession`: redacts what leaves, restores what comes back. Thread-safe."""

    def __init__(self, detector: SharedDetector) -> None:
        self._detector = detector
        self._vault = Vault()
        self._lock = threading.Lock()
        self.protection: Protection = NOTHING
        """What is in force beyond detection; replaced as a whole."""
        self._looked = LookedThrough()

    def __repr__(self) -> str:
        return f"SessionPrivacy({self._vault!r})"

    def under(self, protection: Protection) -> SessionPrivacy:
        """The same session's tokens under another protection than the one in force."""
        other = copy(self)
        other.protection = protection
        other._looked = LookedThrough()
        return other

    def redact(self, text: str, channel: str) -> tuple[str, list[Redaction]]:
        """As `PrivacySession.redact`; any error of a detector blocks the sending."""
        try:
            detector = self._detector.get()
            with self._lock, one_text():
                return self._redacted(detector, text, channel)
        except Exception:
            # Its text and its frames may hold what was to be hidden: only the fact leaves.
            pass
        raise PrivacyBlocked(details={"channel": channel})

    def _redacted(self, detector: Detector, text: str, channel: str) -> Redacted:
        protection, changes = self.protection, self._vault.changes
        found = self._looked.find(text, channel, detector, protection, changes)
        if found is None:
            redactor = Redactor(detector, self._vault, self._detector.rules, protection)
            found = redactor.redact(text, channel)
            if self._vault.changes == changes:  # else the same text may read otherwise by now
                self._looked.keep(text, channel, found)
        return found

    def look_with(self, rules: DetectionRules) -> None:
        """Detect by other rules from now on; the values that were met keep their tokens."""
        if rules != self._detector.rules:
            self._detector = SharedDetector(rules)

    def find(self, text: str) -> Iterator[Span]:
        """What detection finds, by the rules alone."""
        rules = self._detector.rules
        for finder in rules.finders().values():
            yield from (s for s in finder(text) if not rules.allows(text[s.start : s.end]))

    def shown_values(self, column: str, values: list[str]) -> list[str] | None:
        """Values that were looked up in a column, as its policy lets a model see them.

        None where it may see none.
        """
        policy = self.protection.policies.get(column, "send")
        if policy in ("statistics", "never"):
            return None
        if policy == "send":
            return values
        with self._lock:
            found = ((v, _whole_type(list(self.find(v)), v)) for v in values)
            tokens = (self._vault.token_for(entity, value) for value, entity in found)
            return [self._vault.hand_out(token) for token in tokens]

    def meant(self, text: str) -> str:
        """What a user means by a text in which tokens may stand for values."""
        with self._lock:
            return self._vault.restore(text)

    def token_for(self, value: str) -> str:
        """A token for a value that may be personal, whatever it is."""
        with self._lock:
            return self._vault.token_for(PERSONAL_VALUE, value)

    def restore_text(self, text: str) -> str:
        with self._lock:
            return self._vault.restore_prose(text)

    def restore_code(self, code: str) -> str:
        with self._lock:
            self._check_for_sandbox(code)
            return restore_code(code, self._vault)

    def restore_argument(self, text: str) -> str:
        with self._lock:
            self._check_for_sandbox(text)
            return self._vault.restore(text)

    def _check_for_sandbox(self, text: str) -> None:
        for token in TOKEN.findall(text):
            secret = self._vault.secret(token)
            if secret and self.protection.withholds(secret.value, is_name=is_name(token)):
                raise UnknownToken(details={"token": token, "reason": _WITHHELD})


def _whole_type(found: list[Span], value: str) -> str:
    whole = (s.entity_type for s in found if (s.start, s.end) == (0, len(value)))
    return next(whole, PERSONAL_VALUE)


class PrivacySessions:
    """The vaults of all sessions, by session id; two sessions never share a token's meaning."""

    def __init__(
        self,
        finders: Mapping[str, Finder] | None = None,
        *,
        rules: DetectionRules | None = None,
    ) -> None:
        self._detector = SharedDetector(rules, finders)
        self._sessions: dict[str, SessionPrivacy] = {}

    def __repr__(self) -> str:
        return f"PrivacySessions({len(self._sessions)} sessions)"

    def of(self, session_id: str) -> SessionPrivacy:
        """The session's vault, empty if it is new."""
        return self._sessions.setdefault(session_id, SessionPrivacy(self._detector))

    def drop(self, session_id: str) -> None:
        """Forget a session's values; its tokens can never be restored again."""
        self._sessions.pop(session_id, None)

    def warm(self) -> None:
        """Build the detectors now; takes about a second, so call it off the event loop."""
        # The second line makes them read what they know of regions and of top-level domains.
        self._detector.get().find("x\nask (2123 4567) or jane at example dot com")
