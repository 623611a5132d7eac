"""What a period is in a question: days that rows are grouped by, the window of an average."""

from __future__ import annotations

from dataclasses import dataclass

from datalens_core.llm.offline.columns import SAMPLED, Column
from datalens_core.llm.offline.cursor import Cursor
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import Group
from datalens_core.llm.offline.lexicon import phrases
from datalens_core.llm.offline.pieces import BinPiece, ColumnPiece, NumberPiece, ValuePiece
from datalens_core.llm.offline.scan_state import ScanState

MOST_ROWS = 1000


@dataclass
class PeriodReader:
    state: ScanState
    ranked: bool
    rolling: bool

    @property
    def draft(self) -> Draft:
        return self.state.draft

    @property
    def cursor(self) -> Cursor:
        return self.state.cursor

    def read(self, piece: BinPiece) -> None:
        unit = piece.bin
        time = self.draft.clock if unit == "hour" else self.draft.time
        if piece.text in phrases.BIN_ADVERBS and "mean" in self.state.pending:
            self.draft.marks.add("periodic")
        counted = self.cursor.sees(-1, NumberPiece)
        if unit == "year" and self.cursor.sees(1, NumberPiece) and not counted:
            return  # "in the year 2007": the number says it
        coarse = time is not None and time.kind == "year" and unit != "year"
        if time is None or coarse or counted:
            self.draft.unknown.append(piece.text)
            return
        if unit == "day" and not self.state.grouping and self._rows_are_days(piece, time):
            return
        if (
            unit == "day"
            and "count" in self.draft.marks
            and not (self.state.grouping or self.ranked)
        ):
            self.draft.mentions.append(ColumnPiece(piece.text, (time,), plural=True))
            return
        asked = (
            self.state.grouping or piece.text in phrases.BIN_ADVERBS or "which" in self.draft.marks
        )
        if self.ranked and not self.state.grouping:
            self.draft.marks.add("which")
        if asked or self.ranked or self.draft.measures:
            self.state.group(Group(time, None if time.kind == "year" else unit))
        else:
            self.draft.unknown.append(piece.text)

    def _rows_are_days(self, piece: BinPiece, time: Column) -> bool:
        """Read "share of foggy days", "on days with snow": rows of their own, if each is a day."""
        beside = self.cursor.sees(1, ValuePiece) or self.cursor.sees(-1, ValuePiece)
        share = "share" in self.draft.marks
        counted = "count" in self.draft.marks
        if time.distinct < SAMPLED or piece.text != "days" or counted or not (share or beside):
            return False
        self.draft.rows = self.draft.rows or share
        self.draft.assumptions.append("Each row was taken as a day.")
        return True

    def window_follows(self) -> bool:
        return self.cursor.sees(1, NumberPiece) and self.cursor.sees(2, BinPiece)

    def window(self, count: NumberPiece) -> bool:
        """Read the "7 days" of a rolling average."""
        unit = self.cursor.peek()
        if not self.rolling or not 2 <= count.value <= MOST_ROWS:
            return False
        self.draft.window = int(count.value)
        if isinstance(unit, BinPiece):
            self.draft.period = unit.bin
            self.cursor.at += 1
        return True
