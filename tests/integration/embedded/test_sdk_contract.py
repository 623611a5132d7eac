"""The unmodified E2B SDK, synchronous and asynchronous, meets what it expects."""

from __future__ import annotations

import asyncio
import io
import time
from typing import Any

import pytest
from e2b.exceptions import (
    FileNotFoundException,
    InvalidArgumentException,
    NotFoundException,
    SandboxException,
    SandboxNotFoundException,
)


def test_a_sandbox_lives_from_create_to_kill(server: Any) -> None:
    sdk = server.sdk()
    sandbox = sdk.Sandbox.create(timeout=60, metadata={"session": "s1"})
    assert sandbox.is_running()
    listed = sdk.Sandbox.list(query=None).next_items()
    assert sandbox.sandbox_id in [info.sandbox_id for info in listed]
    assert sandbox.get_info().metadata == {"session": "s1"}
    assert sandbox.kill() is True
    assert sandbox.is_running() is False
    assert sandbox.kill() is False


def test_a_second_client_connects_to_a_sandbox(server: Any, sandbox: Any) -> None:
    sandbox.run_code("x = 5")
    assert server.sdk().Sandbox.connect(sandbox.sandbox_id).run_code("x").text == "5"
    with pytest.raises(SandboxNotFoundException):
        server.sdk().Sandbox.connect("inothing")


def test_a_sandbox_ends_when_its_time_is_over(server: Any) -> None:
    sandbox = server.sdk().Sandbox.create(timeout=60)
    sandbox.set_timeout(1)
    deadline = time.monotonic() + 10
    while sandbox.is_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not sandbox.is_running()


def test_connecting_never_shortens_a_sandboxs_life(server: Any, sandbox: Any) -> None:
    before = sandbox.get_info().end_at
    server.sdk().Sandbox.connect(sandbox.sandbox_id, timeout=1)
    assert sandbox.get_info().end_at == before


def test_pausing_is_answered_no(sandbox: Any) -> None:
    assert sandbox.pause() is False
    assert sandbox.is_running()


def test_files_go_in_and_out_whole(sandbox: Any) -> None:
    data = bytes(range(256)) * 40_000
    assert sandbox.files.write("small.txt", "naïve\r\n--text").path == "/home/user/small.txt"
    assert sandbox.files.read("/home/user/small.txt") == "naïve\r\n--text"
    sandbox.files.write("deep/er/big.bin", io.BytesIO(data))
    assert bytes(sandbox.files.read("deep/er/big.bin", format="bytes")) == data
    assert b"".join(sandbox.files.read("deep/er/big.bin", format="stream")) == data
    sandbox.files.write("zipped.bin", data, gzip=True)
    assert bytes(sandbox.files.read("zipped.bin", format="bytes")) == data
    assert sandbox.run_code("len(open('/home/user/zipped.bin', 'rb').read())").text == str(
        len(data)
    )


def test_several_files_are_written_in_one_request(sandbox: Any) -> None:
    written = sandbox.files.write_files(
        [{"path": "a.txt", "data": "A"}, {"path": "/home/user/b/ü.txt", "data": b"B"}]
    )
    assert [info.path for info in written] == ["/home/user/a.txt", "/home/user/b/ü.txt"]
    assert sandbox.files.read("b/ü.txt") == "B"


def test_code_can_change_and_delete_what_was_uploaded(sandbox: Any) -> None:
    sandbox.files.write("data.csv", "a\n1\n")
    sandbox.files.make_dir("folder")
    execution = sandbox.run_code(
        "open('data.csv', 'a').write('2\\n'); open('folder/x', 'w').close()\n"
        "import os; os.rename('data.csv', 'folder/moved.csv')"
    )
    assert execution.error is None
    assert sandbox.files.read("folder/moved.csv") == "a\n1\n2\n"


def test_the_file_system_is_told_as_it_is(sandbox: Any) -> None:
    sandbox.run_code(
        "import os; os.mkdir('d'); open('d/f.txt', 'w').write('12345'); os.symlink('d', 'l')"
    )
    found = {entry.path: entry for entry in sandbox.files.list("/home/user", depth=2)}
    assert found["/home/user/d/f.txt"].size == 5
    assert found["/home/user/d"].type.value == "dir"
    assert found["/home/user/l"].type.value not in ("dir", "file")
    assert sandbox.files.exists("d/f.txt")
    assert not sandbox.files.exists("nothing")
    assert sandbox.files.rename("d/f.txt", "d/g.txt").name == "g.txt"
    assert sandbox.files.make_dir("d") is False
    sandbox.files.remove("d")
    assert not sandbox.files.exists("d")
    with pytest.raises(FileNotFoundException):
        sandbox.files.read("d/g.txt")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "/home/user/../../etc/passwd", "/home/users/x"]
)
def test_nothing_but_the_home_can_be_named(sandbox: Any, path: str) -> None:
    with pytest.raises(InvalidArgumentException):
        sandbox.files.read(path)
    with pytest.raises(InvalidArgumentException):
        sandbox.files.write(path, "x")
    with pytest.raises(InvalidArgumentException):
        sandbox.files.list(path)


def test_commands_are_answered_clearly(sandbox: Any) -> None:
    with pytest.raises(SandboxException, match="not available in the embedded sandbox"):
        sandbox.commands.run("ls")


def test_contexts_share_files_and_not_variables(sandbox: Any) -> None:
    context = sandbox.create_code_context(cwd="/home/user")
    sandbox.run_code("x = 'default'; open('shared', 'w').write('seen')")
    sandbox.run_code("x = 'other'", context=context)
    assert sandbox.run_code("x").text == "'default'"
    assert sandbox.run_code("open('shared').read() + x", context=context).text == "'seenother'"
    assert len(sandbox.list_code_contexts()) == 2
    sandbox.remove_code_context(context)
    assert len(sandbox.list_code_contexts()) == 1
    with pytest.raises(NotFoundException):
        sandbox.run_code("x", context=context)


def test_a_restarted_context_keeps_files_and_forgets_variables(sandbox: Any) -> None:
    (default,) = sandbox.list_code_contexts()
    sandbox.run_code("x = 1; open('kept', 'w').write('yes')")
    sandbox.restart_code_context(default)
    assert sandbox.run_code("x").error.name == "NameError"
    assert sandbox.run_code("open('kept').read()").text == "'yes'"
    assert sandbox.is_running()


def test_other_languages_are_refused(sandbox: Any) -> None:
    with pytest.raises(SandboxException, match="Python only"):
        sandbox.run_code("console.log(1)", language="javascript")


def test_environment_is_set_for_a_sandbox_or_for_one_cell(server: Any) -> None:
    sandbox = server.sdk().Sandbox.create(timeout=60, envs={"KEPT": "always"})
    try:
        read = "import os; (os.environ.get('KEPT'), os.environ.get('ONCE'))"
        assert sandbox.run_code(read, envs={"ONCE": "now"}).text == "('always', 'now')"
        assert sandbox.run_code(read).text == "('always', None)"
    finally:
        sandbox.kill()


async def test_the_asynchronous_sdk_streams_output_as_it_comes(server: Any) -> None:
    sandbox = await server.sdk().AsyncSandbox.create(timeout=60)
    try:
        seen: list[tuple[str, float]] = []
        started = time.monotonic()
        execution = await sandbox.run_code(
            "import time\nprint('first', flush=True)\ntime.sleep(1)\nprint('second')\n6 * 7",
            on_stdout=lambda message: seen.append((message.line, time.monotonic() - started)),
        )
        assert execution.text == "42"
        assert [line for line, _ in seen] == ["first\n", "second\n"]
        assert seen[0][1] < 0.8
        await sandbox.files.write("x.txt", "hello")
        assert await sandbox.files.read("x.txt") == "hello"
    finally:
        assert await sandbox.kill()


async def test_sandboxes_work_side_by_side(server: Any) -> None:
    sdk = server.sdk()
    sandboxes = await asyncio.gather(*(sdk.AsyncSandbox.create(timeout=60) for _ in range(4)))
    started = time.monotonic()
    await asyncio.gather(*(s.run_code("import time; time.sleep(1)") for s in sandboxes))
    assert time.monotonic() - started < 3
    await asyncio.gather(*(s.kill() for s in sandboxes))
