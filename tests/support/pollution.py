"""Ways in which people's tables are unlike a clean one, each a change of a written table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

Row = list[str]


@dataclass(frozen=True)
class Written:
    """A table on its way to bytes. `above` and `below` are lines around it, as they stand."""

    header: list[Row]
    rows: list[Row]
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    delimiter: str = ","
    quote: str = '"'
    quote_all: bool = False
    escape: str = ""
    end: str = "\n"
    encoding: str = "utf-8"
    ends: tuple[str, ...] = ()
    quoted_whole: bool = False
    declared: bool = False
    last_end: bool = True

    def to_bytes(self) -> bytes:
        stream = io.StringIO()
        writer = csv.writer(
            stream,
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL,
            doublequote=not self.escape,
            escapechar=self.escape or None,
            lineterminator="\n",
        )
        for row in [*self.header, *self.rows]:
            begin = stream.tell()
            writer.writerow(row)
            if self.quoted_whole:
                line = stream.getvalue()[begin:-1].replace('"', '""')
                stream.seek(begin)
                stream.write(f'"{line}"\n')
        text = "".join(line + "\n" for line in self.above) + stream.getvalue()
        text += "".join(line + "\n" for line in self.below)
        if self.declared:
            text = f"sep={self.delimiter}\n{text}"
        text = text.replace("\n", self.end)
        if self.ends:
            lines = text.split(self.end)
            text = "".join(x + self.ends[i % len(self.ends)] for i, x in enumerate(lines[:-1]))
            text += lines[-1]
        if not self.last_end:
            text = text.removesuffix(self.end)
        return text.encode(self.encoding)


CLEAN = Written(
    header=[["name", "units", "price", "day", "ref'); import os; ('"]],
    rows=[
        ["Zoë", "12", "1234.50", "2024-01-02", "A7"],
        ["Müller, Jan", "3", "12.25", "2024-02-28", 'B "7"'],
        ["Ann\nMarie", "40", "0.75", "2023-12-31", "C7"],
        ["Ørsted", "5", "2999.99", "2024-05-06", "D7"],
        ["Bob", "61", "7.50", "2024-11-30", "E7"],
        ["Çelik", "7", "18.00", "2024-03-13", "F7"],
        ["Dana", "28", "1000.25", "2024-07-14", "G7"],
        ["Eva", "9", "64.10", "2024-08-25", "H7"],
    ],
)


@dataclass(frozen=True)
class Kind:
    """One way to be unclean. `told` matches the warning due where the table read differs.

    `spelt` has what an encoding cannot hold, and what stands for it, in the file and when read.
    """

    change: Callable[[Written], Written]
    told: str = "(?!)"
    spelt: dict[str, str] = field(default_factory=dict)


def _each(place: int, change: Callable[[str], str]) -> Callable[[Written], Written]:
    """Change the values of one of the clean table's columns."""

    def changed(table: Written) -> Written:
        rows = [[change(v) if i == place else v for i, v in enumerate(r)] for r in table.rows]
        return replace(table, rows=rows)

    return changed


def _at(place: int, row: int, value: str) -> Callable[[Written], Written]:
    """Put one value into a column."""

    def changed(table: Written) -> Written:
        rows = [list(r) for r in table.rows]
        [r for r in rows if any(r)][row][place] = value
        return replace(table, rows=rows)

    return changed


def _ref(format: str) -> Callable[[str], str]:
    return lambda v: format.format(ord(v[0])) if v[1:] and v[0].isupper() else v


def _amount(format: str) -> Callable[[str], str]:
    """Write what is a number as yet."""

    def changed(text: str) -> str:
        try:
            return format.format(float(text))
        except ValueError:
            return text

    return changed


def _with(**fields: Any) -> Callable[[Written], Written]:
    return lambda table: replace(table, **fields)


def _spaced(table: Written) -> Written:
    return replace(table, header=[[f"  {n} " if n else n for n in h] for h in table.header])


def _lines(above: Sequence[str] = (), below: Sequence[str] = ()) -> Callable[[Written], Written]:
    return lambda t: replace(t, above=[*above, *t.above], below=[*t.below, *below])


def _padded(cells: int) -> Callable[[Written], Written]:
    return lambda t: replace(
        t,
        header=[[*h, *[""] * cells] for h in t.header],
        rows=[[*r, *[""] * cells] for r in t.rows],
    )


def _german(text: str) -> str:
    return _amount("{:,.2f}")(text).translate(str.maketrans(",.", ".,"))


def _date(format: str) -> Callable[[str], str]:
    def changed(text: str) -> str:
        try:
            return date.fromisoformat(text).strftime(format)
        except ValueError:
            return text

    return changed


def _longer(table: Written) -> Written:
    rows = [list(r) for r in table.rows]
    rows[3] += ["extra", "more"]
    return replace(table, rows=rows)


def _shorter(table: Written) -> Written:
    return replace(table, rows=[r[:-1] if i == 5 else r for i, r in enumerate(table.rows)])


def _empty_row(table: Written) -> Written:
    return replace(table, rows=[*table.rows[:3], _full(table, {}), *table.rows[3:]])


def _full(table: Written, held: dict[int, str]) -> Row:
    """A row as wide as the others, of these values."""
    return [held.get(i, "") for i in range(len(table.rows[0]))]


def _total(table: Written) -> Written:
    return replace(table, rows=[*table.rows, _full(table, {0: "Total", 1: "165", 2: "5337.34"})])


def _groups(table: Written) -> Written:
    if not table.header:
        return table
    return replace(table, header=[_full(table, {1: "Sales", 3: "Other"}), *table.header])


def _units(table: Written) -> Written:
    return replace(table, rows=[_full(table, {1: "pcs", 2: "EUR"}), *table.rows])


def _preamble(table: Written) -> Written:
    """Facts about the file, each a name and its value, half as wide as the table."""
    facts = [["Made by", "LIMS 4"], ["Made at", "2024-02-01"], ["Lot", "17"]]
    lines = [table.delimiter.join(fact) for fact in facts]
    return replace(table, above=[*lines, "", *table.above]) if table.header else table


def _periods(table: Written) -> Written:
    """A name over two columns, and a year for each of them below it."""
    if len(table.header) != 1:
        return table
    names = [n if n in ("units", "price") else "" for n in table.header[0]]
    upper = ["sold" if n else h for n, h in zip(names, table.header[0], strict=True)]
    years = {"units": "2022", "price": "2023"}
    lower = [years.get(n, "") for n in names]
    return replace(table, header=[upper, lower])


def _second(table: Written) -> Written:
    lines = [table.delimiter.join(r) for r in (["city", "size"], ["Rome", "3"], ["Oslo", "1"])]
    return replace(table, below=[*table.below, "", *lines])


def _second_at_once(table: Written) -> Written:
    lines = [table.delimiter.join(r) for r in (["city", "size"], ["Rome", "3"], ["Oslo", "1"])]
    return replace(table, below=[*lines, *table.below])


def _many_empty_rows(table: Written) -> Written:
    rows = [row for held in table.rows for row in (held, _full(table, {}))]
    return replace(table, rows=rows)


def _ruled(table: Written) -> Written:
    """Lines of dashes below the header and at the end, as a database's client prints them."""
    ruled = [["-" * max(2, len(name)) for name in h] for h in table.header[-1:]]
    return replace(table, header=[*table.header, *ruled], below=[*table.below, "-" * 60])


def _described(table: Written) -> Written:
    """Each column's question below its name, as survey tools export it."""
    if not table.header:
        return table
    asked = [f"What is your {n}?" if n else "" for n in table.header[-1]]
    return replace(table, header=[*table.header, asked])


def _spelt(encoding: str, spelt: dict[str, str]) -> Kind:
    def changed(table: Written) -> Written:
        rows = [[_respelt(v, spelt) for v in row] for row in table.rows]
        return replace(table, rows=rows, encoding=encoding)

    return Kind(changed, spelt=spelt)


def _respelt(text: str, spelt: dict[str, str]) -> str:
    for old, new in spelt.items():
        text = text.replace(old, new)
    return text


def _thin(text: str) -> str:
    grouped = _amount("{:,.2f}")(text)
    return text if grouped == text else grouped.replace(",", "\u2009")


def _percent(text: str) -> str:
    return f"{text}%" if re.fullmatch("[0-9.,\u2009]+", text) else text


def _unclosed(table: Written) -> Written:
    line = table.delimiter.join(["Fay", "2", "3.50", "2024-01-01", '"I7'])
    return replace(table, below=[*table.below, line])


def _twin(table: Written) -> Written:
    if not table.header:
        return table
    return replace(
        table,
        header=[[*h, h[-1]] for h in table.header],
        rows=[[*r, "1"] for r in table.rows],
    )


def _nameless(table: Written) -> Written:
    if not table.header:
        return table
    return replace(
        table, header=[[*h, ""] for h in table.header], rows=[[*r, "yes"] for r in table.rows]
    )


SPELT = {"ë": "e", "ü": "u", "Ø": "O", "Ç": "C"}

KINDS: dict[str, Kind] = {
    "clean": Kind(lambda t: t),
    **{
        f"encoding {e}": Kind(_with(encoding=e))
        for e in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
    },
    "encoding Shift-JIS": _spelt("cp932", {**SPELT, "Zo": "佐藤", "M": "鈴木", "Dana": "東京商品"}),
    "encoding GB18030": _spelt("gb18030", {**SPELT, "Zo": "王伟", "M": "北京", "Dana": "中国公司"}),
    "encoding Korean": _spelt("cp949", {**SPELT, "Zo": "서울", "M": "이지수", "Dana": "대한상사"}),
    "encoding Cyrillic": _spelt("cp1251", {**SPELT, "Zo": "Иван", "M": "Смирнов", "Dana": "Юлия"}),
    "encoding Polish": _spelt("cp1250", {**SPELT, "Zo": "Michał", "M": "Wałęsa", "Dana": "Łukasz"}),
    "encoding latin-1": Kind(_with(encoding="latin-1"), "Windows-1252"),
    "encoding cp1252": Kind(_with(encoding="cp1252"), "Windows-1252"),
    "semicolons": Kind(_with(delimiter=";")),
    "tabs": Kind(_with(delimiter="\t")),
    "pipes": Kind(_with(delimiter="|")),
    "CR": Kind(_with(end="\r")),
    "CRLF": Kind(_with(end="\r\n")),
    "mixed line ends": Kind(_with(end="\r\n", ends=("\n", "\r\n", "\r"))),
    "declared delimiter": Kind(_with(declared=True)),
    "lines quoted whole": Kind(_with(quoted_whole=True), "quoted as a whole"),
    "preamble": Kind(_preamble, "above the header"),
    "no last line end": Kind(_with(last_end=False)),
    "quotes everywhere": Kind(_with(quote_all=True)),
    "single quotes": Kind(_with(quote="'", quote_all=True)),
    "escaped quotes": Kind(_with(escape="\\")),
    "title": Kind(_lines(above=["Sales of the year"]), "above the header"),
    "titles and gap": Kind(_lines(above=["Sales", "", "Printed by Ann", ""]), "above the header"),
    "blank lines above": Kind(_lines(above=["", ""])),
    "blank lines below": Kind(_lines(below=["", "", ""])),
    "no header": Kind(lambda t: replace(t, header=[]), "No header"),
    "two-line header": Kind(_groups, "two lines"),
    "years in a second line": Kind(_periods, "two lines"),
    "units line": Kind(_units, "units"),
    "empty columns": Kind(_padded(2), "without name and values"),
    "empty rows": Kind(_empty_row, "empty row"),
    "many empty rows": Kind(_many_empty_rows, "empty row"),
    "lines of dashes": Kind(_ruled, "dashes"),
    "descriptions": Kind(_described, "descriptions"),
    "padded values": Kind(_each(0, "  {}  ".format), "Spaces around values"),
    "long row": Kind(_longer, "longer"),
    "short row": Kind(_shorter, "shorter"),
    "twin names": Kind(_twin, "same name|without a name"),
    "nameless column": Kind(_nameless, "without a name"),
    "spaces in names": Kind(_spaced),
    "total": Kind(_total, "totals"),
    "note below": Kind(_lines(below=["", "Source: the company's own books"]), "below the table"),
    "second table": Kind(_second, "several tables"),
    "second table at once": Kind(_second_at_once, "several tables|below the table"),
    "leading zeros": Kind(_each(4, _ref("00{}")), "leading zeros"),
    "long ids": Kind(_each(4, _ref("12345678901234567{}")), "length"),
    "German numbers": Kind(_each(2, _german), "decimal comma"),
    "thousands": Kind(_each(2, _amount("{:,.2f}")), "Thousands"),
    "euros": Kind(_each(2, _amount("{:.2f} €")), "Currency"),
    "dollars": Kind(_each(2, _amount("${:.2f}")), "Currency"),
    "thin spaces": Kind(_each(2, _thin)),
    "percent": Kind(_each(2, _percent), "Percent"),
    "German dates": Kind(_each(3, _date("%d.%m.%Y")), "day.month.year"),
    "British dates": Kind(_each(3, _date("%d/%m/%Y")), "day/month/year"),
    "American dates": Kind(_each(3, _date("%m/%d/%Y")), "month/day/year"),
    "capital months": Kind(
        _each(3, lambda v: _date("%d-%b-%Y 07:30")(v).upper()), "day-month-year"
    ),
    "short dates": Kind(_each(3, lambda v: _date("%Y/%m/%d")(v).replace("/0", "/")), "year/month"),
    "Chinese dates": Kind(
        lambda t: t if t.encoding == "cp949" else _each(3, _date("%Y年%m月%d日"))(t), "year年month"
    ),
    "named months": Kind(_each(3, _date("%d-%b-%Y")), "day-month-year"),
    "dates with a word": Kind(_at(3, 7, "soon"), "further down"),
    "a word among numbers": Kind(_at(1, 7, "many"), "further down"),
    "missing dash": Kind(_at(2, 2, "-"), "missing values"),
    "missing among words": Kind(
        lambda t: _at(2, 3, "..")(_at(2, 7, "n.a. p")(t)), "missing values|no numbers|further down"
    ),
    "missing #NULL!": Kind(_at(1, 2, "#NULL!"), "missing values"),
    "missing words": Kind(_at(1, 6, "Not Available"), "missing values"),
    "unclosed quote": Kind(_unclosed, "never closed|quoted with '"),
    "NUL bytes": Kind(_lines(below=["x\x00y"])),
}
