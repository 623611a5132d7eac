"""How a kernel finds its server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datalens_jupyter.client import Address, NoServer, find_server


def test_variables_of_ours_come_first() -> None:
    env = {
        "DATALENS_SERVER_URL": "https://far.example/base/",
        "DATALENS_SERVER_TOKEN": "t",
        "JPY_PARENT_PID": "1",
    }
    assert find_server(env) == Address("https://far.example/base/", "t")


def test_the_server_that_started_the_kernel_is_found_by_its_process(tmp_path: Path) -> None:
    runtime_file = tmp_path / "jpserver-42.json"
    runtime_file.write_text(json.dumps({"url": "http://localhost:1/", "token": "secret"}))
    found = find_server({"JPY_PARENT_PID": "42"}, tmp_path)
    assert found == Address("http://localhost:1/", "secret")
    assert "secret" not in repr(found)
    # On a Hub the server has no token of its own; the user's does.
    runtime_file.write_text(json.dumps({"url": "http://localhost:1/user/ada/", "token": ""}))
    env = {"JPY_PARENT_PID": "42", "JUPYTERHUB_API_TOKEN": "hub"}
    assert find_server(env, tmp_path).token == "hub"


def test_on_a_hub_without_that_file_its_variables_are_used() -> None:
    env = {"JUPYTERHUB_SERVICE_URL": "http://h:8/user/ada/", "JUPYTERHUB_API_TOKEN": "hub"}
    assert find_server(env) == Address("http://h:8/user/ada/", "hub")


def test_without_a_server_the_message_says_what_to_do() -> None:
    with pytest.raises(NoServer, match="DATALENS_SERVER_URL"):
        find_server({})
