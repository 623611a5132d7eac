"""From the places of a draft to the one thing that is asked: its kind, and what was assumed."""

from __future__ import annotations

from dataclasses import replace

from datalens_core.llm.offline import lexicon
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import (
    Aggregate,
    Chart,
    Filter,
    Group,
    Intent,
    Measure,
    NotUnderstood,
)
from datalens_core.llm.offline.schema_match import Column, label_column

_TOP = 10
_BOUNDS = frozenset({"gt", "ge", "lt", "le", "between"})
_TALLY = frozenset({"count", "counts", "frequency", "quantity", "number", "n"})


def resolve(draft: Draft, dataset: str) -> Intent | NotUnderstood:
    """What a draft asks, or why it asks nothing that the rules can answer."""
    return _Resolver(draft, dataset).resolve()


class _Resolver:
    def __init__(self, draft: Draft, dataset: str) -> None:
        self.draft = draft
        self.dataset = dataset
        self.notes = list(draft.assumptions)
        self.filters = list(draft.filters)
        self.groups = list(draft.groups)
        self.chart: Chart | None = draft.chart  # type: ignore[assignment]
        self.measured = [column for column, _ in draft.measures]

    def resolve(self) -> Intent | NotUnderstood:
        flags = self.draft.flags
        if {"missing"} & flags:
            return self._plain("missing", [*self.measured, *self._mentioned()])
        for kind in ("duplicates", "columns", "head"):
            if kind in flags and not self.measured:
                return self._plain(kind, [])
        if "outliers" in flags:
            return NotUnderstood("I have no rule for outliers yet.")
        if "describe" in flags and not self.measured and not self._mentioned() and not self.groups:
            return self._plain("describe", [])
        if "correlation" in flags:
            return self._correlation()
        if self._asks_distribution():
            return self._distribution()
        if self._asks_scatter():
            return self._scatter()
        self._flag_mentions()
        self._whole_panels()
        if "share" in flags:
            return self._share()
        if self.draft.orders:
            return self._ranking()
        if "count" in flags:
            return self._count()
        if "unique" in flags or ("which" in flags or "list" in flags):
            return self._listing()
        if "describe" in flags:
            return self._description()
        return self._aggregate()

    # -- small parts ---------------------------------------------------------------------------

    def _mentioned(self) -> list[Column]:
        return [column for piece in self.draft.mentions for column in piece.columns]

    def _categories(self) -> list[Column]:
        return [column for column in self._mentioned() if not column.temporal]

    def _plain(self, kind: str, columns: list[Column]) -> Intent:
        return self._intent(kind, columns=tuple(columns))

    def _intent(self, kind: str, **fields: object) -> Intent:
        return Intent(
            kind=kind,  # type: ignore[arg-type]
            dataset=self.dataset,
            filters=tuple(self.filters),
            assumptions=tuple(dict.fromkeys(self.notes)),
        ).changed(**{"chart": self.chart, **fields})

    def _flag_mentions(self) -> None:
        """ "for smokers": a yes/no column named in passing splits the rows by it."""
        for column in [c for c in self._mentioned() if c.kind == "flag"]:
            if all(group.column != column for group in self.groups):
                self.groups.append(Group(column))
                self.notes.append(f"Both answers of {column.name} are shown.")
            self.draft.mentions = [p for p in self.draft.mentions if column not in p.columns]

    def _narrowed(self, column: Column) -> bool:
        return any(held.column == column for held in self.filters)

    def _whole_panels(self) -> None:
        """Trend words and compared values put their column among the groups."""
        time = self.draft.time
        if (
            ("trend" in self.draft.flags)
            and time
            and not any(group.column.temporal for group in self.groups)
        ):
            self.groups.insert(0, Group(time, None))

    def _default(self, column: Column) -> Aggregate:
        additive = bool(lexicon.ADDITIVE.intersection(column.words))
        spread = bool(
            {"mean", "avg", "average", "rate", "pct", "percent", "per"} & set(column.words)
        )
        return "sum" if additive and not spread else "mean"

    def _measures(self, fallback: Aggregate | None = None) -> list[Measure]:
        measures: list[Measure] = []
        for column, own in self.draft.measures:
            asked = own or self.draft.aggregates
            if asked:
                measures += [Measure(aggregate, column) for aggregate in asked]
                continue
            named = self.draft.named.get(column.name)
            aggregate = fallback or named or self._default(column)
            measures.append(Measure(aggregate, column))
            if fallback is None and named is None:
                self.notes.append(
                    f"{column.name} is {_DONE[aggregate]}, as the question names no calculation."
                )
        return list(dict.fromkeys(measures))

    def _latest(self, measures: list[Measure], groups: list[Group]) -> None:
        """Totals of a state (a population) count the latest year only, not every year again."""
        year = self.draft.year
        if year is None or self._narrowed(year) or any(g.column.temporal for g in groups):
            return
        for measure in measures:
            column = measure.column
            if measure.aggregate == "sum" and column and lexicon.STOCKS & set(column.words):
                self.filters.append(Filter(year, "eq", (), "latest"))
                self.notes.append(
                    f"{column.name} is counted once: only the latest {year.name} is used."
                )
                return

    def _latest_of(self, label: Column) -> None:
        """Names that come back year after year are ranked by their latest year."""
        year = self.draft.year
        if year and not self._narrowed(year) and year.distinct > label.distinct:
            self.filters.append(Filter(year, "eq", (), "latest"))
            self.notes.append(f"Only the latest {year.name} is used, as none is named.")

    def _compared(self, groups: list[Group]) -> list[Group]:
        """Several values of one column are shown side by side."""
        for held in self.filters:
            several = held.operator == "in" and len(held.values) > 1
            fuzzy = any(held.column.name + ": " in note for note in self.draft.assumptions)
            if several and not fuzzy and all(g.column != held.column for g in groups):
                groups = [*groups, Group(held.column)]
        return groups

    def _bounded(self, groups: list[Group]) -> NotUnderstood | None:
        if len(groups) > 2:
            return NotUnderstood("I can group by two columns at most.")
        return None

    def _row_columns(self, measures: list[Column]) -> tuple[Column, ...]:
        """Columns that say what a row is, then what is measured."""
        label = label_column(self.draft.columns)
        if label is None:
            return tuple(self.draft.columns)
        shown = [*self._mentioned(), label]
        shown += [held.column for held in self.filters if held.column.kind != "number"]
        time = self.draft.time
        shown += [time] if time else []
        shown += measures
        shown += [held.column for held in self.filters]
        return tuple(dict.fromkeys(shown))

    # -- kinds ---------------------------------------------------------------------------------

    def _correlation(self) -> Intent | NotUnderstood:
        if len(self.measured) < 2 and sum(c.measure for c in self.draft.columns) < 2:
            return NotUnderstood("A correlation needs two columns of numbers.")
        if self._categories() or self.groups:
            return NotUnderstood("I can only correlate columns of numbers, over all rows.")
        return self._plain("correlation", self.measured)

    def _asks_distribution(self) -> bool:
        flags, chart = self.draft.flags, self.draft.chart
        named = "distribution" in flags or chart in ("histogram", "box")
        return named and not self.draft.aggregates and not any(a for _, a in self.draft.measures)

    def _distribution(self) -> Intent | NotUnderstood:
        if not self.measured:
            targets = [Group(column) for column in self._categories()] or self.groups
            if not targets:
                return NotUnderstood("Of which column should I show the distribution?")
            if len(targets) > 2:
                return NotUnderstood("I can show the distribution of two columns at most.")
            self.chart = None if self.chart in ("histogram", "box") else self.chart
            return self._intent(
                "aggregate", measures=(Measure("count"),), groups=tuple(targets), order="desc"
            )
        if len(self.measured) > 1:
            return NotUnderstood("I can show the distribution of one column at a time.")
        groups = [*self.groups, *(Group(c) for c in self._categories() if not self._narrowed(c))]
        if len(groups) > 1 or any(group.bin for group in groups):
            return NotUnderstood("I can split a distribution by one column.")
        return self._intent("distribution", columns=(self.measured[0],), groups=tuple(groups))

    def _asks_scatter(self) -> bool:
        if self.draft.aggregates or any(own for _, own in self.draft.measures):
            return False
        if "trend" in self.draft.flags or any(group.column.temporal for group in self.groups):
            return False
        asked = bool({"scatter", "versus", "by_number"} & self.draft.flags)
        return (
            len(self.measured) == 2
            and (asked or self.draft.chart == "scatter")
            and (not self.draft.orders)
        )

    def _scatter(self) -> Intent | NotUnderstood:
        groups = [*self.groups, *(Group(c) for c in self._categories() if not self._narrowed(c))]
        if len(groups) > 1 or any(group.bin for group in groups):
            return NotUnderstood("I can colour a scatter plot by one column.")
        columns = list(self.measured)
        if "by_number" in self.draft.flags or "versus" in self.draft.flags:
            columns.reverse()
        return self._intent("scatter", columns=tuple(columns), groups=tuple(groups))

    def _share(self) -> Intent | NotUnderstood:
        groups = [*self.groups, *(Group(c) for c in self._categories() if not self._narrowed(c))]
        groups = list(dict.fromkeys(groups))
        if not groups:
            named = [held for held in self.filters if held.operator == "in"]
            if len(named) != 1:
                return NotUnderstood("A share of what? Name a column, or one value.")
            self.filters.remove(named[0])
            groups = [Group(named[0].column)]
            self.notes.append(f"The share is shown for every {named[0].column.name}.")
        if self.draft.orders and not self.measured:
            self.draft.limit = self.draft.limit or None
        if any(a not in ("sum", "count") for _, own in self.draft.measures for a in own):
            return NotUnderstood("A share is of a total; an average has none.")
        measures = self._measures("sum") if self.measured else [Measure("count")]
        if self._bounded(groups) or len(measures) != 1 or len(groups) != 1:
            return NotUnderstood("I can show the share of one total, by one column.")
        self._latest(measures, groups)
        return self._intent(
            "aggregate",
            measures=tuple(measures),
            groups=tuple(groups),
            share=True,
            order="asc" if groups[0].column.temporal else "desc",
            extreme=bool(self.draft.orders),
        )

    def _ranking(self) -> Intent | NotUnderstood:
        orders = set(self.draft.orders)
        flags = self.draft.flags
        targets = [*self._mentioned_groups()]
        if len(orders) > 1:
            if targets and not self.groups and ("which" in flags or not self.measured):
                return NotUnderstood("I can show the highest or the lowest, one at a time.")
            self.draft.aggregates += ["max", "min"]
            return self._aggregate()
        order = "asc" if "asc" in orders else "desc"
        counting = "count" in flags
        if (
            not targets
            and self.groups
            and (counting or "which" in flags or self.draft.limit or _top_word(self.draft))
        ):
            targets, self.groups = self.groups, []
        if not targets and self.groups and self.measured:
            # "highest tip by day": the maximum of each group
            return self._aggregate("max" if order == "desc" else "min")
        if not self.measured:
            return self._ranked_counts(targets, order, counting)
        if not targets:
            return self._ranked_rows(order)
        return self._ranked_groups(targets, order)

    def _mentioned_groups(self) -> list[Group]:
        return [Group(column) for column in self._mentioned() if not self._narrowed(column)]

    def _ranked_counts(
        self, targets: list[Group], order: str, counting: bool
    ) -> Intent | NotUnderstood:
        if not targets or not (counting or self.draft.rows):
            return NotUnderstood("The highest or lowest of what? Name a column of numbers.")
        if len(targets) > 1:
            return NotUnderstood("I can rank by one column at a time.")
        return self._intent(
            "aggregate",
            measures=(Measure("count"),),
            groups=tuple(targets),
            order=order,
            limit=self.draft.limit,
            extreme=True,
        )

    def _ranked_rows(self, order: str) -> Intent | NotUnderstood:
        if len(self.measured) > 1 or self.draft.aggregates:
            return NotUnderstood("I can rank by one column at a time.")
        column, own = self.draft.measures[0]
        if own:
            return NotUnderstood("Whose average or total? Name what should be ranked.")
        plural = self.draft.limit is None and _top_word(self.draft) and self.draft.rows
        limit = self.draft.limit or (_TOP if plural or _top_only(self.draft) else 1)
        return self._intent(
            "rows",
            columns=self._row_columns([column]),
            measures=(Measure("max" if order == "desc" else "min", column),),
            order=order,
            limit=limit,
            extreme=True,
        )

    def _ranked_groups(self, targets: list[Group], order: str) -> Intent | NotUnderstood:
        groups = [*targets, *(g for g in self.groups if g not in targets)]
        if len(groups) > 1:
            return NotUnderstood("I can rank one column's values at a time, not within groups.")
        column = self.draft.measures[0][0]
        label = label_column(self.draft.columns)
        if len(self.measured) > 1:
            return NotUnderstood(f"Should I rank by {column.name}? I can rank by one column.")
        own = self.draft.measures[0][1] or self.draft.aggregates
        plural = any(piece.plural for piece in self.draft.mentions)
        limit = self.draft.limit or (_TOP if _top_only(self.draft) and plural else None)
        level = not own and self._default(column) == "mean"
        if groups[0].column == label and level and label is not None:
            self._latest_of(label)
            self.draft.limit = limit
            return self._ranked_rows(order)
        measures = self._measures()
        self._latest(measures, groups)
        return self._intent(
            "aggregate",
            measures=tuple(measures),
            groups=tuple(groups),
            order=order,
            limit=limit,
            extreme=True,
        )

    def _count(self) -> Intent | NotUnderstood:
        categories = [c for c in self._categories() if not self._narrowed(c)]
        grouped = [group.column for group in self.groups]
        targets = [column for column in categories if column not in grouped]
        if self.measured and not targets:
            counted = [column for column, own in self.draft.measures if not own]
            column = counted[0] if counted else self.measured[0]
            if self.draft.aggregates or len(self.measured) > 1:
                return self._aggregate()
            if self._narrowed(column) or not column.integer:
                return self._counted_rows()
            self.notes.append(f"The numbers in {column.name} are added up.")
            self._latest([Measure("sum", column)], self.groups)
            return self._grouped_intent([Measure("sum", column)])
        if self.measured:
            return NotUnderstood("I can count one thing at a time.")
        if len(targets) > 1:
            return NotUnderstood("I can count one thing at a time.")
        if not targets and not self.draft.rows and self._tallies() and self.filters:
            tally = self._tallies()[0]
            self.notes.append(f"{tally.name} already holds counts: it is added up.")
            return self._grouped_intent([Measure("sum", tally)])
        if not targets:
            times = [
                column
                for column in self._mentioned()
                if column.kind == "date" or (column.temporal and not self._narrowed(column))
            ]
            if times:
                return self._grouped_intent([Measure("nunique", times[0])])
            return self._counted_rows()
        plural = any(p.plural for p in self.draft.mentions if targets[0] in p.columns)
        if not plural and "unique" not in self.draft.flags:
            self.groups.append(Group(targets[0]))
            return self._counted_rows()
        return self._grouped_intent([Measure("nunique", targets[0])])

    def _tallies(self) -> list[Column]:
        """Columns that hold counts: each row then stands for several things."""
        return [c for c in self.draft.columns if c.measure and _TALLY.intersection(c.words)]

    def _counted_rows(self) -> Intent | NotUnderstood:
        return self._grouped_intent([Measure("count")])

    def _listing(self) -> Intent | NotUnderstood:
        flags = self.draft.flags
        targets = [c for c in self._mentioned() if not self._narrowed(c)]
        if self.draft.aggregates or any(own for _, own in self.draft.measures) or self.groups:
            return self._aggregate()
        if not targets:
            if self.draft.rows and (self.filters or self.measured):
                return self._rows()
            if "unique" in flags and len(self.measured) == 1:
                return self._intent("unique", columns=(self.measured[0],))
            if "list" in flags and (self.filters or self.measured):
                return self._rows()
            return self._aggregate() if self.measured else _nothing()
        if self.measured and any(not self._narrowed(c) for c in self.measured):
            return self._rows() if "list" in flags else self._aggregate()
        if len(targets) > 1:
            return self._rows()
        return self._intent("unique", columns=(targets[0],))

    def _rows(self) -> Intent:
        columns = self._row_columns(self.measured)
        return self._intent("rows", columns=columns, limit=self.draft.limit)

    def _description(self) -> Intent | NotUnderstood:
        columns = [*self.measured, *self._categories()]
        if self.groups or len(columns) != 1:
            if self.groups and len(self.measured) == 1:
                column = self.measured[0]
                self.draft.measures = [(column, ["mean", "median", "min", "max"])]
                return self._aggregate()
            return self._intent("describe", columns=tuple(columns))
        return self._intent("describe", columns=tuple(columns))

    def _aggregate(self, fallback: Aggregate | None = None) -> Intent | NotUnderstood:
        draft = self.draft
        if "trend" in draft.flags and draft.time is None:
            return NotUnderstood("There is no column of dates or years in this data.")
        spare = [c for c in self._categories() if not self._narrowed(c)]
        grouped = {group.column for group in self.groups}
        spare = [column for column in spare if column not in grouped]
        drawn_over_time = self.chart in ("line", "area") and not self.groups and self.measured
        if drawn_over_time and draft.time and not self._narrowed(draft.time):
            self.groups.append(Group(draft.time))
        times = [c for c in self._mentioned() if c.temporal and not self._narrowed(c)]
        if times and times[0] not in grouped and (self.measured or draft.rows):
            self.groups.insert(0, Group(times[0]))
        if not self.measured:
            return self._without_measure(spare)
        explicit = bool(draft.aggregates or draft.named) or any(own for _, own in draft.measures)
        self._course_of_values(explicit)
        if spare:
            plain_filter = any(held.operator == "in" for held in self.filters)
            if plain_filter and explicit and not self.groups:
                self.notes.append("Every row that matches counts once.")
            else:
                self.groups += [Group(column) for column in spare]
        groups = self._compared(self.groups)
        if not groups and not explicit and fallback is None:
            return self._unaggregated()
        self.groups = groups
        return self._grouped_intent(self._measures(fallback))

    def _course_of_values(self, explicit: bool) -> None:
        """ "gdp of Chile and Argentina": levels of named things are shown over time."""
        time = self.draft.time
        moment = any(h.column == time and h.operator in ("eq", "in") for h in self.filters)
        named = any(held.operator == "in" for held in self.filters)
        if time is None or explicit or self.groups or moment or not named:
            return
        if self._default(self.measured[0]) == "mean" and self.chart in (None, "line", "area"):
            self.groups.append(Group(time))

    def _without_measure(self, spare: list[Column]) -> Intent | NotUnderstood:
        if self.draft.aggregates:
            return NotUnderstood("Of which column? Name a column of numbers.")
        self.groups += [Group(column) for column in spare]
        counting = self.draft.rows or self.chart or "trend" in self.draft.flags
        if self.groups and (counting or "compare" in self.draft.flags):
            self.notes.append("Rows are counted, as the question names no number.")
            return self._grouped_intent([Measure("count")])
        if self.filters and self.draft.rows:
            return self._rows()
        compared = any(held.operator in _BOUNDS for held in self.filters)
        if compared and not spare and not self.groups and not self.draft.flags:
            return self._rows()
        if self.filters and len(spare) == 1:
            return self._intent("unique", columns=(spare[0],))
        return _nothing()

    def _unaggregated(self) -> Intent | NotUnderstood:
        """A measure without a calculation: "life expectancy in Japan", "how much sales"."""
        column = self.measured[0]
        time = self.draft.time
        if len(self.measured) == 2 and not self.filters:
            return self._intent("scatter", columns=tuple(self.measured))
        chart = self.chart
        over_time = chart in ("line", "area") or (self.filters and chart is None)
        if time and over_time and not self._narrowed(time):
            self.groups = [Group(time)]
            return self._grouped_intent(self._measures())
        if "how_much" in self.draft.flags or (
            self.filters and self._default(column) == "sum" and len(self.measured) == 1
        ):
            if self._default(column) != "sum":
                return self._rows() if self.filters else _nothing()
            measures = self._measures()
            self._latest(measures, [])
            return self._grouped_intent(measures)
        if self.filters:
            return self._rows()
        if len(self.measured) == 1:
            self.notes.append("The question names no calculation: the distribution is shown.")
            return self._intent("distribution", columns=(column,))
        return _nothing()

    def _grouped_intent(self, measures: list[Measure]) -> Intent | NotUnderstood:
        groups = list(dict.fromkeys(self._compared(self.groups)))
        refusal = self._bounded(groups)
        if refusal:
            return refusal
        for held in self.filters:
            alone = held.operator == "in" and len(held.values) == 1
            if alone and any(group.column == held.column for group in groups):
                name = held.column.name
                return NotUnderstood(f"Should I group by {name}, or keep only {held.values[0]}?")
        if len(groups) == 2 and len(measures) > 1:
            return NotUnderstood("I can compute one number by two columns, or several by one.")
        if "trend" in self.draft.flags and not any(group.column.temporal for group in groups):
            return NotUnderstood("There is no column of dates or years in this data.")
        groups.sort(key=lambda group: not group.column.temporal)
        self._latest(measures, groups)
        if measures == [Measure("count")]:
            groups = [_by_month(group) for group in groups]
        temporal = bool(groups) and (groups[0].column.temporal)
        return self._intent(
            "aggregate",
            measures=tuple(measures),
            groups=tuple(groups),
            order="desc" if groups and not temporal and not _ordinal(groups) else None,
            limit=self.draft.limit,
        )


_DONE = {
    "sum": "added up",
    "mean": "averaged",
    "min": "given as its minimum",
    "max": "given as its maximum",
    "median": "given as its median",
    "count": "counted",
}


def _nothing() -> NotUnderstood:
    return NotUnderstood("I did not find what should be computed in this question.")


def _top_word(draft: Draft) -> bool:
    return bool({"top", "bottom"} & set(draft.superlatives)) or draft.limit is not None


def _top_only(draft: Draft) -> bool:
    return bool({"top", "bottom"} & set(draft.superlatives))


def _ordinal(groups: list[Group]) -> bool:
    """Groups with an order of their own (sizes, hours) are shown in it."""
    return bool(groups) and groups[0].column.kind == "number"


def _by_month(group: Group) -> Group:
    return replace(group, bin="month") if group.column.kind == "date" and not group.bin else group
