"""Names and places, found by a spaCy model: here a tiny one that knows three of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datalens_core import Settings
from datalens_core.doctor import _names
from datalens_core.errors import ServiceMisconfigured
from datalens_core.privacy.names import is_installed
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions, SessionPrivacy


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    known = {"Ada Lovelace": "PERSON", "Quelda": "PERSON", "Oslo": "GPE"}
    ruler.add_patterns([{"label": label, "pattern": f"{word}"} for word, label in known.items()])
    folder = tmp_path_factory.mktemp("model")
    pipeline.to_disk(folder)
    return str(folder)


def session(model: str, *entities: str) -> SessionPrivacy:
    return PrivacySessions(rules=DetectionRules.read(entities, language_model=model)).of("s")


def test_names_and_places_are_replaced_each_by_its_kind(model: str) -> None:
    made = session(model, "PERSON", "LOCATION")
    shown, found = made.redact("Ada Lovelace of Oslo wrote to jo@x.example", "question")
    assert shown == "<PERSON_1> of <LOCATION_1> wrote to <EMAIL_ADDRESS_1>"
    assert {r.entity_type for r in found} == {"PERSON", "LOCATION", "EMAIL_ADDRESS"}
    assert made.restore_code("x == '<PERSON_1>'") == "x == 'Ada Lovelace'"
    assert session(model, "PERSON").redact("Quelda of Oslo", "question")[0] == "<PERSON_1> of Oslo"


def test_a_threshold_above_what_the_model_is_sure_of_finds_nothing(model: str) -> None:
    text = "Ada Lovelace of Oslo"
    made = session(model, "PERSON=0.9", "LOCATION=0.85")
    assert made.redact(text, "question")[0] == "Ada Lovelace of <LOCATION_1>"


def test_a_name_that_was_met_is_known_where_no_sentence_tells_of_it(model: str) -> None:
    made = session(model, "PERSON")
    made.redact("who is Ada Lovelace?", "question")
    arguments = json.dumps({"code": "df[df.name == 'ADA_LOVELACE']"})
    assert "<PERSON_" in made.redact(arguments, "tool_arguments")[0]


def test_our_own_texts_are_not_looked_through_for_names(model: str) -> None:
    made = session(model, "PERSON")
    assert made.redact("Write as Quelda would.", "prompt")[0] == "Write as Quelda would."


def test_without_the_model_nothing_starts_and_the_doctor_says_what_to_do(model: str) -> None:
    missing = Settings(privacy_entities=("PERSON",), spacy_model="no_such_model")
    with pytest.raises(ServiceMisconfigured) as caught:
        DetectionRules.from_settings(missing)
    assert "spacy download no_such_model" in caught.value.details["reason"]
    finding = _names(missing)
    assert (finding.state, "spacy download no_such_model" in finding.remedy) == ("problem", True)
    there = _names(missing.model_copy(update={"spacy_model": model}))
    assert (there.state, is_installed(model)) == ("ok", True)
    assert _names(Settings()).state == "note"
    assert not is_installed(str(Path(model) / "none"))
