"""The scrubber by itself: text or a sample of a table in, redacted text or table out."""

from __future__ import annotations

import json
import math
from numbers import Real
from typing import TYPE_CHECKING, Any

from datalens_core.models import Redaction
from datalens_core.privacy.session import PrivacySessions

if TYPE_CHECKING:
    import pandas as pd


class PIIScrubber:
    """Replaces emails and phone numbers by tokens; the same value gets the same token.

    One scrubber keeps one vault, in memory, for as long as it lives.
    """

    def __init__(self) -> None:
        self._session = PrivacySessions().of("scrubber")

    def scrub_text(self, text: str) -> tuple[str, list[Redaction]]:
        """The text with tokens, and what was replaced (offsets in the original).

        Raises:
            PrivacyBlocked: detection failed.
        """
        return self._session.redact(text, "text")

    def scrub_dataframe_sample(self, df: pd.DataFrame) -> pd.DataFrame:
        """A copy with column names and cells redacted; `df` is left as it is.

        Numbers are kept, but in a column whose name says that they are phone numbers.

        Raises:
            PrivacyBlocked: detection failed.
        """
        clean = df.copy()
        for position, name in enumerate(df.columns):
            column = df.iloc[:, position]
            redacted = [self._cell(value, str(name)) for value in column]
            if any(new is not old for new, old in zip(redacted, column, strict=True)):
                clean.isetitem(position, redacted)
        clean.columns = [self._cell(name, "") for name in df.columns]
        clean.index = df.index.map(lambda label: self._cell(label, str(df.index.name or "")))
        return clean

    def _cell(self, value: Any, column: str) -> Any:
        """A cell, or its redacted text if there was something in it."""
        if isinstance(value, Real) and not isinstance(value, bool):
            return self._number(value, column)
        text = str(value)
        # As JSON with the column's name, so that a table and a prompt are judged alike.
        held, found = self._session.redact(json.dumps({column: text}), "sample")
        return next(iter(json.loads(held).values())) if found else value

    def _number(self, value: Real, column: str) -> Any:
        if not math.isfinite(value):
            return value
        held, found = self._session.redact(json.dumps({column: float(value)}), "sample")
        return next(iter(json.loads(held).values())) if found else value
