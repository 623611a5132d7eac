"""How values spread, and how columns go together."""

from __future__ import annotations

from datalens_core.llm.offline.columns import SAMPLED, label_column
from datalens_core.llm.offline.intent import Group, Intent, Measure, NotUnderstood
from datalens_core.llm.offline.resolve.case import Case


def correlation(case: Case) -> Intent | NotUnderstood:
    if len(case.measured) < 2 and len(case.measures_of_data) < 2:
        return NotUnderstood("A correlation needs two columns of numbers.")
    case.settle_flags()
    groups = case.all_groups()
    if groups and (len(groups) > 1 or groups[0].bin or len(case.measured) != 2):
        return NotUnderstood("I can correlate two columns of numbers within one grouping.")
    years = [c for c in case.mentioned() if c.kind == "year" and not case.narrowed(c)]
    return case.intent("correlation", columns=[*years, *case.measured], groups=groups)


def regression(case: Case) -> Intent | NotUnderstood:
    """ "y on x", "y by x", "y against x": the first column is explained by the second."""
    case.settle_flags()
    if len(case.measured) != 2:
        return NotUnderstood("A regression needs two columns of numbers: what, and by what.")
    if case.all_groups():
        return NotUnderstood("I can fit one line over all rows, or over those of a condition.")
    y, x = case.measured
    return case.intent("regression", columns=(x, y))


def outliers(case: Case) -> Intent | NotUnderstood:
    case.settle_flags()
    case.take_one_measure()
    groups = case.all_groups()
    if groups and (len(groups) > 1 or groups[0].bin or len(case.measured) != 1):
        return NotUnderstood("I can look for outliers of one column within each value of another.")
    case.notes.append(
        "An outlier lies more than 1.5 interquartile ranges outside the quartiles"
        f"{' of its group' if groups else ''} (Tukey)."
    )
    if groups:
        return case.intent(
            "outliers",
            measures=(Measure("max", case.measured[0]),),
            groups=groups,
            order="asc" if "asc" in case.draft.orders else "desc",
        )
    if len(case.measured) == 1:
        column = case.measured[0]
        shown = dict.fromkeys((*case.row_columns([column]), column))
        return case.intent("outliers", measures=(Measure("max", column),), columns=list(shown))
    columns = case.measured or case.measures_of_data
    if not columns:
        return NotUnderstood("There is no column of numbers in this data.")
    return case.intent("outliers", columns=columns)


def asks_distribution(case: Case) -> bool:
    marks, chart = case.draft.marks, case.draft.chart
    named = "distribution" in marks or chart in ("histogram", "box")
    return named and not case.calculated


def distribution(case: Case) -> Intent | NotUnderstood:
    if not case.measured:
        targets = [Group(column) for column in case.categories()] or case.groups
        if not targets:
            return NotUnderstood("Of which column should I show the distribution?")
        if len(targets) > 2:
            return NotUnderstood("I can show the distribution of two columns at most.")
        case.chart = None if case.chart in ("histogram", "box") else case.chart
        return case.intent("aggregate", measures=(Measure("count"),), groups=targets, order="desc")
    case.take_one_measure()
    if len(case.measured) > 1:
        return NotUnderstood("I can show the distribution of one column at a time.")
    case.settle_flags()
    groups = case.all_groups()
    if len(groups) > 1 or any(group.bin for group in groups):
        return NotUnderstood("I can split a distribution by one column.")
    return case.intent("distribution", columns=(case.measured[0],), groups=groups)


def asks_scatter(case: Case) -> bool:
    if case.calculated:
        return False
    if "trend" in case.draft.marks or any(group.column.temporal for group in case.groups):
        return False
    if case.draft.chart not in (None, "scatter"):
        return False
    asked = bool({"scatter", "versus", "by_number"} & case.draft.marks)
    if any(_names_rows(case, group) for group in case.groups) and case.draft.chart != "scatter":
        return False
    return (
        len(case.measured) == 2
        and (asked or case.draft.chart == "scatter")
        and (not case.draft.orders)
    )


def _names_rows(case: Case, group: Group) -> bool:
    """Whether each value of a group is one row: nothing to colour points by."""
    return group.column == label_column(case.draft.columns) and group.column.distinct >= SAMPLED


def scatter(case: Case) -> Intent | NotUnderstood:
    case.settle_flags()
    groups = case.all_groups()
    if len(groups) > 1 or any(group.bin for group in groups):
        return NotUnderstood("I can colour a scatter plot by one column.")
    columns = list(case.measured)
    if "by_number" in case.draft.marks or "versus" in case.draft.marks:
        columns.reverse()
    return case.intent("scatter", columns=columns, groups=groups)
