"""What every kernel and every server start pays for."""

from __future__ import annotations

import subprocess
import sys

HEAVY = "pandas plotly openai smolagents presidio_analyzer e2b httpx pydantic structlog anywidget"


def imported_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_itself_imports_nothing_of_ours() -> None:
    loaded = imported_by("import datalens_jupyter")
    assert not [m for m in loaded if m.startswith(("datalens_core", "datalens_jupyter."))]


def test_the_server_extension_starts_without_the_core_and_its_libraries() -> None:
    loaded = imported_by("import datalens_jupyter.extension")
    assert not loaded & set(HEAVY.split())
    assert "datalens_core" not in loaded


def test_the_magics_load_without_the_core_and_its_libraries() -> None:
    loaded = imported_by("import datalens_jupyter.magics")
    assert not loaded & set(HEAVY.split())
    assert "datalens_core" not in loaded
