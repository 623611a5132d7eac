"""`.datalens/privacy.toml`: it tightens, it never loosens by itself, and it may be hostile."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from datalens_core.errors import InvalidRequest
from datalens_core.models import ColumnInfo, Dataset, DatasetPrivacy, DatasetSchema, LoadPlan
from datalens_core.privacy.policies import asked_in_vain, column_privacy
from datalens_core.privacy.project import PLACE, project_rules


def written(folder: Path, text: str | bytes) -> Path:
    place = folder / PLACE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def dataset(*columns: str, toml: str, folder: Path, **decided: object) -> Dataset:
    rules = project_rules(written(folder, toml), folder)
    infos = [
        ColumnInfo(name=name, dtype="str", null_count=0, unique_count=1, sample_values=["x"])
        for name in columns
    ]
    return Dataset(
        name="a.csv",
        variable="df",
        size_bytes=1,
        sha256="0",
        plan=LoadPlan(format="csv"),
        dataset_schema=DatasetSchema(columns=infos, row_count=1, sample_data=[]),
        privacy=DatasetPrivacy(project=rules, **decided),
    )


def test_a_file_tightens_by_names_and_patterns_of_columns(tmp_path: Path) -> None:
    toml = '[columns]\nsalary = "never"\n"*_ID" = "statistics"\n"p?n" = "tokenise"'
    held = dataset("Salary", "worker_id", "pin", "pan[x]", "city", toml=toml, folder=tmp_path)
    found = {c.column: (c.policy, c.source) for c in column_privacy(held, {})}
    assert found == {
        "Salary": ("never", "project"),
        "worker_id": ("statistics", "project"),
        "pin": ("tokenise", "project"),
        "pan[x]": ("send", "detected"),
        "city": ("send", "detected"),
    }


def test_what_loosens_waits_for_the_users_word(tmp_path: Path) -> None:
    toml = '[columns]\nmail = "send"\ncity = "send"'
    detected = {"mail": "tokenise", "city": "send"}
    held = dataset("mail", "city", toml=toml, folder=tmp_path)
    assert [c.policy for c in column_privacy(held, detected)] == ["tokenise", "send"]
    assert list(asked_in_vain(held, detected)) == ["mail"]
    agreed = dataset("mail", "city", toml=toml, folder=tmp_path, agreed=True)
    assert [c.policy for c in column_privacy(agreed, detected)] == ["send", "send"]


def test_a_users_word_goes_no_lower_than_the_file(tmp_path: Path) -> None:
    toml = '[columns]\npay = "statistics"'
    for chosen, policy in (("send", "statistics"), ("never", "never")):
        held = dataset("pay", toml=toml, folder=tmp_path, columns={"pay": chosen})
        assert [c.policy for c in column_privacy(held, {})] == [policy]


def test_files_of_the_folders_above_hold_too_up_to_the_root(tmp_path: Path) -> None:
    written(tmp_path, "local_only = true")
    root = written(tmp_path / "root", 'deny = ["Heron"]\n[columns]\npay = "never"')
    deep = written(root / "a" / "b", '[columns]\npay = "send"\nage = "statistics"')
    rules = project_rules(deep, root)
    assert rules.columns == {"pay": "never", "age": "statistics"}
    assert rules.deny == ["Heron"]
    assert not rules.local_only, "it lies above the root"


def test_without_a_root_a_project_ends_at_its_repository(tmp_path: Path) -> None:
    written(tmp_path, "local_only = true")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    folder = written(tmp_path / "repo", "schema_only = true")
    rules = project_rules(folder / "data")
    assert rules.schema_only
    assert not rules.local_only


def test_outside_of_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    written(tmp_path, "local_only = true")
    folder = written(tmp_path / "data", "schema_only = true")
    rules = project_rules(folder)
    assert rules.schema_only
    assert not rules.local_only, "whoever likes may have put it there"


def test_a_repository_of_somebody_else_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "local_only = true")
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "data"
    folder.mkdir()
    assert project_rules(folder).local_only
    mine = os.stat(folder).st_uid
    lstat = Path.lstat

    def of_somebody_else(path: Path) -> os.stat_result:
        found = lstat(path)
        return os.stat_result((*found[:4], mine + 1, *found[5:])) if path.name == ".git" else found

    monkeypatch.setattr(Path, "lstat", of_somebody_else)
    assert not project_rules(folder).local_only


def test_a_switch_cannot_be_turned_off(tmp_path: Path) -> None:
    rules = project_rules(written(tmp_path, "schema_only = false"), tmp_path)
    assert rules.notices == ["schema_only = false changes nothing: a project can only tighten."]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colums = 3", "it does not know colums"),
        ("columns = 3", "columns is a table"),
        ('[columns]\na = "always"', "the policy of a column is one of"),
        ("[columns]\na = 1", "the policy of a column is one of"),
        ("schema_only = 1", "schema_only is true or false"),
        ("deny = 'x'", "deny is a list"),
        ("deny = [1]", "deny holds texts"),
        (f"deny = ['{'x' * 501}']", "deny holds texts"),
        ("deny = [" + "'x'," * 501 + "]", "deny is a list of up to 500"),
        ("entities = ['SHOE_SIZE']", "Unknown entities"),
        ("patterns = ['(']", "no regular expression"),
        ("patterns = ['x*']", "would match everywhere"),
        ("phone_regions = ['Germany']", "Phone regions are two capital letters"),
        ("a = ", "it is no TOML"),
        (b"\xff\xfe\x00", "it is no TOML"),
        ("a = " + "[" * 20_000 + "]" * 20_000, "it is no TOML"),
        ("# " + "x" * 70_000, "it is larger than 64 KB"),
    ],
)
def test_a_file_that_cannot_be_read_whole_blocks(
    tmp_path: Path, text: str | bytes, reason: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        project_rules(written(tmp_path, text), tmp_path)
    assert reason in refused.value.message
    assert len(refused.value.message) < 400


def test_a_link_a_pipe_and_a_folder_are_no_such_file(tmp_path: Path) -> None:
    place = tmp_path / PLACE
    place.parent.mkdir()
    secret = tmp_path / "secret.toml"
    secret.write_text("schema_only = true")
    for make in (
        lambda: place.symlink_to(secret),
        lambda: os.mkfifo(place),
        lambda: place.symlink_to("/dev/zero"),
        lambda: place.symlink_to(tmp_path / "nothing"),
    ):
        make()
        with pytest.raises(InvalidRequest):
            project_rules(tmp_path, tmp_path)
        place.unlink()
    place.mkdir()
    with pytest.raises(InvalidRequest):
        project_rules(tmp_path, tmp_path)


def test_no_file_asks_for_nothing(tmp_path: Path) -> None:
    assert project_rules(tmp_path, tmp_path).model_dump(exclude_defaults=True) == {}


def test_a_hostile_pattern_and_a_hostile_name_take_no_time(tmp_path: Path) -> None:
    toml = f'[columns]\n"{"*a" * 200}*b" = "never"\n"*a?*?a" = "statistics"'
    began = time.process_time()
    held = dataset("a" * 400, "xab-a", toml=toml, folder=tmp_path)
    found = {c.column: c.policy for c in column_privacy(held, {})}
    assert time.process_time() - began < 1
    assert found == {"a" * 400: "statistics", "xab-a": "statistics"}


def test_a_file_behind_a_folder_that_cannot_be_entered_blocks(tmp_path: Path) -> None:
    (tmp_path / PLACE.parent).symlink_to(PLACE.parent)  # a circle: whatever is in it, nobody knows
    with pytest.raises(InvalidRequest, match="cannot be read"):
        project_rules(tmp_path, tmp_path)
