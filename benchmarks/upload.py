"""A file in: from its bytes to the profile and the first rows, against reading or storing it."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.figures import ratio, summary
from datalens_core import Settings, Workbench

RUNS = 5
CSV_BYTES = 10_000_000
WORKBOOK_ROWS = 35_000
WORKBOOK_RUNS = 1
CSV_GOAL_SECONDS = 0.5
WORKBOOK_GOAL = 0.2


def measure() -> dict[str, object]:
    with TemporaryDirectory() as folder:
        csv, workbook = Path(folder, "orders.csv"), Path(folder, "orders.xlsx")
        _write(csv, workbook)
        uploads = asyncio.run(_uploads(csv, RUNS))
        stores = [_timed(lambda: shutil.copyfile(csv, Path(folder, "stored"))) for _ in range(RUNS)]
        reads = [_timed(lambda: pd.read_csv(csv)) for _ in range(RUNS)]
        first_answers = asyncio.run(_uploads(workbook, WORKBOOK_RUNS))
        full_reads = [_timed(lambda: pd.read_excel(workbook)) for _ in range(WORKBOOK_RUNS)]
        return {
            "csv_10_mb_to_profile": summary(uploads),
            "csv_10_mb_stored_only": summary(stores),
            "csv_10_mb_pandas_read": summary(reads),
            "csv_ratio_to_pandas_read": ratio(uploads, reads),
            "csv_goal_seconds": CSV_GOAL_SECONDS,
            "workbook_mb": round(workbook.stat().st_size / 1e6, 1),
            "workbook_to_profile": summary(first_answers),
            "workbook_pandas_read": summary(full_reads),
            "workbook_ratio": ratio(first_answers, full_reads),
            "workbook_goal": WORKBOOK_GOAL,
        }


def _write(csv: Path, workbook: Path) -> None:
    draw = random.Random(1)
    lines = ["id,region,day,units,price,note"]
    size = 0
    while size < CSV_BYTES:
        line = (
            f"{len(lines)},{draw.choice('NSEW')},2024-{draw.randint(1, 12):02}-"
            f"{draw.randint(1, 28):02},{draw.randint(1, 99)},{draw.random() * 100:.2f},"
            f'"say ""{draw.randint(1, 9)}"", twice"'
        )
        lines.append(line)
        size += len(line) + 1
    csv.write_text("\n".join(lines) + "\n")
    frame = pd.read_csv(csv, nrows=WORKBOOK_ROWS)
    for number in range(30):  # random digits do not compress: this many make 10 MB
        frame[f"m{number}"] = [draw.random() for _ in range(len(frame))]
    frame.to_excel(workbook, index=False)


async def _uploads(path: Path, runs: int) -> list[float]:
    found = []
    with TemporaryDirectory() as folder:
        async with Workbench(Settings.offline(data_dir=Path(folder))) as workbench:
            await workbench.warm()
            for number in range(runs + 1):
                began = time.perf_counter()
                upload = await workbench.upload(None, path)
                seconds = time.perf_counter() - began
                if number:  # the first one warms
                    found.append(seconds)
                async for _ in workbench.events(upload.run_id):
                    pass
    return found


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
