"""A question on its way to an intent: the draft, and what rules have settled of it so far."""

from __future__ import annotations

from collections.abc import Sequence

from datalens_core.llm.offline.columns import Column, label_column
from datalens_core.llm.offline.draft import Draft
from datalens_core.llm.offline.intent import (
    Choice,
    Filter,
    Group,
    Having,
    Intent,
    Measure,
    NotUnderstood,
    Scalar,
    Step,
)
from datalens_core.llm.offline.lexicon.names import ADDITIVE, LEVELS, STOCKS
from datalens_core.llm.offline.terms import Aggregate, Bin, Chart, Kind, Mark, Order

_SPREAD = frozenset({"mean", "avg", "average", "rate", "pct", "percent", "per"})
_SIDES: frozenset[Mark] = frozenset(
    {"versus", "compare", "which", "share", "pivot", "scatter", "difference"}
)
_TALLY = frozenset({"count", "counts", "frequency", "number", "n"})
_DONE: dict[Aggregate, str] = {
    "sum": "added up",
    "mean": "averaged",
    "min": "given as its minimum",
    "max": "given as its maximum",
    "median": "given as its median",
    "count": "counted",
}


class Case:
    """What the rules of this folder work on, each in turn."""

    def __init__(self, draft: Draft, dataset: str) -> None:
        self.draft = draft
        self.dataset = dataset
        self.notes = list(draft.assumptions)
        self.choices = list(draft.choices)
        self.filters = list(draft.filters)
        self.groups = list(draft.groups)
        self.chart: Chart | None = draft.chart

    @property
    def measured(self) -> list[Column]:
        return [column for column, _ in self.draft.measures]

    @property
    def calculated(self) -> bool:
        """Whether the question names a calculation."""
        return bool(self.draft.aggregates) or any(own for _, own in self.draft.measures)

    # -- what is said in passing ---------------------------------------------------------------

    def mentioned(self) -> list[Column]:
        return [column for piece in self.draft.mentions for column in piece.columns]

    def categories(self) -> list[Column]:
        return [column for column in self.mentioned() if not column.temporal]

    @property
    def measures_of_data(self) -> list[Column]:
        return [column for column in self.draft.columns if column.measure]

    @property
    def tallies(self) -> list[Column]:
        """Columns that hold counts: each row then stands for several things."""
        return [column for column in self.measures_of_data if _TALLY & column.senses]

    def take_only_measure(self) -> bool:
        """Measure the one column of numbers there is, where a question names none."""
        only = self.measures_of_data
        if self.draft.measures or len(only) != 1:
            return False
        self.draft.measures.append((only[0], []))
        self.notes.append(f"{only[0].name} is used: it is the only column of numbers.")
        return True

    def take_one_measure(self) -> None:
        """Of several columns that the same words may name, go on with the first."""
        for piece in self.draft.alternatives:
            if len(piece.columns) > 1 and tuple(self.measured) == piece.columns:
                names = " or ".join(column.name for column in piece.columns)
                first = piece.columns[0].name
                self.notes = [note for note in self.notes if note != piece.note]
                self.notes.append(f"“{piece.text}” could be {names}: I took {first}.")
                self.choices.append(Choice(piece.text, piece.columns[1:]))
                self.draft.measures = self.draft.measures[:1]

    def mentioned_groups(self) -> list[Group]:
        return [Group(column) for column in self.mentioned() if not self.narrowed(column)]

    def all_groups(self) -> list[Group]:
        """Groups that are named as such, and categories named in passing."""
        spare = [Group(c) for c in self.categories() if not self.narrowed(c)]
        return list(dict.fromkeys((*self.groups, *spare)))

    def narrowed(self, column: Column) -> bool:
        return any(held.column == column for held in self.filters)

    @property
    def top_word(self) -> bool:
        return bool({"top", "bottom"} & set(self.draft.superlatives))

    # -- intents -------------------------------------------------------------------------------

    def intent(
        self,
        kind: Kind,
        *,
        measures: Sequence[Measure] = (),
        groups: Sequence[Group] = (),
        columns: Sequence[Column] = (),
        order: Order | None = None,
        limit: int | None = None,
        share: bool = False,
        extreme: bool = False,
        focus: str | None = None,
        step: Step | None = None,
        within: bool = False,
        pivot: bool = False,
        conditions: Sequence[Filter] = (),
        having: Having | None = None,
        moments: Sequence[Scalar] = (),
        difference: bool = False,
    ) -> Intent:
        return Intent(
            kind=kind,
            dataset=self.dataset,
            measures=tuple(measures),
            groups=tuple(groups),
            filters=tuple(self.filters),
            columns=tuple(columns),
            order=order,
            limit=limit,
            chart=self.chart,
            share=share,
            extreme=extreme,
            focus=focus,
            step=step,
            within=within,
            pivot=pivot,
            conditions=tuple(conditions),
            having=having,
            moments=tuple(moments),
            difference=difference,
            assumptions=tuple(dict.fromkeys(self.notes)),
            choices=tuple(dict.fromkeys(self.choices)),
        )

    def settle_flags(self) -> None:
        """ "for smokers" keeps those that say yes; where two sides are compared, both are shown."""
        sides = bool(_SIDES & self.draft.marks)
        for column in [c for c in self.mentioned() if c.kind == "flag"]:
            self.draft.mentions = [p for p in self.draft.mentions if column not in p.columns]
            if any(group.column == column for group in self.groups):
                continue
            refused = [held for held in self.filters if held.column == column]
            if sides or self.draft.orders or refused or column.positive is None:
                self.filters = [held for held in self.filters if held not in refused]
                self.groups.append(Group(column))
                self.notes.append(f"Both answers of {column.name} are shown.")
            else:
                self.filters.append(Filter(column, "in", (column.positive,)))

    def follow_trend(self) -> None:
        """Trend words put the time among the groups."""
        time = self.draft.time
        if (
            "trend" in self.draft.marks
            and time
            and not any(group.column.temporal for group in self.groups)
        ):
            self.groups.insert(0, self.draft.over_time(time))

    # -- calculations --------------------------------------------------------------------------

    def default(self, column: Column) -> Aggregate:
        """The calculation for a column when the question names none."""
        additive = ADDITIVE & column.senses and not _SPREAD & column.senses
        return "sum" if additive else "mean"

    def measures(self, fallback: Aggregate | None = None) -> list[Measure]:
        measures: list[Measure] = []
        for column, own in self.draft.measures:
            asked = own or self.draft.aggregates
            if asked:
                measures += [self._measure(aggregate, column) for aggregate in asked]
                continue
            named = self.draft.named.get(column.name)
            aggregate = fallback or named or self.default(column)
            measures.append(Measure(aggregate, column))
            if fallback is None and named is None:
                self.notes.append(
                    f"{column.name} is {_DONE[aggregate]}, as the question names no calculation."
                )
                if aggregate == "sum":
                    self._could_be(column, "mean")
                elif not LEVELS & column.senses:
                    self._could_be(column, "sum")
        return list(dict.fromkeys(measures))

    def _could_be(self, column: Column, other: Aggregate) -> None:
        text = self.draft.spoken.get(column.name)
        if text:
            self.choices.append(Choice(text, calculations=(other,)))

    def _measure(self, aggregate: Aggregate, column: Column) -> Measure:
        quantile = self.draft.quantile if aggregate == "quantile" else None
        return Measure(aggregate, column, quantile)

    def keep_latest(self, measures: list[Measure], groups: list[Group]) -> None:
        """Totals of a state (a population) count the latest year only, not every year again."""
        year = self.draft.year
        moment = any(h.column == year and h.operator in ("eq", "in") for h in self.filters)
        if (
            year is None
            or moment
            or "ever" in self.draft.marks
            or any(g.column.temporal for g in groups)
        ):
            return
        for measure in measures:
            column = measure.column
            if measure.aggregate == "sum" and column and STOCKS & column.senses:
                self.filters.append(Filter(year, "eq", (), "latest"))
                self.notes.append(
                    f"{column.name} is counted once: only the latest {year.name} is used."
                )
                return

    def keep_latest_of(self, label: Column) -> None:
        """Names that come back year after year are ranked by their latest year."""
        year = self.draft.year
        asked = "ever" not in self.draft.marks
        # Years tell states of the same things; on dates things happen, each a row of its own.
        if not asked or year is None or year.kind != "year" or self.narrowed(year):
            return
        if year.distinct > label.distinct:
            self.filters.append(Filter(year, "eq", (), "latest"))
            self.notes.append(f"Only the latest {year.name} is used, as none is named.")

    def compared(self, groups: list[Group]) -> list[Group]:
        """Several values of one column are shown side by side."""
        for held in self.filters:
            several = held.operator == "in" and len(held.values) > 1
            several = several and held.part in ("value", "year")
            fuzzy = any(held.column.name + ": " in note for note in self.draft.assumptions)
            if several and not fuzzy and all(g.column != held.column for g in groups):
                bin_: Bin | None = "year" if held.part == "year" else None
                groups = [*groups, Group(held.column, bin_)]
        return groups

    def row_columns(self, measures: list[Column]) -> tuple[Column, ...]:
        """Columns that say what a row is, then what is measured."""
        label = label_column(self.draft.columns)
        if label is None:
            return tuple(self.draft.columns)
        shown = [*self.mentioned(), label]
        shown += [held.column for held in self.filters if held.column.kind != "number"]
        time = self.draft.time
        shown += [time] if time else []
        shown += measures
        shown += [held.column for held in self.filters]
        return tuple(dict.fromkeys(shown))


def too_many(groups: Sequence[Group]) -> NotUnderstood | None:
    return NotUnderstood("I can group by two columns at most.") if len(groups) > 2 else None


def nothing() -> NotUnderstood:
    return NotUnderstood("I did not find what should be computed in this question.")
