"""Every event is in the journal before anybody sees it, and stays there."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from datalens_core.events import UNREADABLE, Notice, RunCompleted, RunStarted
from datalens_core.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "data")


def test_seq_counts_from_one_without_gaps_in_each_run(journal: Journal) -> None:
    for run in ("a", "b"):
        journal.begin(run, "s", "ada")
    order = ["a", "b", "a", "a", "b"]
    assert [journal.append(r, Notice(text=r)).seq for r in order] == [1, 1, 2, 3, 2]


def test_a_reader_gets_the_events_after_the_last_one_it_saw(journal: Journal) -> None:
    journal.begin("a", "s", "ada")
    for text in "xyz":
        journal.append("a", Notice(text=text))
    assert [e.seq for e in journal.read("a", after=1)] == [2, 3]


def test_an_entry_knows_its_session_and_its_place(journal: Journal) -> None:
    journal.begin("a", "one", "ada")
    journal.begin("b", "two", "ada")
    journal.append("a", Notice(text="1"))
    journal.append("b", Notice(text="2"))
    entries = journal.since(0)
    assert [e.session_id for e in entries] == ["one", "two"]
    assert journal.since(entries[0].position)[0].event.run_id == "b"


def test_forgetting_a_session_leaves_the_others(journal: Journal) -> None:
    for run, session in (("a", "one"), ("b", "two")):
        journal.begin(run, session, "ada")
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
        f"j = Journal(Path({str(tmp_path)!r})); j.begin('r', 's', 'ada')\n"
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
    first.begin("r", "s", "ada")
    first.append("r", RunStarted(session_id="s", query="q"))
    first.append("r", RunCompleted())
    first.close()
    assert Journal(tmp_path).cut_off() == []


def test_events_of_another_version_are_read_as_far_as_they_are_known(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("r", "s", "ada")
    for text in ("one", "two", "three"):
        journal.append("r", Notice(text=text))
    newer = [
        '{"type": "notice", "seq": 1, "run_id": "r", "text": "one", "colour": "red"}',
        '{"type": "thought.shared", "seq": 2, "run_id": "r", "text": "two"}',
        '{"type": "notice", "seq": 3',
    ]
    with sqlite3.connect(tmp_path / "journal.db") as other:
        for seq, body in enumerate(newer, 1):
            other.execute("update events set body = ? where seq = ?", (body, seq))
    first, second, third = journal.read("r")
    assert isinstance(first, Notice)
    assert first.text == "one"
    assert [e.seq for e in (first, second, third)] == [1, 2, 3]
    assert second.model_dump()["text"] == third.model_dump()["text"] == UNREADABLE
    assert [entry.event.seq for entry in journal.since(0)] == [1, 2, 3]
