"""DataLens in Jupyter: the server extension and the magics.

Every kernel of the environment imports this module, so it imports nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "datalens-jupyter"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from datalens_jupyter.extension import DataLensApp

    return [{"module": "datalens_jupyter", "app": DataLensApp}]


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """`%load_ext datalens_jupyter`; the shipped kernel config does it in every kernel."""
    from datalens_jupyter.magics import DataLensMagics

    ipython.register_magics(DataLensMagics)


def __getattr__(name: str) -> Any:
    if name == "__version__":  # reading the metadata takes longer than the rest of this module
        from importlib.metadata import version

        return version("datalens-jupyter")
    raise AttributeError(name)
