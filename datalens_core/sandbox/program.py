"""Programs that are written here and run in a sandbox: shipped as text, leaving no name behind."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# A module made in memory: IPython rewrites a cell line by line, so a long program is shipped as
# one string (20 to 30 ms less a program), and its names are the module's, not the session's.
IMPORTER = """\
def _datalens(source):
    from importlib.abc import InspectLoader
    from importlib.util import module_from_spec, spec_from_loader

    class Program(InspectLoader):
        def get_source(self, name):
            return source

    spec = spec_from_loader("datalens_program", Program())
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""


def shipped(package: str, module: str, call: str) -> str:
    """Code that imports a module's source in the sandbox and calls `call` in it.

    The module may import only what every sandbox has. `call` is an expression that begins with
    one of its functions, e.g. ``main('sales.csv')``.
    """
    return f"{IMPORTER}_datalens({_source(package, module)!r}).{call}\ndel _datalens\n"


@cache
def _source(package: str, module: str) -> str:
    return files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
