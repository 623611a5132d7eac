"""The arrows of the house point one way, and the core knows nothing of Jupyter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import datalens_core

CORE = Path(datalens_core.__file__).parent
FORBIDDEN = ("jupyter", "notebook", "IPython", "ipykernel", "ipywidgets", "anywidget", "tornado")

# Each room and the rooms it may import; everything may import the ground floor.
GROUND = {"models", "events", "errors", "settings", "version"}
ROOMS: dict[str, set[str]] = {
    "privacy": set(),
    "journal": set(),
    "sandbox": set(),
    "llm": {"privacy"},
    "datasets": {"sandbox"},
    "sessions": {"journal"},
    "agents": {"llm", "privacy"},
    "export": set(),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def room_of(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: str(p.relative_to(CORE)))
def test_the_core_is_free_of_jupyter(path: Path) -> None:
    place = path.relative_to(CORE).as_posix()
    for name in imports(path):
        root = name.split(".")[0]
        if place.startswith("sandbox/embedded/") and root in ("IPython", "tornado"):
            continue
        assert root != "datalens_jupyter"
        assert not root.startswith(FORBIDDEN), f"{place} imports {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    place = CORE / room
    files = place.rglob("*.py") if place.is_dir() else [CORE / f"{room}.py"]
    allowed = ROOMS[room] | GROUND | {room}
    for path in files:
        for name in imports(path):
            if name.startswith("datalens_core."):
                assert room_of(name) in allowed, f"{path.relative_to(CORE)} imports {name}"


def test_importing_the_core_imports_nothing_heavy() -> None:
    heavy = "pandas numpy openai smolagents presidio_analyzer e2b plotly httpx nbformat tornado"
    code = (
        "import sys, datalens_core, datalens_core.workbench\n"
        f"print(' '.join(m for m in {heavy!r}.split() if m in sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == ""


def test_generated_code_is_never_run_in_this_process() -> None:
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("exec", "eval", "compile"), path.relative_to(CORE)
