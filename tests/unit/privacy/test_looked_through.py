"""A text that went before is not looked through again, unless it may read otherwise by now."""

from __future__ import annotations

import json
from collections.abc import Iterator

from datalens_core.privacy.protection import Protection
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions
from datalens_core.privacy.spans import Span


def test_a_text_that_went_before_is_not_looked_through_again() -> None:
    looked = []

    def finder(text: str) -> Iterator[Span]:
        looked.append(text)
        return iter(())

    session = PrivacySessions({"ANYTHING": finder}).of("a")
    for _ in range(3):
        session.redact("the same rules", "prompt")
    assert looked == ["the same rules"]


def test_what_was_replaced_in_it_is_counted_each_time() -> None:
    session = PrivacySessions().of("a")
    results = [session.redact("ask ada@x.com", "question") for _ in range(3)]
    assert results[0] == results[1] == results[2]
    assert len(results[2][1]) == 1


def test_a_value_that_was_met_meanwhile_is_found_in_it() -> None:
    session = PrivacySessions().of("a")
    text = "the top customer is 2125550143"
    assert session.redact(text, "stdout") == session.redact(text, "stdout") == (text, [])
    session.redact(json.dumps({"phone": 2125550143}), "context")
    assert session.redact(text, "stdout")[0] == "the top customer is <PHONE_NUMBER_1>"


def test_a_column_that_is_protected_meanwhile_is_held_back_in_it() -> None:
    session = PrivacySessions().of("a")
    text = json.dumps({"columns": ["employee"], "rows": [["Lovelace"]]})
    assert session.redact(text, "stdout")[0] == text
    session.protection = Protection(policies={"employee": "tokenise"})
    assert "Lovelace" not in session.redact(text, "stdout")[0]
    assert session.under(Protection()).redact(text, "stdout")[0] == text
    assert "Lovelace" not in session.redact(text, "stdout")[0]


def test_rules_that_are_stricter_meanwhile_find_more_in_it() -> None:
    session = PrivacySessions().of("a")
    text = "the host is turing"
    assert session.redact(text, "stdout")[0] == text
    session.look_with(DetectionRules(deny=("turing",)))
    assert session.redact(text, "stdout")[0] != text
