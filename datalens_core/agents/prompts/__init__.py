"""The prompts, one readable file each."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

PromptName = Literal[
    "plan", "act", "profile", "again_plan", "nudge", "cut_off", "garbled_call", "unknown_token"
]


def prompt(name: PromptName) -> str:
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
