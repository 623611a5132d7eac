"""Time, output and disk are bounded; what happens then is said."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest


def test_an_endless_loop_ends_at_the_limit_and_variables_stay(quick_sandbox: Any) -> None:
    quick_sandbox.run_code("kept = 1")
    started = time.monotonic()
    execution = quick_sandbox.run_code("while True: pass")
    assert 1.5 < time.monotonic() - started < 6
    assert execution.error.name == "ExecutionTimeout"
    assert execution.error.value == "Execution exceeded 2 second timeout."
    assert quick_sandbox.run_code("kept").text == "1"


def test_waiting_ends_at_the_limit_too(quick_sandbox: Any) -> None:
    assert quick_sandbox.run_code("import time; time.sleep(60)").error.name == "ExecutionTimeout"


@pytest.mark.parametrize(
    "code",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import signal as s; s.pthread_sigmask(s.SIG_BLOCK, {s.SIGINT})\nwhile True: pass",
        "sum(range(10 ** 13))",
    ],
    ids=["ignored signal", "blocked signal", "endless loop in C"],
)
def test_code_that_will_not_stop_costs_its_sandbox(quick_server: Any, code: str) -> None:
    sandbox = quick_server.sdk().Sandbox.create(timeout=60)
    started = time.monotonic()
    execution = sandbox.run_code(code)
    assert time.monotonic() - started < 12
    assert execution.error.name == "SandboxDied"
    assert not sandbox.is_running()


async def test_a_client_that_goes_away_stops_its_code_and_keeps_the_variables(server: Any) -> None:
    sandbox = await server.sdk().AsyncSandbox.create(timeout=60)
    try:
        running = asyncio.create_task(
            sandbox.run_code("kept = 1\nimport time\nfor i in range(600): time.sleep(0.1)")
        )
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        started = time.monotonic()
        execution = await sandbox.run_code("(kept, i < 599)")
        assert execution.text == "(1, True)"
        assert time.monotonic() - started < 3
    finally:
        await sandbox.kill()


def test_a_hundred_megabytes_of_printing_are_cut_and_said(sandbox: Any) -> None:
    execution = sandbox.run_code("for _ in range(100): print('x' * 1_000_000)")
    text = "".join(execution.logs.stdout)
    assert execution.error is None
    assert len(text) < 1_100_000
    assert text.endswith("[output truncated after 1,000,000 characters]\n")
    assert sandbox.run_code("print('again')").logs.stdout == ["again\n"]


def test_the_server_cuts_what_a_box_sends_past_its_own_limit(sandbox: Any) -> None:
    execution = sandbox.run_code(
        "import os, json\n"
        "body = json.dumps({'type': 'stdout', 'text': 'x' * 1_000_000}).encode()\n"
        "for _ in range(100):\n"
        "    frame = len(body).to_bytes(4, 'big') + body\n"
        "    while frame: frame = frame[os.write(3, frame):]\n"
    )
    assert len("".join(execution.logs.stdout)) <= 1_250_000
    assert "truncated" in "".join(execution.logs.stderr)


def test_a_flood_ends_its_sandbox(server: Any) -> None:
    sandbox = server.sdk().Sandbox.create(timeout=60)
    execution = sandbox.run_code(
        "import os\n"
        "frame = (2).to_bytes(4, 'big') + b'{}'\n"
        "while True: os.write(3, (8_000_000).to_bytes(4, 'big') + b' ' * 7_999_998 + b'{}')"
    )
    assert execution.error.name == "SandboxDied"
    sandbox.kill()


def test_a_huge_result_is_left_out_and_said(sandbox: Any) -> None:
    execution = sandbox.run_code(
        "from IPython.display import display, HTML; HTML('x' * 60_000_000)"
    )
    assert all(result.html is None for result in execution.results)
    assert "left out" in "".join(execution.logs.stderr)


def test_results_that_are_small_to_send_and_large_to_hold_are_left_out_and_said(
    sandbox: Any,
) -> None:
    execution = sandbox.run_code(
        "from IPython.display import display\n"
        "display({'application/json': [[]] * 400_000, 'text/plain': 'nested'}, raw=True)"
    )
    (result,) = execution.results
    assert (result.text, result.json) == ("nested", None)
    assert "left out" in "".join(execution.logs.stderr)


def test_a_box_that_ends_by_itself_is_reported(server: Any) -> None:
    for code in ("import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)"):
        sandbox = server.sdk().Sandbox.create(timeout=60)
        execution = sandbox.run_code(f"print('before', flush=True)\n{code}")
        assert "".join(execution.logs.stdout) == "before\n"
        assert execution.error.name == "SandboxDied"
        assert not sandbox.is_running()


def test_filling_the_disk_ends_the_sandbox_and_no_other(server: Any, sandbox: Any) -> None:
    hungry = server.sdk().Sandbox.create(timeout=60)
    execution = hungry.run_code(
        "import time\nfor i in range(40):\n"
        "    with open(f'f{i}', 'wb') as f:\n"
        "        for _ in range(10): f.write(bytes(10_000_000)); time.sleep(0.02)\n"
    )
    assert execution.error.name == "SandboxDied"
    assert "disk" in execution.error.value
    sandbox.files.write("x", "still room")
    assert sandbox.files.read("x") == "still room"


def test_a_deep_tree_is_deleted_with_its_sandbox(server: Any) -> None:
    sandbox = server.sdk().Sandbox.create(timeout=60)
    made = sandbox.run_code(
        "import os\nfor i in range(3000):\n    os.mkdir('d', 0 if i == 2999 else 0o700)\n"
        "    if i < 2999: os.chdir('d')\ni"
    )
    assert made.text == "2999" or made.error.name == "SandboxDied"
    sandbox.kill()
    assert not sandbox.is_running()
