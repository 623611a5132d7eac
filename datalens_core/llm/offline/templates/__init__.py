"""From an intent to the pandas and plotly code that answers it."""

from __future__ import annotations

from datalens_core.llm.offline.templates.program import ATTEMPTS, write_code

__all__ = ["ATTEMPTS", "write_code"]
