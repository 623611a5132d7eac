"""How often the offline analyst is right, over the real agent and the embedded sandbox.

Each question runs as a user's would: upload, ask, answer. What comes back is held against plain
pandas (`offline_questions.py`): a number has to stand in the result and in the answer, a name
has to come first, a set or a series has to be in the table. The wrong and the refused ones are
listed, so that a reader can judge them. Prints JSON.

python -m benchmarks.offline_replay
"""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from benchmarks import made_tables
from benchmarks.analysts_questions import ANALYSTS
from benchmarks.held_out_questions import HELD_OUT
from benchmarks.offline_questions import FIRST, LAST, SECOND, Asked
from benchmarks.untouched_questions import UNTOUCHED
from datalens_core import Settings, Workbench
from datalens_core.agents.numbers import in_text
from datalens_core.models import ArtifactType, QueryResult

Verdict = Literal["right", "wrong", "refused", "rightly_refused"]
GOAL = {"right_of_accepted": 0.85, "wrong_of_all": 0.05}
_PRECISION = 2e-3
_CENT = 0.006
"""Shares are given to a hundredth of a percent."""
_ROUNDED = 0.01


def measure() -> dict[str, object]:
    return {
        "goal": GOAL,
        "first_set": asyncio.run(_figures(FIRST)),
        "second_set": asyncio.run(_figures(SECOND)),
        "last_set": asyncio.run(_figures(LAST)),
        "held_out": asyncio.run(_figures(HELD_OUT)),
        "analysts": asyncio.run(_figures(ANALYSTS)),
        "untouched": asyncio.run(_figures(UNTOUCHED)),
    }


async def _figures(questions: Sequence[Asked]) -> dict[str, object]:
    verdicts = await _replay(questions)
    count = Counter(verdict for _, verdict in verdicts)
    accepted = count["right"] + count["wrong"]
    return {
        "questions": len(questions),
        **{name: count[name] for name in ("right", "wrong", "refused", "rightly_refused")},
        "right_of_accepted": round(count["right"] / accepted, 3),
        "wrong_of_all": round(count["wrong"] / len(questions), 3),
        "wrong_ones": [asked.question for asked, verdict in verdicts if verdict == "wrong"],
        "refused_ones": [asked.question for asked, verdict in verdicts if verdict == "refused"],
    }


async def _replay(questions: Sequence[Asked]) -> list[tuple[Asked, Verdict]]:
    """Each question in a session of its own: none goes on from another."""
    verdicts: list[tuple[Asked, Verdict]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with Workbench(Settings.offline(data_dir=Path(folder) / "data")) as workbench:
            for asked in questions:
                frame = load(asked.data)
                result = await _ask(workbench, Path(folder), asked, frame)
                verdicts.append((asked, judge(asked, frame, result)))
    return verdicts


async def _ask(
    workbench: Workbench, folder: Path, asked: Asked, frame: pd.DataFrame
) -> QueryResult:
    package, _, name = asked.data.partition("/")
    source = folder / f"{name}.csv"
    if package == "made":
        made_tables.write(name, source)
    else:
        frame.to_csv(source, index=False)
    session = await workbench.create_session()
    await workbench.upload(session.id, source)
    for question in (*asked.before, asked.question):
        events = [event async for event in workbench.ask(session.id, question)]
    result = await workbench.result(events[0].run_id)
    await workbench.delete_session(session.id)
    return result


def load(name: str) -> pd.DataFrame:
    """ "plotly/tips", "vega/cars"."""
    package, _, data = name.partition("/")
    if package == "plotly":
        import plotly.data

        frame = pd.DataFrame(getattr(plotly.data, data)()).reset_index(drop=True)
        return frame.rename_axis(columns=None)
    if package == "made":
        return made_tables.TABLES[data]()
    if package == "sklearn":
        return _of_sklearn(data)
    from vega_datasets import local_data

    return pd.DataFrame(getattr(local_data, data)())


def _of_sklearn(data: str) -> pd.DataFrame:
    from sklearn import datasets

    held = getattr(datasets, f"load_{data}")(as_frame=True)
    frame = pd.DataFrame(held.frame)
    if "target" not in frame:
        return frame
    names = held.target.map(lambda at: str(held.target_names[at]))
    return frame.drop(columns="target").assign(cultivar=names)


def judge(asked: Asked, frame: pd.DataFrame, result: QueryResult) -> Verdict:
    computed = result.result
    if not result.executions or computed is None or not computed.success:
        return "rightly_refused" if asked.reference is None else "refused"
    if asked.reference is None:
        return "wrong"
    table = next((a.content for a in computed.artifacts if a.type is ArtifactType.TABLE), None)
    found = table if isinstance(table, dict) else {"columns": [], "rows": []}
    right = holds(asked.reference(frame), found, result.answer or "")
    return "right" if right else "wrong"


def holds(expected: object, table: Mapping[str, Any], answer: str) -> bool:
    """Whether a result says what is expected."""
    rows: list[list[object]] = table["rows"]
    cells = [cell for row in rows for cell in row]
    if isinstance(expected, pd.Series):
        return len(expected) > 0 and _holds_series(expected, table)
    if isinstance(expected, set):
        names = all(isinstance(item, str) for item in expected)
        alone = not names or len(rows) == len(expected)
        return alone and all(_within(item, cells) for item in expected)
    if isinstance(expected, str):
        return bool(rows) and _within(expected, rows[0]) and expected in answer
    if not isinstance(expected, Real):
        raise TypeError("A reference gives a number, a name, a set or a series.")
    number = float(expected)
    reach = _ROUNDED * max(abs(number), 0.5)
    stated = any(abs(abs(said) - abs(number)) <= reach for said in in_text(answer))
    return stated and (_within(number, cells) or number == len(rows))


def _holds_series(expected: pd.Series, table: Mapping[str, Any]) -> bool:
    """Every key with its number in one row; keys may stand at the head of a column."""
    rows: list[list[object]] = table["rows"]
    heads = [str(name) for name in table["columns"]]
    if expected.index.name is None and expected.index.nlevels == 1 and expected.index.dtype == int:
        return all(any(_within(value, row) for row in rows) for value in expected)
    return all(
        any(
            _within(value, row) and all(_within(part, [*row, *heads]) for part in _parts(key))
            for row in rows
        )
        for key, value in expected.items()
    )


def _parts(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _within(item: object, cells: Sequence[object]) -> bool:
    return any(_same(item, cell) for cell in cells)


def _same(item: object, cell: object) -> bool:
    if isinstance(item, Real) and isinstance(cell, int | float):
        return math.isclose(float(item), cell, rel_tol=_PRECISION, abs_tol=_CENT)
    return str(item) == str(cell)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2, ensure_ascii=False))
