"""What is logged goes to stderr, from the level that was asked for, and holds no secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LEVELS = ("debug", "info", "warning", "error", "critical")
LOG_ALL = """\
import sys
from datalens_core import Settings, Workbench

settings = Settings.from_env()
Workbench(settings)

import structlog

log = structlog.get_logger("datalens.test")
for level in {levels!r}:
    getattr(log, level)("said", key=sys.argv[1], nested=[{{"url": "x?key=" + sys.argv[1]}}])
print("the result")
"""


def run(tmp_path: Path, program: str, secret: str, **environment: str) -> tuple[str, str]:
    """The stdout and stderr of a process of its own, since logging is set up once a process."""
    done = subprocess.run(
        [sys.executable, "-c", program, secret],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin", "PYTHONIOENCODING": "utf-8"} | environment,
    )
    return done.stdout, done.stderr


def logged(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("level", [*LEVELS, "ERROR", "Warning"])
def test_the_level_decides_and_stdout_stays_clean(tmp_path: Path, level: str) -> None:
    printed, said = run(tmp_path, LOG_ALL.format(levels=LEVELS), "k", LOG_LEVEL=level)
    assert printed == "the result\n"
    lines = logged(said)
    assert [line["level"] for line in lines] == list(LEVELS[LEVELS.index(level.lower()) :])
    assert {line["logger"] for line in lines} == {"datalens.test"}


@pytest.mark.parametrize("secret", ["sk-or-v1-hidden", 'quo"ted\\key', "schlüssel-ключ"])
def test_no_line_holds_a_key(tmp_path: Path, secret: str) -> None:
    keys = {"OPENROUTER_API_KEY": "sk-or", "E2B_API_KEY": secret}  # one is the other's beginning
    _, said = run(tmp_path, LOG_ALL.format(levels=("error",)), secret, **keys)
    [line] = logged(said)
    assert line["key"] == "[removed]"
    assert line["nested"] == [{"url": "x?key=[removed]"}]
    assert line["event"] == "said"


def test_a_host_that_set_up_structlog_keeps_what_it_chose(tmp_path: Path) -> None:
    chosen = "import structlog\nstructlog.configure(processors=[lambda *_: 'mine'])\n"
    printed, said = run(tmp_path, chosen + LOG_ALL.format(levels=("error",)), "k")
    assert (printed, said) == ("mine\nthe result\n", "")
