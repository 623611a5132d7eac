"""What the users of sessions marked as personal or not, by value; see `Mark`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datalens_core.errors import InvalidRequest, StoreUnavailable
from datalens_core.models import Mark, PrivacyCount
from datalens_core.privacy.disguises import letters_of
from datalens_core.privacy.kept_marks import KeptMarks
from datalens_core.privacy.protection import MARKED_VALUE
from datalens_core.privacy.session import PrivacySessions
from datalens_core.sessions.state import SessionState

MARKS_LOST = (
    "You marked values of this session as personal, and this server does not know them any more. "
    "Earlier questions and the values of the data are not sent until you mark a value, or none."
)
MARKS_NOT_KEPT = "What you marked is replaced until the server stops; it could not be kept longer."
SIGNS_ALONE = (
    "What you mark as personal needs a letter or a digit. Signs alone, as ★ or an emoji, cannot be "
    "found again, and would be sent as they are."
)

FolderOf = Callable[[str], Path]


@dataclass
class MarksOfSession:
    """In memory, for as long as the session's vault."""

    now: tuple[Mark, ...] = field(default=(), repr=False)
    """Those made since the server was started."""
    kept: KeptMarks | None = field(default=None, repr=False)
    """Those from before; None if they cannot be known."""

    @property
    def personal(self) -> tuple[str, ...]:
        return tuple(mark.text for mark in self.now if mark.personal)

    @property
    def not_personal(self) -> tuple[str, ...]:
        return tuple(mark.text for mark in self.now if not mark.personal)


class Marks:
    """Of all sessions."""

    def __init__(self, privacy: PrivacySessions, folder_of: FolderOf) -> None:
        self._privacy = privacy
        self._folder_of = folder_of
        self._held: dict[str, MarksOfSession] = {}

    def of(self, session_id: str) -> MarksOfSession:
        return self._held.setdefault(session_id, MarksOfSession())

    def drop(self, session_id: str) -> None:
        self._held.pop(session_id, None)

    def take(self, session_id: str, state: SessionState, marks: Sequence[Mark]) -> None:
        """As `Safeguards.mark`; they are in force with the next protection.

        Raises:
            InvalidRequest: one could not be replaced; those of before are in force.
            StoreUnavailable: they could not be kept for after a restart.
        """
        session, held = self._privacy.of(session_id), self.of(session_id)
        meant = [m.model_copy(update={"text": session.meant(m.text)}) for m in marks]
        if any(mark.personal and not _can_be_found(mark.text) for mark in meant):
            raise InvalidRequest(SIGNS_ALONE)
        last = {m.text.strip().casefold(): m for m in meant}
        earlier, held.now = held.now, tuple(last.values())
        state.marks_lost = False
        kept = held.kept or KeptMarks.none()
        held.kept = kept.changed(remove=[m.text for m in (*earlier, *held.now)])
        known = held.kept.changed(add=held.personal)
        try:
            known.write(self._folder_of(session_id))
        except OSError:
            raise StoreUnavailable(MARKS_NOT_KEPT) from None

    def recall(self, session_id: str, state: SessionState, report: Sequence[PrivacyCount]) -> None:
        """Know what was marked before the server was started, or that it is not known."""
        held = self.of(session_id)
        held.kept = KeptMarks.read(self._folder_of(session_id))
        marked = any(count.entity_type == MARKED_VALUE for count in report)
        state.marks_lost = marked and held.kept is None


def _can_be_found(text: str) -> bool:
    """Now, where values are looked for as they are written, and by their letters once kept."""
    return any(map(str.isalnum, text)) and bool(letters_of(text).text)
