"""Rows grouped by a column, by a part of a date, or by before and after."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Group, Scalar
from datalens_core.llm.offline.naming import MONTH_NAMES, group_name, scalar
from datalens_core.llm.offline.source import Part, expression, variable
from datalens_core.llm.offline.templates.script import Script
from datalens_core.llm.offline.templates.selection import condition
from datalens_core.llm.offline.terms import Bin

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KEYS: dict[Bin, str] = {"split": "period", "sides": "side"}
_NAMED = "MOMENT.dt.{}().astype(pd.CategoricalDtype(NAMES, ordered=True))"
_BINS: dict[Bin, str] = {
    "year": "MOMENT.dt.year",
    "quarter": 'MOMENT.dt.to_period("Q").astype(str)',
    "month": 'MOMENT.dt.strftime("%Y-%m")',
    "week": 'MOMENT.dt.to_period("W").dt.start_time.dt.strftime("%Y-%m-%d")',
    "day": 'MOMENT.dt.strftime("%Y-%m-%d")',
    "weekday": _NAMED.format("day_name"),
    "hour": 'MOMENT.dt.strftime("%H:00")',
    "month_of_year": _NAMED.format("month_name"),
}


def group_keys(script: Script) -> list[Part]:
    """What to group by; bins become variables of their own."""
    keys: list[Part] = []
    for group in script.intent.groups:
        if group.bin is None:
            keys.append(group.column.name)
            continue
        key = _KEYS.get(group.bin, group.bin)
        _add_bin(script, group, key)
        keys.append(variable(key))
    return keys


def _add_bin(script: Script, group: Group, key: str) -> None:
    moment = expression("DATA[NAME]", DATA=script.data, NAME=group.column.name)
    if group.side is not None:
        series = expression(
            "(CONDITION).map({True: SIDE, False: OTHERS})",
            CONDITION=condition(script.data, group.side),
            SIDE=" or ".join(scalar(value) for value in group.side.values),
            OTHERS="the others",
        )
    elif group.bin == "split" and group.split is not None:
        if group.column.kind == "date":
            year = isinstance(group.split, int | float)
            moment = expression("MOMENT.dt.year", MOMENT=moment) if year else moment
        before, after = split_names(group.split)
        at: Part = group.split
        if group.column.kind == "date" and isinstance(at, str):
            at = expression("pd.Timestamp(AT)", AT=at)
        series = expression(
            "(MOMENT < AT).map({True: BEFORE, False: AFTER})",
            MOMENT=moment,
            AT=at,
            BEFORE=before,
            AFTER=after,
        )
    else:
        if group.column.kind != "date":  # a time of day, as text
            moment = expression(
                'pd.to_datetime(TEXT.astype(str), format="mixed", errors="coerce")', TEXT=moment
            )
        names = _WEEKDAYS if group.bin == "weekday" else MONTH_NAMES
        template = _BINS[group.bin] if group.bin else "MOMENT"
        series = expression(template, MOMENT=moment, NAMES=list(names))
    script.add(
        "KEY = SERIES.rename(NAME)", KEY=variable(key), SERIES=series, NAME=group_name(group)
    )


def split_names(at: Scalar) -> tuple[str, str]:
    return f"before {scalar(at)}", f"{scalar(at)} and later"
