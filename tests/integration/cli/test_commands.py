"""The commands of the README, typed as they stand."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import plotly.data
import pytest

from datalens_core.models import DatasetSchema, QueryResult


@pytest.fixture
def tips(tmp_path: Path) -> Path:
    path = tmp_path / "tips.csv"
    plotly.data.tips().to_csv(path, index=False)
    return path


def datalens(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from datalens_core.cli import main; main()", *words],
        capture_output=True,
        text=True,
        timeout=120,
        env=clean(tmp_path) | environment,
    )


def clean(tmp_path: Path) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "TMPDIR")}
    return keep | {"HOME": str(tmp_path), "DATALENS_DATA_DIR": str(tmp_path / "data")}


def test_ask_prints_a_plan_the_code_and_the_answer(tips: Path, tmp_path: Path) -> None:
    shown = datalens(tmp_path, "ask", str(tips), "average tip by day", "--offline")
    assert shown.returncode == 0, shown.stderr
    assert "1. " in shown.stdout
    assert "groupby" in shown.stdout
    assert "3.26" in shown.stdout  # Sunday's mean, by hand
    assert "Used" not in shown.stdout  # no model, no cost


def test_ask_with_json_prints_what_the_query_call_returns(tips: Path, tmp_path: Path) -> None:
    shown = datalens(tmp_path, "ask", str(tips), "median total_bill", "--offline", "--json")
    result = QueryResult.model_validate_json(shown.stdout)
    assert result.status == "completed"
    assert result.answer is not None
    assert "17.8" in result.answer


def test_a_plan_is_approved_in_the_terminal_before_code_runs(tips: Path, tmp_path: Path) -> None:
    code = "from datalens_core.cli import main; main()"
    words = [sys.executable, "-c", code, "ask", str(tips), "median total_bill", "--offline"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        words,
        stdin=theirs,
        stdout=subprocess.PIPE,
        env=clean(tmp_path) | {"DATALENS_APPROVE_PLAN": "1"},
    ) as asked:
        assert asked.stdout is not None
        shown = b""
        while b"[Y/n]" not in shown and (piece := os.read(asked.stdout.fileno(), 4096)):
            shown += piece
        assert b"median" in shown
        assert b"df[" not in shown
        os.write(ours, b"y\n")
        rest = asked.stdout.read()
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 0
    assert b"17.8" in rest


def test_a_plan_that_nobody_can_approve_is_not_run(tips: Path, tmp_path: Path) -> None:
    words = ("ask", str(tips), "median total_bill", "--offline", "--json")
    shown = datalens(tmp_path, *words, DATALENS_APPROVE_PLAN="true")
    assert shown.returncode == 1
    assert "Nothing was run" in shown.stderr
    result = QueryResult.model_validate_json(shown.stdout)
    assert (result.status, result.executions) == ("cancelled", [])


def test_profile_prints_the_schema(tips: Path, tmp_path: Path) -> None:
    shown = datalens(tmp_path, "profile", str(tips), "--json")
    schema = DatasetSchema.model_validate_json(shown.stdout)
    assert schema.row_count == 244
    assert [c.name for c in schema.columns][:2] == ["total_bill", "tip"]


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    shown = datalens(tmp_path, "ask", "nowhere.csv", "what?")
    assert shown.returncode == 1
    assert shown.stderr == "There is no file nowhere.csv.\n"


def test_doctor_says_what_works_and_what_does_not_and_never_a_key(tmp_path: Path) -> None:
    services = {
        "OPENROUTER_API_KEY": "sk-or-v1-hidden",
        "DATALENS_LLM_BASE_URL": "http://127.0.0.1:9/v1",
    }
    shown = datalens(tmp_path, "doctor", "--json", **services)
    assert shown.returncode == 1
    findings = {f["name"]: f for f in json.loads(shown.stdout)}
    assert findings["Sandbox"]["state"] == "ok"
    assert "openrouter_api_key (environment)" in findings["Settings"]["text"]
    assert findings["Model"]["text"] == "Nothing answers at 127.0.0.1:9."
    assert "sk-or-v1-hidden" not in shown.stdout + shown.stderr


def test_doctor_finds_nothing_wrong_without_a_key(tmp_path: Path) -> None:
    shown = datalens(tmp_path, "doctor")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "· Model: Offline rules, no AI model." in shown.stdout


def test_offline_keeps_the_data_folder_and_the_limits_and_uses_no_service(
    tips: Path, tmp_path: Path
) -> None:
    services = {  # none of them answers
        "OPENROUTER_API_KEY": "sk-or-v1-hidden",
        "DATALENS_LLM_BASE_URL": "http://127.0.0.1:9/v1",
        "E2B_API_KEY": "e2b_hidden",
        "E2B_DOMAIN": "127.0.0.1:9",
    }
    chosen = {"DATALENS_DATA_DIR": str(tmp_path / "chosen"), "MAX_FILE_SIZE_MB": "1"}
    shown = datalens(
        tmp_path, "ask", str(tips), "average tip by day", "--offline", **services, **chosen
    )
    assert shown.returncode == 0, shown.stderr
    assert "3.26" in shown.stdout
    assert (tmp_path / "chosen" / "history.db").exists()
    assert not (tmp_path / ".local").exists()
    large = tmp_path / "large.csv"
    large.write_text("x\n" + "1234567\n" * 200_000)
    shown = datalens(tmp_path, "ask", str(large), "average x", "--offline", **services, **chosen)
    assert shown.returncode == 1
    assert shown.stderr == "File size exceeds 1MB limit.\n"


def test_doctor_says_what_to_do_about_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shown = datalens(tmp_path, "doctor", "--json", DATALENS_DATA_DIR=str(tmp_path / "file" / "x"))
    assert (shown.returncode, shown.stderr) == (1, "")
    findings = {f["name"]: f for f in json.loads(shown.stdout)}
    assert findings["Data folder"]["state"] == "problem"
    assert findings["Data folder"]["remedy"] == "Set DATALENS_DATA_DIR."
    assert findings["Start"]["state"] == "problem"
    assert findings["Sandbox"]["state"] == "ok"


@pytest.mark.parametrize(("file", "name"), [("history.db", "History"), ("journal.db", "Journal")])
def test_doctor_names_a_damaged_file_and_goes_on(tmp_path: Path, file: str, name: str) -> None:
    damaged = tmp_path / "data" / file
    damaged.parent.mkdir()
    damaged.write_bytes(b"no database at all" * 500)
    shown = datalens(tmp_path, "doctor")
    assert (shown.returncode, shown.stderr) == (1, "")
    assert f"✗ {name}: {damaged} is damaged.\n    Move it away" in shown.stdout
    assert "✗ Start: " in shown.stdout
    assert "✓ Sandbox: " in shown.stdout


def test_doctor_finds_a_setting_that_cannot_be_used(tmp_path: Path) -> None:
    shown = datalens(tmp_path, "doctor", MAX_FILE_SIZE_MB="sk-or-v1-hidden")
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "✗ Settings: Settings that cannot be used: max_file_size_mb (env" in shown.stdout
    assert "hidden" not in shown.stdout


def test_sandbox_serve_says_first_how_to_reach_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from datalens_core.cli import main; main()"]
    with subprocess.Popen(
        [*command, "sandbox", "serve"], stdout=subprocess.PIPE, env=clean(tmp_path)
    ) as server:
        assert server.stdout is not None
        try:
            first = json.loads(server.stdout.readline())
            assert set(first) == {"url", "api_key", "isolation"}
            from e2b_code_interpreter import E2B

            client = E2B(api_key=first["api_key"], api_url=first["url"], sandbox_url=first["url"])
            sandbox = client.Sandbox.create()
            assert sandbox.run_code("6 * 7").text == "42"
            sandbox.kill()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
