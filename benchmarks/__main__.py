"""Run all benchmarks, or the named ones, and print one JSON object.

python -m benchmarks [server_start] [question] [sandbox_start] [sandbox_use] [sandbox_crowd]
                     [sandbox_kills] [offline_replay] [sessions_crowd] [upload] [privacy_speed]
                     [agent_overhead]
                     [privacy_detection] [history] [server_kills]
"""

from __future__ import annotations

import json
import platform
import sys
from importlib import import_module
from os import cpu_count

NAMES = (
    "server_start",
    "question",
    "sandbox_start",
    "sandbox_use",
    "sandbox_crowd",
    "sandbox_kills",
    "agent_overhead",
    "offline_replay",
    "sessions_crowd",
    "upload",
    "privacy_speed",
    "privacy_detection",
    "history",
    "server_kills",
)


def main() -> None:
    report: dict[str, object] = {
        "machine": {"cpus": cpu_count(), "python": platform.python_version()}
    }
    for name in sys.argv[1:] or NAMES:
        if name not in NAMES:
            sys.exit(f"There is no benchmark {name}; there are {', '.join(NAMES)}.")
        report[name] = import_module(f"benchmarks.{name}").measure()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
