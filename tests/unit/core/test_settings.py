"""Settings come from four layers, and never show a value that is secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datalens_core import Settings


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"MAX_FILE_SIZE_MB": 7, "DATALENS_MODEL": "from/config"}))
    return path


def test_lists_are_parted_by_commas_or_written_as_json(config_file: Path) -> None:
    env = {
        "DATALENS_PRIVACY_ENTITIES": "CREDIT_CARD, US_SSN=0.6",
        "DATALENS_PRIVACY_PATTERNS": '["EMP-[0-9]{1,4}"]',
    }
    settings = Settings.from_env(env, config_file=config_file)
    assert settings.privacy_entities == ("CREDIT_CARD", "US_SSN=0.6")
    assert settings.privacy_patterns == ("EMP-[0-9]{1,4}",)


def test_environment_wins_over_the_config_file_and_traitlets_over_both(config_file: Path) -> None:
    env = {"DATALENS_MODEL": "from/env", "MAX_RETRY_ATTEMPTS": "1"}
    settings = Settings.from_env(env, config_file=config_file, traitlets={"max_retry_attempts": 2})
    assert settings.max_file_size_mb == 7
    assert settings.model == "from/env"
    assert settings.max_retry_attempts == 2
    assert settings.sources == {
        "max_file_size_mb": "config file",
        "model": "environment",
        "max_retry_attempts": "traitlets",
    }


def test_a_bad_value_is_named_with_its_source_and_not_repeated(config_file: Path) -> None:
    with pytest.raises(ValueError, match=r"max_file_size_mb \(environment\)") as caught:
        Settings.from_env({"MAX_FILE_SIZE_MB": "sk-or-v1-oops"}, config_file=config_file)
    assert "sk-or-v1-oops" not in str(caught.value)


def test_a_config_file_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "config.json"
    broken.write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        Settings.from_env({}, config_file=broken)


def test_no_representation_of_settings_holds_a_key() -> None:
    settings = Settings.from_env({"OPENROUTER_API_KEY": "sk-or-v1-secret", "E2B_API_KEY": "e2b_x"})
    assert settings.secrets() == ["sk-or-v1-secret", "e2b_x"]
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "sk-or-v1-secret" not in shown
        assert "e2b_x" not in shown


def test_rate_limits_apply_by_default_only_where_cost_is_shared() -> None:
    assert Settings.offline().executions_per_hour == 0
    assert Settings.from_env({"E2B_API_KEY": "k"}).executions_per_hour == 50
    assert Settings.from_env({"RATE_LIMIT_EXECUTIONS_PER_HOUR": "5"}).executions_per_hour == 5


def test_without_services_keeps_the_rest_and_who_set_it() -> None:
    everything = {
        "OPENROUTER_API_KEY": "k",
        "DATALENS_MODEL": "some/model",
        "DATALENS_PROFILING_MODEL": "some/other",
        "DATALENS_LLM_BASE_URL": "http://127.0.0.1:9/v1",
        "E2B_API_KEY": "k",
        "E2B_DOMAIN": "e2b.example",
        "SUPABASE_URL": "https://supabase.example",
        "SUPABASE_ANON_KEY": "k",
    }
    kept = {"MAX_FILE_SIZE_MB": "7", "DATALENS_DATA_DIR": "/chosen", "LOG_LEVEL": "error"}
    settings = Settings.from_env(everything | kept).without_services()
    assert settings == Settings.from_env(kept)
    assert settings.uses_offline_analyst
    assert settings.uses_embedded_sandbox
    assert settings.secrets() == []


def test_a_log_level_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"log_level \(environment\)"):
        Settings.from_env({"LOG_LEVEL": "loud"})


@pytest.mark.parametrize("content", [None, b"\xff\xfe{"])
def test_a_config_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "config.json"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read"):
        Settings.from_env({}, config_file=path)
