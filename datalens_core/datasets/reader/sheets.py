"""A workbook that is open: its sheets, and their rows, by the library that this sandbox has."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

from .answer import Refused


class Book:
    """A workbook, opened once; `excel` is what pandas reads it from.

    Calamine parses a sheet whole, whatever is asked of it, and that is most of what reading costs:
    each sheet is parsed once, for the rows looked at here and for those that pandas loads.

    Raises:
        Refused: it is encrypted, or nothing in this sandbox reads it.
    """

    def __init__(self, path: str, format: str) -> None:
        import pandas as pd

        self.engine = _engine(format)
        if self.engine == "calamine":
            self.excel = _opened_by_calamine(path)
        elif self.engine == "openpyxl":
            self.excel = pd.ExcelFile(path, engine="openpyxl")
        else:
            self.excel = pd.ExcelFile(path, engine="xlrd")
        self.sheets: list[tuple[str, bool]] = self._sheets()
        """Their names, and whether they are visible."""

    def rows(self, name: str) -> Iterator[list[Any]]:
        """A sheet's rows, from the first row and column on; an empty cell is ""."""
        book: Any = self.excel.book
        if self.engine == "calamine":
            yield from book.get_sheet_by_name(name).iter_rows()
        elif self.engine == "openpyxl":
            sheet = book[name]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                yield ["" if value is None else value for value in row]
        else:
            frame = self.excel.parse(name, header=None, na_values=[], keep_default_na=False)
            for row in frame.itertuples(index=False):
                yield list(row)

    def merged(self, name: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """The first and the last cell (row, column) of each range of merged cells, if known."""
        if self.engine != "calamine":
            return []
        sheet: Any = self.excel.book.get_sheet_by_name(name)
        return list(getattr(sheet, "merged_cell_ranges", None) or [])

    def _sheets(self) -> list[tuple[str, bool]]:
        book: Any = self.excel.book
        if self.engine == "calamine":
            import python_calamine as calamine

            visible = calamine.SheetVisibleEnum.Visible
            work = calamine.SheetTypeEnum.WorkSheet
            return [(m.name, m.visible == visible) for m in book.sheets_metadata if m.typ == work]
        if self.engine == "openpyxl":
            return [(s.title, s.sheet_state == "visible") for s in book.worksheets]
        return [(str(name), True) for name in self.excel.sheet_names]


class _ParsedOnce:
    """A workbook of calamine's that remembers the sheets it has parsed."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheets: dict[str, Any] = {}

    def get_sheet_by_name(self, name: str) -> Any:
        if name not in self._sheets:
            self._sheets[name] = self._book.get_sheet_by_name(name)
        return self._sheets[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)


def _opened_by_calamine(path: str) -> Any:
    import pandas as pd
    import python_calamine as calamine

    try:
        excel: Any = pd.ExcelFile(path, engine="calamine")
    except calamine.PasswordError:
        raise Refused("unreadable", "It is encrypted.") from None
    excel._reader.book = _ParsedOnce(excel.book)
    return excel


def _engine(format: str) -> str:
    """The library that reads it here.

    Raises:
        Refused: there is none in this sandbox.
    """
    if importlib.util.find_spec("python_calamine") is not None:
        return "calamine"
    if format in ("xlsx", "xlsm"):
        return "openpyxl"
    if format == "xls" and importlib.util.find_spec("xlrd") is not None:
        return "xlrd"
    raise Refused(
        "unreadable",
        f"This sandbox cannot read .{format}: python-calamine is not in its template. "
        "Save the file as .xlsx, or use a template that has it.",
    )
