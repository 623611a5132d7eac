"""The states of the sessions in use. One that nobody has used for long is let go.

To the session it is as after a restart of the server: its state is read from the history again,
and its vault begins anew. No text that is kept holds a token, so none changes its meaning: each
request to a model is redacted whole, the history in it included, by the vault of that moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from datalens_core.sessions.state import SessionState

# A working day's break; a sandbox is long gone by then, and the state is read again when asked for.
IDLE_SECONDS = 6 * 3600.0


class SessionStates:
    """Session id to state.

    Args:
        is_busy: whether a session has to stay, however long ago it was used.
        on_drop: told of each session that goes.
        clock: seconds.
    """

    def __init__(
        self,
        is_busy: Callable[[str], bool],
        on_drop: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_busy = is_busy
        self._on_drop = on_drop
        self._clock = clock
        self._states: dict[str, SessionState] = {}
        self._used: dict[str, float] = {}

    def get(self, session_id: str) -> SessionState | None:
        state = self._states.get(session_id)
        if state is not None:
            self._used[session_id] = self._clock()
        return state

    def add(self, session_id: str, state: SessionState) -> SessionState:
        """Keep a state; the one that is there already wins. Room is made first."""
        self._drop_idle()
        self._used[session_id] = self._clock()
        return self._states.setdefault(session_id, state)

    def drop(self, session_id: str) -> None:
        self._used.pop(session_id, None)
        if self._states.pop(session_id, None) is not None:
            self._on_drop(session_id)

    def _drop_idle(self) -> None:
        before = self._clock() - IDLE_SECONDS
        for session_id, state in list(self._states.items()):
            idle = self._used[session_id] < before and not state.is_changing
            if idle and not self._is_busy(session_id):
                self.drop(session_id)
