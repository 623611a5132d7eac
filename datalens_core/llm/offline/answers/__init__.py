"""The answer in words. Every number in it stands in the observation it is made from."""

from __future__ import annotations

from datalens_core.llm.offline.answers.answer import Answer, answer, failure, refusal

__all__ = ["Answer", "answer", "failure", "refusal"]
