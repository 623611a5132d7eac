"""Importing smolagents changes nothing and is put off until it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def python(code: str, cwd: Path) -> str:
    env = {k: v for k, v in os.environ.items() if k != "PYTHON_DOTENV_DISABLED"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=env | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_stray_env_file_changes_no_key(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENROUTER_API_KEY=stray\n")
    code = (
        "import os; before = dict(os.environ)\n"
        "import datalens_core.agents.acting_model\n"
        "print(os.environ.get('OPENROUTER_API_KEY'), dict(os.environ) == before)"
    )
    assert python(code, tmp_path) == "None True"


def test_without_the_guard_a_stray_env_file_would_change_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENROUTER_API_KEY=stray\n")
    script = tmp_path / "main.py"
    script.write_text("import os, smolagents\nprint(os.environ.get('OPENROUTER_API_KEY'))")
    assert python(script.read_text(), tmp_path) == "stray"


def test_the_agents_import_without_smolagents_or_pandas(tmp_path: Path) -> None:
    code = (
        "import sys, datalens_core.agents.reasoning, datalens_core.agents.profiling\n"
        "print([m for m in ('smolagents', 'pandas', 'openai') if m in sys.modules])"
    )
    assert python(code, tmp_path) == "[]"
