"""Programs shipped to a sandbox, and the environment their server gets."""

from __future__ import annotations

import ast

import pytest

from datalens_core.sandbox.bootstrap import bootstrap_code
from datalens_core.sandbox.client import keep_loopback_direct
from datalens_core.sandbox.endpoints import server_environment
from datalens_core.sandbox.program import shipped, shipped_package
from datalens_core.settings import Settings


def test_a_shipped_program_leaves_no_name_behind() -> None:
    program = shipped_package("datalens_core.datasets.reader", "inspect('a', 'csv', {})")
    tree = ast.parse(program)
    assert [type(node).__name__ for node in tree.body] == ["FunctionDef", "Expr", "Delete"]


def test_a_hostile_argument_stays_an_argument() -> None:
    hostile = "x')\nimport os\nos._exit(1)\n('"
    program = shipped("datalens_core.sandbox", "in_sandbox", f"label({hostile!r})")
    assert [type(node).__name__ for node in ast.parse(program).body] == [
        "FunctionDef",
        "Expr",
        "Delete",
    ]


def test_the_bootstrap_names_what_generated_code_counts_on() -> None:
    bound = {
        alias.asname
        for node in ast.parse(bootstrap_code(marks_end=True, internet=False)).body
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert bound == {"np", "pd", "px", "go"}


def test_the_embedded_server_gets_no_key_and_no_python_option() -> None:
    held = {"PATH": "/bin", "OPENROUTER_API_KEY": "k", "PYTHONSTARTUP": "x", "JUPYTER_TOKEN": "t"}
    given = server_environment(Settings.offline(), held)
    assert given["PATH"] == "/bin"
    assert not {"OPENROUTER_API_KEY", "PYTHONSTARTUP", "JUPYTER_TOKEN"}.intersection(given)


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import os

    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.setenv("no_proxy", "")
    keep_loopback_direct()
    assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
