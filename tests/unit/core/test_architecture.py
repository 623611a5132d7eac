"""The arrows of the house point one way, and the core knows nothing of Jupyter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import datalens_core
import datalens_jupyter

CORE = Path(datalens_core.__file__).parent
JUPYTER = Path(datalens_jupyter.__file__).parent
FORBIDDEN = ("jupyter", "notebook", "IPython", "ipykernel", "ipywidgets", "anywidget", "tornado")

# Each room, be it a folder or one file, and what it may import; everything may import the ground
# floor, whose own stairs come first.
GROUND = {"models", "events", "errors", "settings", "version"}
ROOMS: dict[str, set[str]] = {
    "models": set(),
    "settings": set(),
    "version": set(),
    "errors": {"models"},
    "events": {"models"},
    "breaker": set(),
    "logs": set(),
    "moments": set(),
    "multipart": set(),
    "privacy": {"privatefile"},
    "privatefile": set(),
    "sqlitefile": set(),
    "journal": {"sqlitefile"},
    "ratelimits": set(),
    "results": set(),
    "sandbox": {"breaker", "multipart"},
    "llm": {"breaker", "moments", "privacy"},
    "datasets": {"sandbox"},
    "supabase": {"privatefile"},
    "sessions": {"journal", "privacy", "privatefile", "sandbox", "sqlitefile", "supabase"},
    "agents": {"llm", "privacy"},
    "export": {"moments"},
    "turns": set(),
    "runs": {"journal", "sqlitefile", "turns"},
    "approval": {"runs", "turns"},
    "executions": {"runs", "sandbox"},
    "question": {"approval", "executions", "privacy", "runs", "sessions", "llm"},
    "safeguards": {"datasets", "privacy", "sandbox", "sessions"},
    "sent": {"runs", "turns"},
    "rooms": {
        "sent",
        "agents", "datasets", "executions", "journal", "llm", "privacy", "ratelimits", "runs",
        "safeguards", "sandbox", "sessions", "supabase",
    },
    "signin": {"rooms", "supabase"},
    "retention": set(),
    "restoring": {"rooms", "runs", "sessions"},
    "disclosure": {
        "datasets", "executions", "llm", "privacy", "question", "rooms", "safeguards", "sessions",
    },
    "uploads": {"datasets", "rooms", "runs", "sandbox", "sessions"},
    "workbench": {
        "approval", "datasets", "disclosure", "executions", "export", "journal", "llm", "logs",
        "privacy", "question", "ratelimits", "restoring", "results", "retention", "rooms", "runs",
        "sandbox", "sessions", "signin", "turns", "uploads",
    },
    "terminal": {"moments", "results", "workbench"},
    "doctor": {"llm", "privacy", "sandbox", "supabase", "workbench"},
    "selfcheck": {"privacy", "workbench"},
    "cli": {"doctor", "selfcheck", "terminal", "sandbox"},
}  # fmt: skip

# What the adaptors to Jupyter know of the core: its public face, what crosses rooms, and leaves
# that both sides need. A leaf imports nothing of the core but the ground floor and other leaves.
FACE = {"Workbench", "Settings", "DataLensError", "workbench", *GROUND}
LEAVES = {"multipart", "sandbox.embedded.multipart", "sandbox.figures", "sandbox.maps"}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file names, whole, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                ours = module in ("datalens_core", "datalens_jupyter")
                yield from (f"{module}.{a.name}" for a in node.names) if ours else (module,)
            case ast.ImportFrom(level=1):  # programs that run elsewhere, under another name
                folder = ".".join(path.relative_to(CORE.parent).parent.parts)
                yield from (f"{folder}.{node.module or alias.name}" for alias in node.names)
            case ast.ImportFrom():
                raise AssertionError(f"{path.name}:{node.lineno} imports from a folder above")
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(str(name))]):
                yield name


def core_imports(path: Path) -> Iterator[str]:
    """What a file imports of the core, as `room.module`."""
    prefix = "datalens_core."
    return (name.removeprefix(prefix) for name in imports(path) if name.startswith(prefix))


def files_of(room: str) -> list[Path]:
    place = CORE / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [CORE / f"{room}.py"]


def rooms() -> list[str]:
    files = {p.stem for p in CORE.glob("*.py")} - {"__init__"}
    return sorted(files | {p.parent.name for p in CORE.glob("*/__init__.py")})


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: str(p.relative_to(CORE)))
def test_the_core_is_free_of_jupyter(path: Path) -> None:
    place = path.relative_to(CORE).as_posix()
    for name in imports(path):
        root = name.split(".")[0]
        if place.startswith("sandbox/embedded/") and root in ("IPython", "tornado"):
            continue
        assert root != "datalens_jupyter"
        assert not root.startswith(FORBIDDEN), f"{place} imports {name}"


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    assert room in ROOMS, f"say in ROOMS what {room} may import"
    ground = GROUND if room not in GROUND else set()
    allowed = ROOMS[room] | ground | {room}
    for path in files_of(room):
        for name in core_imports(path):
            assert name.split(".")[0] in allowed, f"{path.relative_to(CORE)} imports {name}"


def test_no_arrow_leads_back() -> None:
    TopologicalSorter(ROOMS).prepare()  # raises CycleError


@pytest.mark.parametrize(
    "path", sorted(JUPYTER.rglob("*.py")), ids=lambda p: str(p.relative_to(JUPYTER))
)
def test_the_adaptors_know_the_face_of_the_core_and_named_leaves(path: Path) -> None:
    for name in core_imports(path):
        assert name in LEAVES or name.split(".")[0] in FACE, f"{path.name} imports {name}"


@pytest.mark.parametrize("leaf", sorted(LEAVES))
def test_a_leaf_leans_on_the_ground_floor_and_leaves_alone(leaf: str) -> None:
    path = CORE / f"{leaf.replace('.', '/')}.py"
    for name in core_imports(path) if path.exists() else ():
        assert name in GROUND | LEAVES, f"{leaf} imports {name}"


def test_what_is_in_force_is_had_through_its_boundary_alone() -> None:
    for path in CORE.rglob("*.py"):
        if path.parent.name != "safeguards":
            parts = {n for n in core_imports(path) if n.split(".")[0] == "safeguards"}
            assert parts <= {"safeguards.boundary"}, path.relative_to(CORE)


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
