"""What is personal is found, replaced by tokens, and put back on the user's side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datalens_core.privacy.scrubber import PIIScrubber

__all__ = ["PIIScrubber"]


def __getattr__(name: str) -> Any:
    if name == "PIIScrubber":  # Presidio behind it is imported when it is first used
        from datalens_core.privacy.scrubber import PIIScrubber

        return PIIScrubber
    raise AttributeError(name)
