"""DataLens: ask questions of your data; the code runs in an isolated sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalens_core.errors import DataLensError
from datalens_core.settings import Settings

if TYPE_CHECKING:
    from datalens_core.workbench import Workbench

__all__ = ["DataLensError", "Settings", "Workbench"]


def __getattr__(name: str) -> Any:
    if name == "Workbench":  # heavy rooms behind it are imported when it is first used
        from datalens_core.workbench import Workbench

        return Workbench
    raise AttributeError(name)
