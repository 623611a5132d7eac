"""Every public call of the SDK, synchronous and asynchronous: it works, or is answered clearly.

A call that a newer SDK adds turns the first test red until it has its line here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import e2b
import pytest
from e2b.exceptions import SandboxException
from e2b_code_interpreter import AsyncSandbox, Sandbox

Call = Callable[[Any], Any]

WORKS: dict[str, Call] = {
    "is_running": lambda box: box.is_running(),
    "get_info": lambda box: box.get_info(),
    "set_timeout": lambda box: box.set_timeout(60),
    "connect": lambda box: box.connect(),
    "list": lambda box: type(box).list(**box.connection_config.get_api_params()).next_items(),
    "list_snapshots": lambda box: box.list_snapshots().next_items(),
    "pause": lambda box: box.pause(),
    "beta_pause": lambda box: box.beta_pause(),
    "delete_snapshot": lambda box: box.delete_snapshot("none"),
    "run_code": lambda box: box.run_code("1 + 1", envs={"A": "1"}, on_stdout=print),
    "create_code_context": lambda box: box.create_code_context(cwd="/home/user"),
    "list_code_contexts": lambda box: box.list_code_contexts(),
    "files.write": lambda box: box.files.write("a.txt", "text"),
    "files.write_files": lambda box: box.files.write_files([{"path": "b.txt", "data": b"b"}]),
    "files.read": lambda box: box.files.read("a.txt"),
    "files.list": lambda box: box.files.list("."),
    "files.exists": lambda box: box.files.exists("a.txt"),
    "files.get_info": lambda box: box.files.get_info("a.txt"),
    "files.rename": lambda box: box.files.rename("a.txt", "c.txt"),
    "files.make_dir": lambda box: box.files.make_dir("folder"),
    "files.remove": lambda box: box.files.remove("c.txt"),
}
NO_COMMANDS = "Commands are not available in the embedded sandbox"
SIZE = e2b.PtySize(rows=10, cols=10)


def heard(box: Any, **handlers: Any) -> dict[str, Any]:
    """Handlers that the asynchronous SDK alone asks for."""
    return handlers if isinstance(box, AsyncSandbox) else {}


DECLINED: dict[str, tuple[Call, str]] = {
    "create_snapshot": (lambda box: box.create_snapshot(), "cannot pause or snapshot"),
    "fork": (lambda box: box.fork(), "cannot pause or snapshot"),
    "get_metrics": (lambda box: box.get_metrics(), "not available in the embedded sandbox"),
    "update_network": (
        lambda box: box.update_network({"allow_out": []}),
        "not available in the embedded sandbox",
    ),
    "files.watch_dir": (
        lambda box: box.files.watch_dir(".", **heard(box, on_event=print)),
        "not available in the embedded sandbox",
    ),
    "get_mcp_token": (lambda box: box.get_mcp_token(), "Only files in /home/user"),
    "git": (lambda box: box.git.clone("https://example.org/x.git"), NO_COMMANDS),
    "commands.run": (lambda box: box.commands.run("ls"), NO_COMMANDS),
    "commands.list": (lambda box: box.commands.list(), NO_COMMANDS),
    "commands.kill": (lambda box: box.commands.kill(1), NO_COMMANDS),
    "commands.connect": (lambda box: box.commands.connect(1), NO_COMMANDS),
    "commands.send_stdin": (lambda box: box.commands.send_stdin(1, "x"), NO_COMMANDS),
    "commands.close_stdin": (lambda box: box.commands.close_stdin(1), NO_COMMANDS),
    "pty.create": (
        lambda box: box.pty.create(size=SIZE, **heard(box, on_data=print)),
        NO_COMMANDS,
    ),
    "pty.connect": (lambda box: box.pty.connect(1, **heard(box, on_data=print)), NO_COMMANDS),
    "pty.kill": (lambda box: box.pty.kill(1), NO_COMMANDS),
    "pty.resize": (lambda box: box.pty.resize(1, SIZE), NO_COMMANDS),
    "pty.send_stdin": (lambda box: box.pty.send_stdin(1, b"x"), NO_COMMANDS),
}
# Streams of input to a command, which there is none of.
OF_COMMANDS = {"commands.stream_input", "pty.stream_input"}
# They need a context of before, or end the sandbox: `test_contexts…` and below.
ELSEWHERE = {"create", "kill", "remove_code_context", "restart_code_context"}
# They ask no server: an address, a name, a part of the SDK.
LOCAL = {
    "commands", "connection_config", "default_mcp_template", "default_sandbox_timeout",
    "default_template", "download_url", "envd_api_url", "envd_direct_url", "files", "get_host",
    "get_mcp_url", "mcp_port", "pty", "sandbox_domain", "sandbox_id", "traffic_access_token",
    "upload_url",
}  # fmt: skip


async def answered(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def public(thing: Any) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


@pytest.mark.parametrize("kind", ["Sandbox", "AsyncSandbox"])
async def test_every_call_works_or_is_declined_clearly(server: Any, kind: str) -> None:
    box = await answered(getattr(server.sdk(), kind).create(timeout=60))
    try:
        offered = public({"Sandbox": Sandbox, "AsyncSandbox": AsyncSandbox}[kind])
        for part in ("files", "commands", "pty"):
            offered |= {f"{part}.{name}" for name in public(type(getattr(box, part)))}
        assert offered == {*WORKS, *DECLINED, *OF_COMMANDS, *ELSEWHERE, *LOCAL}
        for name, call in WORKS.items():
            assert await answered(call(box)) is not NotImplemented, name
        for name, (call, sentence) in DECLINED.items():
            with pytest.raises(SandboxException) as declined:
                await answered(call(box))
            assert sentence in str(declined.value), name
        for context in await answered(box.list_code_contexts()):
            await answered(box.restart_code_context(context))
        assert (await answered(box.run_code("6 * 7"))).text == "42"
    finally:
        assert await answered(box.kill())
    assert not await answered(box.is_running())


async def test_the_asynchronous_sdk_meets_death_and_expiry(server: Any) -> None:
    sdk = server.sdk()
    dying = await sdk.AsyncSandbox.create(timeout=60)
    execution = await dying.run_code("import os; os._exit(1)")
    assert execution.error.name == "SandboxDied"
    assert not await dying.is_running()
    ending = await sdk.AsyncSandbox.create(timeout=60)
    await ending.set_timeout(0)
    for call in (ending.run_code("1"), ending.files.read("x")):
        with pytest.raises(e2b.TimeoutException, match="was not found"):
            await call


def test_working_folders_have_the_names_of_e2bs_template(server: Any) -> None:
    box = server.sdk().Sandbox.create(timeout=60)
    try:
        code = (
            "import os, pathlib\nos.makedirs('data')\nos.chdir('data')\nopen('x', 'w').close()\n"
            "print(os.getcwd(), pathlib.Path.cwd(), os.path.abspath('x'), os.getcwdb())\n"
            "print(os.listdir(os.getcwd()), os.path.expanduser('~'))"
        )
        assert "".join(box.run_code(code).logs.stdout) == (
            "/home/user/data /home/user/data /home/user/data/x b'/home/user/data'\n"
            "['x'] /home/user\n"
        )
    finally:
        box.kill()
