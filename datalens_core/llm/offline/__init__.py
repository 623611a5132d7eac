"""The offline analyst: rules, no model, behind the same interface as any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datalens_core.llm.offline.suggestions import suggest_questions
    from datalens_core.llm.offline.transport import OfflineTransport

__all__ = ["OfflineTransport", "suggest_questions"]


def __getattr__(name: str) -> Any:
    if name == "OfflineTransport":  # httpx2 is imported when a transport is first made
        from datalens_core.llm.offline.transport import OfflineTransport

        return OfflineTransport
    if name == "suggest_questions":
        from datalens_core.llm.offline.suggestions import suggest_questions

        return suggest_questions
    raise AttributeError(name)
