"""A batch of journal entries as the one message that `take_over` of the migrations understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datalens_core.journal import Entry
from datalens_core.sessions.projection import Insert, Touch, Update, changes


def batch(entries: Sequence[Entry]) -> dict[str, Any]:
    """All changes of the entries, each with the position of its entry."""
    inserts: dict[str, list[dict[str, Any]]] = {}
    updates: list[dict[str, Any]] = []
    touches: list[dict[str, Any]] = []
    for entry in entries:
        for change in changes(entry):
            match change:
                case Insert(table, row):
                    inserts.setdefault(table, []).append({**row, "position": entry.position})
                case Update(table, row_id, values, append):
                    updates.append(
                        {
                            "position": entry.position,
                            "table": table,
                            "id": row_id,
                            "values": values,
                            "append": append,
                        }
                    )
                case Touch(session_id, at, title):
                    touches.append(
                        {
                            "position": entry.position,
                            "session_id": session_id,
                            "at": at,
                            "title": title,
                        }
                    )
    tables = ("runs", "messages", "execution_logs", "artifacts", "pii_redactions")
    return {
        "sessions": sorted({entry.session_id for entry in entries}),
        "inserts": {table: inserts.get(table, []) for table in tables},
        "updates": updates,
        "touches": touches,
    }


def storable(value: Any) -> Any:
    """The value as PostgreSQL can hold it: texts have no NUL there, so a mark takes its place."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd")
        case dict():
            return {storable(key): storable(held) for key, held in value.items()}
        case list():
            return [storable(held) for held in value]
        case _:
            return value
