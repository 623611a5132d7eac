"""The statements of a program as they are written, and the frame that they work on."""

from __future__ import annotations

import ast

from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.source import Part, statements, variable


class Script:
    """Statements for one intent. `DATA` in a template is the frame with the rows in question."""

    def __init__(self, intent: Intent) -> None:
        self.intent = intent
        self.body: list[ast.stmt] = []
        self.data = variable(intent.dataset)

    def add(self, template: str, **parts: Part) -> None:
        self.body += statements(template, DATA=self.data, **parts)

    def note_rows(self, columns: list[str]) -> None:
        """Say how many rows go into the result; the answer repeats it."""
        if not columns:
            self.add('print("Rows used:", len(DATA))')
            return
        known = "DATA[COLUMNS].notna()" + (".all(axis=1)" if len(columns) > 1 else "")
        self.add(
            f'print("Rows used:", {known}.sum(), "of", len(DATA), "with a value")',
            COLUMNS=columns if len(columns) > 1 else columns[0],
        )
