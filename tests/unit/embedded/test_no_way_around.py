"""No flag, environment variable or retry runs code unconfined: read from the source itself."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import datalens_core
import datalens_jupyter
from datalens_core.sandbox.embedded import launch, limits

CORE = Path(datalens_core.__file__).parent
JUPYTER = Path(datalens_jupyter.__file__).parent
EMBEDDED = CORE / "sandbox" / "embedded"
# What runs inside of a box, where the environment is the sandbox's own.
INSIDE = {"attempts.py", "child.py", "shell.py", "zygote.py"}


def trees(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """The dotted name that a call or an expression statement calls, "" for anything else."""
    if isinstance(node, ast.Expr):
        node = node.value
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def function(path: Path, name: str) -> ast.FunctionDef:
    (found,) = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    return found


def test_a_box_serves_only_after_it_confined_itself() -> None:
    places = [
        path.name
        for path, tree in trees(EMBEDDED)
        for n in ast.walk(tree)
        if called(n) == "child.serve"
    ]
    assert set(places) == {"zygote.py"}
    become_box = function(EMBEDDED / "zygote.py", "_become_box")
    (attempt,) = (node for node in become_box.body if isinstance(node, ast.Try))
    steps = [called(statement) for statement in attempt.body]
    assert steps.index("confine") < steps.index("child.serve")
    assert called(attempt.finalbody[-1]) == "os._exit"


def test_confining_has_no_condition() -> None:
    body = function(EMBEDDED / "confine.py", "confine").body[1:]
    assert [called(step) for step in body] == [
        "_be_modest",
        "_set_limits",
        "landlock.restrict",
        "syscalls.drop_capabilities",
        "syscalls.set_no_new_privileges",
        "syscalls.install_filter",
    ]


def test_there_are_two_ways_to_isolate_and_none_that_does_not() -> None:
    assert typing.get_args(launch.Isolation) == ("bubblewrap", "reduced")
    made = {
        node.args[0].value
        for _, tree in trees(EMBEDDED)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) == "Launch"
        and isinstance(node.args[0], ast.Constant)
    }
    assert made == {"bubblewrap", "reduced"}


def test_the_server_reads_no_variable_but_its_limits() -> None:
    readers = {
        path.name
        for path, tree in trees(EMBEDDED)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
    }
    assert readers - INSIDE == {"serve.py"}
    assert (EMBEDDED / "serve.py").read_text().count("environ") == 1
    assert set(limits.VARIABLES.values()) == {
        "DATALENS_SANDBOX_MEMORY_MB",
        "DATALENS_EXECUTION_TIMEOUT_SECONDS",
        "DATALENS_MAX_SANDBOXES",
    }


def test_the_server_takes_no_option_but_its_port_and_lifeline() -> None:
    source = (EMBEDDED / "__main__.py").read_text(encoding="utf-8")
    assert re.findall(r'add_argument\("([^"]+)"', source) == ["--port", "--lifeline"]


def test_code_is_run_by_the_client_and_by_nothing_else() -> None:
    runners = {
        path.relative_to(CORE.parent).as_posix()
        for path, tree in trees(CORE, JUPYTER)
        for node in ast.walk(tree)
        if called(node).endswith((".run_code", ".run_cell", "exec", "eval", "runpy.run_path"))
        and called(node).rpartition(".")[2] in ("run_code", "run_cell", "exec", "eval", "run_path")
    }
    assert runners == {
        "datalens_core/sandbox/client.py",  # the SDK's run_code
        "datalens_core/sandbox/embedded/shell.py",  # inside, after confinement or in the warm-up
    }


def test_processes_are_started_for_isolation_alone() -> None:
    starters = {
        path.name
        for path, tree in trees(CORE / "sandbox")
        for node in ast.walk(tree)
        if called(node).endswith(("Popen", "create_subprocess_exec", "os.fork", "os.system"))
        or called(node).startswith(("subprocess.run", "os.exec", "os.spawn", "os.posix_spawn"))
    }
    assert starters == {
        "broker.py",  # the zygote
        "zygote.py",  # its children
        "endpoints.py",  # the server
        "attempts.py",  # what the self-test tries, in a box
    }
