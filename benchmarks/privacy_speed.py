"""Time to redact what usually goes to a model, beside stock Presidio in the same run.

CPU time, so that other work on the machine does not count. Each of our runs starts with an empty
vault; `cold` is the first redaction of a new process, with the imports and the building of the
detectors.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.figures import ratio, summary
from benchmarks.privacy_detection import stock_engine
from datalens_core.privacy.session import PrivacySessions

RUNS = 15
GOALS = {"stdout_100_kb_ms": 150, "stdout_100_kb_times_faster": 30}
COLD = """\
import time
began = time.process_time()
from datalens_core.privacy import PIIScrubber
PIIScrubber().scrub_text("ask jane@example.com or +1 212 555 0143")
print(time.process_time() - began)
"""


def measure() -> dict[str, object]:
    sessions = PrivacySessions()
    sessions.warm()
    engine = stock_engine()
    wanted = ["EMAIL_ADDRESS", "PHONE_NUMBER"]
    report: dict[str, object] = {"goals": GOALS, "cold": summary([_cold() for _ in range(3)])}
    for name, text in texts().items():

        def ours(text: str = text) -> None:
            sessions.drop("s")
            sessions.of("s").redact(text, "stdout")

        def stock(text: str = text) -> None:
            engine.analyze(text, language="en", entities=wanted)

        began = time.process_time()
        ours()
        first = time.process_time() - began
        took = _times(ours, RUNS)
        peer = _times(stock, 2 if len(text) > 50_000 else RUNS)
        report[name] = {
            "characters": len(text),
            "first": summary([first]),
            "datalens": summary(took),
            "presidio_stock": summary(peer),
            "ratio": ratio(took, peer),
            "times_faster": round(1 / ratio(took, peer), 1),
        }
    return report


def texts() -> dict[str, str]:
    chance = random.Random(11)
    rows = [
        [f"user{n}@example.com", f"+1 212 555 {n:04d}", chance.randrange(10**9), n / 7, "north"] * 4
        for n in range(5)
    ]
    columns = [f"column_{n}" for n in range(20)]
    frame = '  File "/srv/jobs/report.py", line {}, in step_{}\n    value = frame.loc[{}, "{}"]\n'
    trace = "Traceback (most recent call last):\n" + "".join(
        frame.format(n, n, chance.randrange(10**6), "total") for n in range(22)
    )
    return {
        "question_100_characters": (
            "How much did jane.doe@example.com order in the second quarter of 2024, compared with "
            "the first?"
        ).ljust(100, "?"),
        "table_5_by_20": json.dumps({"columns": columns, "rows": rows, "row_count": 5}),
        "traceback_2_kb": trace + "KeyError: 'jane.doe@example.com'",
        "stdout_100_kb": _printed(chance, 100_000),
    }


def _printed(chance: random.Random, length: int) -> str:
    lines, size = [], 0
    while size < length:
        line = (
            f"{len(lines):5d}  2024-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}  "
            f"{chance.uniform(0, 1e6):12.3f}  {chance.randrange(10**9)}  "
            f"{chance.choice(['north', 'south'])}\n"
        )
        if len(lines) % 50 == 0:
            number = len(lines)
            line = f"order {number} by user{number}@example.com, (212) 555-0{number % 1000:03d}\n"
        lines.append(line)
        size += len(line)
    return "".join(lines)


def _times(run: Callable[[], None], times: int) -> list[float]:
    took = []
    for _ in range(times):
        began = time.process_time()
        run()
        took.append(time.process_time() - began)
    return took


def _cold() -> float:
    done = subprocess.run(
        [sys.executable, "-c", COLD], check=True, capture_output=True, text=True, timeout=120
    )
    return float(done.stdout)
