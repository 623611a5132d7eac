"""From the places of a draft to the one thing that is asked: its kind, and what was assumed."""

from __future__ import annotations

from datalens_core.llm.offline.resolve.dispatch import resolve

__all__ = ["resolve"]
