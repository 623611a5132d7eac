"""Magics of IPython that cannot work in a box: each says so, in a sentence.

The others are IPython's own and stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from IPython.core.interactiveshell import InteractiveShell

from datalens_core.sandbox.in_sandbox import refuse_packages

NO_SHELL = (
    "Shell commands are not available in the sandbox: it runs Python only. "
    "os, shutil and pathlib do the same with files."
)
NOBODY_ANSWERS = "%{name} is not available in the sandbox: nobody can answer there."
NO_NETWORK = "%{name} is not available in the sandbox: it has no network."
INLINE_ONLY = "Figures are shown inline in the sandbox: use %matplotlib inline."
_INTERACTIVE = ("debug", "pdb", "edit", "ed", "recall", "rep")
_BACKENDS = frozenset({"", "inline", "--list", "-l"})


def limit_magics(shell: InteractiveShell) -> None:
    """Replace what would start a process, ask somebody, or draw in a window."""
    manager: Any = shell.magics_manager
    for magics in manager.magics.values():
        for name in _of_scripts(magics):
            magics[name] = _refusing(NO_SHELL)
        for name in _INTERACTIVE:
            if name in magics:
                magics[name] = _refusing(NOBODY_ANSWERS.format(name=name))
    lines = manager.magics["line"]
    lines["pastebin"] = _refusing(NO_NETWORK.format(name="pastebin"))
    lines["matplotlib"] = _inline(lines["matplotlib"])
    refuse_packages(shell)


def forget_errors() -> None:
    """What was tried while warming up is nobody's last error (`%tb`)."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)


def _of_scripts(magics: dict[str, Any]) -> Iterable[str]:
    """%%bash, %%ruby, %script and the like."""
    for name, magic in list(magics.items()):
        owner = type(getattr(magic, "__self__", None)).__name__
        if owner == "ScriptMagics" or getattr(magic, "__name__", "") == "named_script_magic":
            yield name


def _refusing(sentence: str) -> Callable[..., NoReturn]:
    def refuse(line: str = "", cell: str | None = None) -> NoReturn:
        __tracebackhide__ = True  # IPython leaves this frame out
        raise OSError(sentence)

    return refuse


def _inline(matplotlib: Callable[[str], object]) -> Callable[[str], object]:
    def choose(line: str) -> object:
        __tracebackhide__ = True
        if line.strip() not in _BACKENDS:
            raise OSError(INLINE_ONLY)
        return matplotlib(line)

    return choose
