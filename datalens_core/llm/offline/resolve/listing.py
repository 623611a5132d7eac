"""Values and rows, listed."""

from __future__ import annotations

from datalens_core.llm.offline.intent import Intent, NotUnderstood
from datalens_core.llm.offline.resolve.aggregation import aggregate, listed_rows
from datalens_core.llm.offline.resolve.case import Case, nothing


def listing(case: Case) -> Intent | NotUnderstood:
    marks = case.draft.marks
    targets = [c for c in case.mentioned() if not case.narrowed(c)]
    if case.calculated or case.groups:
        return aggregate(case)
    if not targets:
        if case.draft.rows and (case.filters or case.measured):
            return listed_rows(case)
        if "unique" in marks and len(case.measured) == 1:
            return case.intent("unique", columns=(case.measured[0],))
        if "list" in marks and (case.filters or case.measured):
            return listed_rows(case)
        return aggregate(case) if case.measured else nothing()
    if case.measured and any(not case.narrowed(c) for c in case.measured):
        return listed_rows(case) if "list" in marks else aggregate(case)
    if len(targets) > 1:
        return listed_rows(case)
    return case.intent("unique", columns=(targets[0],))


def description(case: Case) -> Intent | NotUnderstood:
    if case.groups and len(case.measured) == 1:
        case.draft.measures = [(case.measured[0], ["mean", "median", "min", "max"])]
        return aggregate(case)
    return case.intent("describe", columns=[*case.measured, *case.categories()])
