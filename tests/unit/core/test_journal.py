"""Every event is in the journal before anybody sees it, and stays there."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from datalens_core.events import Notice, RunCompleted, RunStarted
from datalens_core.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "data")


def test_seq_counts_from_one_without_gaps_in_each_run(journal: Journal) -> None:
    for run in ("a", "b"):
        journal.begin(run, "s")
    order = ["a", "b", "a", "a", "b"]
    assert [journal.append(r, Notice(text=r)).seq for r in order] == [1, 1, 2, 3, 2]


def test_a_reader_gets_the_events_after_the_last_one_it_saw(journal: Journal) -> None:
    journal.begin("a", "s")
    for text in "xyz":
        journal.append("a", Notice(text=text))
    assert [e.seq for e in journal.read("a", after=1)] == [2, 3]


def test_an_entry_knows_its_session_and_its_place(journal: Journal) -> None:
    journal.begin("a", "one")
    journal.begin("b", "two")
    journal.append("a", Notice(text="1"))
    journal.append("b", Notice(text="2"))
    entries = journal.since(0)
    assert [e.session_id for e in entries] == ["one", "two"]
    assert journal.since(entries[0].position)[0].event.run_id == "b"


def test_forgetting_a_session_leaves_the_others(journal: Journal) -> None:
    for run, session in (("a", "one"), ("b", "two")):
        journal.begin(run, session)
        journal.append(run, Notice(text="x"))
    journal.forget("one")
    assert journal.session_of("a") is None
    assert [e.session_id for e in journal.since(0)] == ["two"]


def test_folder_and_file_are_the_users_alone(journal: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "journal.db").stat().st_mode) == 0o600


def test_a_run_of_a_killed_process_is_found_with_all_its_events(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from datalens_core.journal import Journal; from datalens_core.events import *\n"
        f"j = Journal(Path({str(tmp_path)!r})); j.begin('r', 's')\n"
        "j.append('r', RunStarted(session_id='s', query='q'))\n"
        "for n in range(50): j.append('r', Notice(text=str(n)))\n"
        "print('written', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        journal = Journal(tmp_path)
        assert journal.cut_off() == []  # its process lives
        os.kill(other.pid, signal.SIGKILL)
    assert journal.cut_off() == ["r"]
    assert [e.seq for e in journal.read("r")] == list(range(1, 52))


def test_a_finished_run_was_not_cut_off(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    first.begin("r", "s")
    first.append("r", RunStarted(session_id="s", query="q"))
    first.append("r", RunCompleted())
    first.close()
    assert Journal(tmp_path).cut_off() == []
