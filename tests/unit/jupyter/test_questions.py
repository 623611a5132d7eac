"""A question in a cell whose plan has to be approved: the cell asks, and passes the word on."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A program of its own: `input` reads its standard input, as it reads a notebook's in a kernel.
PROGRAM = """
from datalens_jupyter.questions import answer

def events():
    yield {"type": "plan.approval", "run_id": "r1", "state": "waiting"}
    yield {"type": "plan.approval", "run_id": "r1", "state": "approved"}
    yield {"type": "answer.final", "text": "Eleven.", "assumptions": [], "checks": []}

answer("how many?", events(), lambda run_id, approve: print("decided", run_id, approve))
"""


@pytest.mark.parametrize(("typed", "approve"), [("\n", True), ("no\n", False)])
def test_the_users_word_is_passed_on_once(typed: str, approve: bool) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=typed, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0, shown.stderr
    assert "Run this plan?" in shown.stdout
    assert shown.stdout.count("decided") == 1
    assert f"decided r1 {approve}" in shown.stdout
    assert "Eleven." in shown.stdout
