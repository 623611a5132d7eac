"""Whatever is typed, the analyst has a plan and a next step."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from datalens_core.llm.exchange import DatasetContext, TaskContext
from datalens_core.llm.offline.analyst import next_action, plan
from datalens_core.models import ColumnInfo, DatasetSchema

_NAMES = ("order_date", "region", "unit price", "total_sales", "year", "returned", "a'b\"c")
_SAMPLES: tuple[list[object], ...] = (
    ["2024-01-02", "2024-02-03"],
    ["North", "South"],
    [1.5, 2.5],
    [10, 20],
    [1999, 2000],
    [True, False],
    ["x", "y; import os"],
)
_DTYPES = ("str", "str", "float64", "int64", "int64", "bool", "str")
_SCHEMA = DatasetSchema(
    columns=[
        ColumnInfo(name=name, dtype=dtype, null_count=0, unique_count=2, sample_values=samples)
        for name, dtype, samples in zip(_NAMES, _DTYPES, _SAMPLES, strict=True)
    ],
    row_count=2,
    sample_data=[],
)
_WORDS = (
    *("average", "total", "top", "bottom", "highest", "lowest", "most", "5", "2000", "1999-2001"),
    *("by", "per", "over", "time", "month", "year", "in", "region", "North", "South", "sales"),
    *("price", "order_date", "returned", "unit", "not", "without", "between", "and", "more"),
    *("than", "vs", "share", "of", "count", "how", "many", "which", "list", "missing", "since"),
    *("describe", "distribution", "correlation", "chart", "line", "pie", "2024-01-02", "3"),
    *("rolling average", "cumulative", "percent change", "growth", "pivot", "outliers", "ratio"),
    *("regression", "before", "after", "gap between", "75th percentile", "range of", "weekend"),
    *("million", "?", ",", ">", ">=", "=", "the", "trend", "unique", "March", "only", "orders"),
)


@settings(max_examples=300, deadline=None)
@given(question=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(_WORDS)).map(" ".join)))
def test_any_question_has_a_plan_and_a_next_step_whose_code_parses(question: str) -> None:
    dataset = DatasetContext(name="sales.csv", variable="df", dataset_schema=_SCHEMA)
    task = TaskContext(question=question, datasets=[dataset])
    assert plan(task).steps
    action = next_action(task, [])
    assert action.tool in ("find_values", "run_python", "final_answer")
    if action.tool == "run_python":
        ast.parse(str(action.arguments["code"]))
