"""What made an analysis: DataLens, the model, and the libraries of the sandbox where known."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from importlib import metadata

from datalens_core.models import Execution
from datalens_core.settings import Settings
from datalens_core.version import version

ALWAYS = ("pandas", "numpy", "plotly")
IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}


def versions(
    settings: Settings, models: Sequence[str], executions: Iterable[Execution]
) -> dict[str, str]:
    """Name to version, in the order in which it is shown.

    The embedded sandbox has the libraries of this environment, as they are now; those of E2B's
    are not known here, and nothing is run to learn them.
    """
    made = {"DataLens": version(), "Model": ", ".join(models) or "none was asked"}
    if not settings.uses_embedded_sandbox:
        return {**made, "Sandbox": "E2B, whose libraries are not recorded"}
    made["Python"] = platform.python_version()
    imported = {name for e in executions for name in IMPORT.findall(e.code)}
    for name in (*ALWAYS, *sorted(imported - set(ALWAYS))):
        package = PACKAGES.get(name, name)
        try:
            made[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue  # a part of Python, or a name that was in vain
    return made
