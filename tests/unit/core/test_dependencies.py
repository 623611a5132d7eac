"""Whatever is imported is declared: nothing works only because something else brings it along."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"datalens_core", "datalens_jupyter", "tests", "benchmarks"}
RUNTIME = PROJECT["dependencies"]
EVERYTHING = [*RUNTIME, *PROJECT["optional-dependencies"]["dev"]]


def names(requirements: Iterable[str]) -> set[str]:
    return {normal(re.split(r"[^\w.-]", r, maxsplit=1)[0]) for r in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> Iterator[str]:
    """The top-level packages of others that a file imports, by name or by `import_module`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                found = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                found = [module]
            case ast.Call(func=ast.Name("import_module"), args=[ast.Constant(str(name))]):
                found = [name]
            case _:
                continue
        for name in found:
            root = name.split(".")[0]
            if root not in sys.stdlib_module_names | OURS:
                yield root


@cache
def brought_by() -> dict[str, set[str]]:
    return {m: {normal(d) for d in held} for m, held in packages_distributions().items()}


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        ("datalens_core", RUNTIME),
        ("datalens_jupyter", RUNTIME),
        ("tests", EVERYTHING),
        ("benchmarks", EVERYTHING),
    ],
)
def test_every_import_is_declared(folder: str, declared: list[str]) -> None:
    known = names(declared)
    for path in sorted((ROOT / folder).rglob("*.py")):
        for package in imported(path):
            assert brought_by()[package] & known, f"{path.relative_to(ROOT)} imports {package}"


def test_every_runtime_dependency_is_locked() -> None:
    locked = names((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    assert names(EVERYTHING) <= locked


@pytest.mark.parametrize("package", ["datalens_core", "datalens_jupyter"])
def test_the_types_are_for_others_too(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
