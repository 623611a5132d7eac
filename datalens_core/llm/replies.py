"""Replies that are kept for a short time: the same request again costs nothing.

We send no temperature, so the same request is the same question. A reply is only given to another
run of the same session and the same vault (a token means a value in one vault alone), never to the
run that got it: whoever asks the same thing twice within a run wants another answer. A run in which
code failed leaves nothing: asking again is asking for another way.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datalens_core.llm.exchange import CallScope
from datalens_core.llm.spending import Spending
from datalens_core.llm.streaming import RawReply
from datalens_core.privacy.contract import PrivacySession

KEPT_SECONDS = 300.0
_MOST = 128
_LARGEST = 200_000


@dataclass(frozen=True)
class _Kept:
    reply: RawReply
    until: float
    vault: weakref.ref[PrivacySession]
    runs: weakref.WeakSet[Spending]
    """Those that have it."""


class Replies:
    """The last replies of a gateway. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._failed: weakref.WeakSet[Spending] = weakref.WeakSet()

    def find(self, body: Mapping[str, Any], scope: CallScope) -> RawReply | None:
        kept = self._kept.get(_key(body, scope))
        if kept is None or kept.until <= self._clock() or kept.vault() is not scope.privacy:
            return None
        if scope.spending in kept.runs or scope.spending in self._failed:
            return None
        kept.runs.add(scope.spending)
        return kept.reply

    def keep(self, body: Mapping[str, Any], scope: CallScope, reply: RawReply) -> None:
        """Keep a reply that was whole and of use."""
        if scope.spending in self._failed or reply.size > _LARGEST:
            return
        key = _key(body, scope)
        vault, runs = weakref.ref(scope.privacy), weakref.WeakSet([scope.spending])
        self._kept[key] = _Kept(reply, self._clock() + KEPT_SECONDS, vault, runs)
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def forget(self, scope: CallScope) -> None:
        """Drop what a run got so far, and keep nothing of it from now on."""
        self._failed.add(scope.spending)
        for key, kept in list(self._kept.items()):
            if scope.spending in kept.runs:
                del self._kept[key]


def _key(body: Mapping[str, Any], scope: CallScope) -> str:
    """Session, model and every byte of the request, without keeping any of it."""
    text = json.dumps([scope.session_id, body], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
