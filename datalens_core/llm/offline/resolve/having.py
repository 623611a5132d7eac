"""Groups that are kept for their number: departments with an average salary over 70,000."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Having, Intent, NotUnderstood
from datalens_core.llm.offline.resolve.case import Case


def having(case: Case, condition: Having) -> Intent | NotUnderstood:
    groups = case.all_groups()
    others = [column for column in case.measured if column != condition.measure.column]
    if len(groups) != 1 or others or case.draft.orders or "share" in case.draft.marks:
        return NotUnderstood(
            "I can compare the average, total or number of rows of each value of one column."
        )
    measures = [condition.measure]
    case.keep_latest(measures, groups)
    return case.intent(
        "aggregate", measures=measures, groups=groups, order="desc", having=condition
    )
