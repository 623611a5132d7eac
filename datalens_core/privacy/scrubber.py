"""The scrubber by itself: text or a sample of a table in, redacted text or table out."""

from __future__ import annotations

import json
import math
from numbers import Real
from typing import TYPE_CHECKING, Any

from datalens_core.models import Redaction
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions

if TYPE_CHECKING:
    import pandas as pd


class PIIScrubber:
    """Replaces emails and phone numbers by tokens, and what `rules` add to them.

    The same value gets the same token. One scrubber keeps one vault, in memory, for as long as it
    lives.
    """

    def __init__(self, rules: DetectionRules | None = None) -> None:
        self._session = PrivacySessions(rules=rules).of("scrubber")

    def scrub_text(self, text: str) -> tuple[str, list[Redaction]]:
        """The text with tokens, and what was replaced (offsets in the original).

        Raises:
            PrivacyBlocked: detection failed.
        """
        return self._session.redact(text, "text")

    def scrub_dataframe_sample(self, df: pd.DataFrame) -> pd.DataFrame:
        """A copy with column names and cells redacted; `df` is left as it is.

        Each column is judged as a whole: by its name, and by what most of its texts are. Numbers
        are kept, but in a column whose name says that they are phone numbers.

        Raises:
            PrivacyBlocked: detection failed.
        """
        clean = df.copy()
        for position, name in enumerate(df.columns):
            column = list(df.iloc[:, position])
            redacted = self._cells(column, str(name))
            if any(new is not old for new, old in zip(redacted, column, strict=True)):
                clean.isetitem(position, redacted)
        for axis, name in (("columns", ""), ("index", str(df.index.name or ""))):
            labels = list(getattr(df, axis))
            redacted = self._cells(labels, name)
            if redacted != labels:
                setattr(clean, axis, redacted)
        return clean

    def _cells(self, cells: list[Any], column: str) -> list[Any]:
        """The cells, those in which something was found as redacted text."""
        # As JSON with the column's name, so that a table and a prompt are judged alike.
        sent = [_as_json(cell) for cell in cells]
        held, found = self._session.redact(json.dumps({column: sent}), "sample")
        if not found:
            return cells
        redacted = next(iter(json.loads(held).values()))
        return [
            cell if new == old else new
            for cell, old, new in zip(cells, sent, redacted, strict=True)
        ]


def _as_json(cell: Any) -> str | float | None:
    if isinstance(cell, Real) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else None
    return str(cell)
