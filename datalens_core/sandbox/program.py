"""Programs that are written here and run in a sandbox: shipped as text, leaving no name behind."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
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


# A package stays in `sys.modules` under its digest, so that a second program of it is not compiled
# again (35 ms). What code in the sandbox does to it there is no worse than what it prints.
PACKAGE_IMPORTER = """\
def _datalens(packed, own):
    import base64, json, sys, zlib
    from importlib import import_module
    from importlib.abc import InspectLoader
    from importlib.util import spec_from_loader

    class Program(InspectLoader):
        def is_package(self, name):
            return name == own

        def get_source(self, name):
            return sources["__init__" if name == own else name.rpartition(".")[2]]

        def find_spec(self, name, path=None, target=None):
            known = name == own or name.startswith(own + ".")
            return spec_from_loader(name, self) if known else None

    if own + ".programs" in sys.modules:
        return sys.modules[own + ".programs"]
    sources = json.loads(zlib.decompress(base64.b64decode(packed)))
    program = Program()
    sys.meta_path.insert(0, program)
    try:
        return import_module(own + ".programs")
    finally:
        sys.meta_path.remove(program)

"""


def shipped_package(package: str, call: str, *, into: str = "") -> str:
    """As `shipped`, for a package whose modules import one another relatively.

    `call` begins with a function of its module `programs`; `into` is a variable for what it
    returns, which another program has to delete.
    """
    packed, name = _package(package)
    kept = f"{into} = " if into else ""
    return f"{PACKAGE_IMPORTER}{kept}_datalens({packed!r}, {name!r}).{call}\ndel _datalens\n"


@cache
def _package(package: str) -> tuple[str, str]:
    """A package's sources, packed, and a name that only these sources have."""
    sources = {
        source.name.removesuffix(".py"): source.read_text(encoding="utf-8")
        for source in files(package).iterdir()
        if source.name.endswith(".py")
    }
    written = json.dumps(sources, sort_keys=True).encode()
    packed = base64.b64encode(zlib.compress(written)).decode("ascii")
    return packed, f"datalens_{hashlib.sha256(written).hexdigest()[:16]}"


def shipped(package: str, module: str, call: str) -> str:
    """Code that imports a module's source in the sandbox and calls `call` in it.

    The module may import only what every sandbox has. `call` is an expression that begins with
    one of its functions, e.g. ``main('sales.csv')``.
    """
    return f"{IMPORTER}_datalens({_source(package, module)!r}).{call}\ndel _datalens\n"


@cache
def _source(package: str, module: str) -> str:
    return files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
