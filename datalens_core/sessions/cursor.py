"""Where a page of sessions ended: a time and an id, opaque to the client.

It holds the place itself, so it stays good when the session there is deleted or used again, and
tells nothing of sessions that are not the user's.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import NamedTuple, Self

from datalens_core.errors import InvalidRequest
from datalens_core.models import Session


class Cursor(NamedTuple):
    last_activity: str
    session_id: str

    @classmethod
    def at(cls, session: Session) -> Self:
        return cls(session.last_activity.isoformat(), session.id)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises InvalidRequest if it is none of ours."""
        try:
            time, session_id = urlsafe_b64decode(text.encode()).decode().split("|", 1)
            return cls(datetime.fromisoformat(time).isoformat(), session_id)
        except (ValueError, binascii.Error):
            raise InvalidRequest(details={"fields": ["after"]}) from None

    def __str__(self) -> str:
        return urlsafe_b64encode("|".join(self).encode()).decode()
