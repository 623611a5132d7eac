"""Profiles that a model made, kept for an hour: the same file again costs nothing.

A profile is kept as its user sees it, with nothing of a session in it: tokens were turned back into
values before, and one that was not is not kept. It is given to the same user alone, for the same
name, columns and first rows.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable

from datalens_core.models import DatasetSchema, ProfileResult

KEPT_SECONDS = 3600.0
_MOST = 256
_TOKEN = re.compile(r"<[A-Z_]+_\d+>")


class ProfileCache:
    """`clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, ProfileResult]] = OrderedDict()

    def find(self, user_id: str, name: str, schema: DatasetSchema) -> ProfileResult | None:
        until, profile = self._kept.get(_key(user_id, name, schema), (0.0, None))
        return profile.model_copy(deep=True) if profile and self._clock() < until else None

    def keep(self, user_id: str, name: str, schema: DatasetSchema, profile: ProfileResult) -> None:
        if _TOKEN.search(profile.model_dump_json()):
            return
        key = _key(user_id, name, schema)
        self._kept[key] = (self._clock() + KEPT_SECONDS, profile.model_copy(deep=True))
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)


def _key(user_id: str, name: str, schema: DatasetSchema) -> str:
    """What the profile depends on, without keeping any of it."""
    text = json.dumps([user_id, name, schema.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
