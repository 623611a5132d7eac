"""The plan of a question, in steps that name its columns and its rows."""

from __future__ import annotations

from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.intent import Intent, Lookup, NotUnderstood, Reading
from datalens_core.llm.offline.labels import in_sentence
from datalens_core.llm.offline.naming import (
    filters_words,
    group_words,
    having_words,
    measure_words,
)
from datalens_core.llm.offline.templates.charts import chart_kind
from datalens_core.llm.offline.terms import Kind, StepKind
from datalens_core.models import ExecutionPlan, StepOutput

Step = tuple[str, StepOutput]

_LIBRARIES = ["pandas", "plotly"]
_ANSWER: Step = ("State the answer from the result.", "text")
_CHART_NAMES = {"box": "box plot", "histogram": "histogram", "heatmap": "heatmap"}


def write_plan(reading: Reading, dataset: DatasetContext) -> ExecutionPlan:
    """What will be done, before anything is done."""
    steps: list[Step] = [(_look_up(lookup), "text") for lookup in reading.lookups]
    outcome = reading.outcome
    if isinstance(outcome, Intent):
        steps += _steps(outcome, dataset.dataset_schema.row_count)
    elif steps:
        steps += [
            ("Compute what is asked of the rows that match, if the names are found.", "table"),
            _ANSWER,
        ]
    else:
        steps = _refusal_steps(outcome)
    effort = "low" if len(steps) <= 3 else "medium"
    return ExecutionPlan(
        steps=[text for text, _ in steps],
        estimated_complexity=effort,
        required_libraries=_LIBRARIES,
        outputs=[output for _, output in steps],
    )


def _look_up(lookup: Lookup) -> str:
    return f"Look up “{lookup.text}” among the values of {', '.join(lookup.columns)}."


def _refusal_steps(reason: NotUnderstood) -> list[Step]:
    return [
        (f"Say what cannot be answered: {reason.reason}", "text"),
        ("Offer three questions that can be answered of this data.", "text"),
    ]


def _steps(intent: Intent, row_count: int) -> list[Step]:
    rows = f"the {row_count:,} rows"
    steps: list[Step] = []
    if intent.filters:
        steps.append((f"Keep those of {rows} where {filters_words(intent.filters)}.", "table"))
        rows = "the remaining rows"
    names = " and ".join(in_sentence(c.label) for c in intent.columns) or "every column"
    if intent.kind == "aggregate":
        steps += _aggregate_steps(intent, rows)
    elif intent.kind == "distribution":
        by = f" by {group_words(intent.groups[0])}" if intent.groups else ""
        steps += [
            (f"Describe {names}{by} over {rows}: median, average and spread.", "table"),
            ("Draw its distribution.", "chart"),
        ]
    elif intent.kind == "scatter":
        steps += [
            (f"Compare {names} over {rows}.", "table"),
            ("Draw a scatter plot of them.", "chart"),
        ]
    elif intent.kind == "correlation":
        steps += [
            (f"Correlate {names} over {rows}.", "table"),
            ("Draw the correlations.", "chart"),
        ]
    elif intent.kind == "rows":
        order = {"desc": ", highest first", "asc": ", lowest first"}.get(intent.order or "", "")
        steps.append((f"Show {names} of {rows}{order}.", "table"))
    else:
        steps.append((f"{_PLAIN[intent.kind]} ({names} of {rows}).", "table"))
    return [*steps, _ANSWER]


_PLAIN: dict[Kind, str] = {
    "describe": "Summarise types, missing values and ranges",
    "columns": "List the columns and their types",
    "head": "Show the first rows",
    "missing": "Count the missing values of each column",
    "duplicates": "Count the rows that occur more than once",
    "growth": "Compare the first with the last moment",
    "outliers": "Find values far outside the quartiles",
    "proportion": "Count the rows that fulfil the condition",
    "regression": "Fit a line by least squares",
    "unique": "List the different values",
}


_STEPS: dict[StepKind, str] = {
    "cumulative": "Add the values up from the first to the last.",
    "rolling": "Average each value with the ones before it.",
    "change": "Compare each value with the one before it.",
}


def _aggregate_steps(intent: Intent, rows: str) -> list[Step]:
    what = " and ".join(map(measure_words, intent.measures))
    if not intent.groups:
        return [(f"Compute the {what} over {rows}.", "table")]
    by = " and ".join(map(group_words, intent.groups))
    steps = [f"Group {rows} by {by}.", f"Compute the {what} of each group."]
    if intent.step:
        steps.append(_STEPS[intent.step.kind])
    if intent.having:
        steps.append(f"Keep those whose {having_words(intent.having)}.")
    if intent.share:
        steps.append("Turn it into percent of the whole.")
    if intent.extreme:
        steps.append(
            "Sort to find the lowest." if intent.order == "asc" else "Sort to find the highest."
        )
    kind = chart_kind(intent)
    drawn = f"Draw a {_CHART_NAMES.get(kind, kind + ' chart')}."
    return [*((step, "table") for step in steps), (drawn, "chart")]
