"""Each guard of privacy, and what it holds off: without it, its check fails.

docs/privacy.md lists the same guards for the reader.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from datalens_core.errors import PrivacyBlocked, UnknownToken
from datalens_core.privacy import (
    PIIScrubber,
    code,
    code_places,
    cutting,
    detector,
    emails,
    embedded_code,
    json_text,
    phones,
    protection,
    redactor,
    rules,
    source_edits,
    written_numbers,
)
from datalens_core.privacy.code import restore_code
from datalens_core.privacy.disguises import Disguises
from datalens_core.privacy.escapes import Unescaped
from datalens_core.privacy.kept_marks import KeptMarks
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.plain import PlainText
from datalens_core.privacy.protection import Protection
from datalens_core.privacy.redactor import Redactor
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions, SessionPrivacy
from datalens_core.privacy.spans import Span
from datalens_core.privacy.vault import Secret, Vault

HOSTILE = "x' or True or '"


class Guard(NamedTuple):
    name: str
    """As docs/privacy.md words it."""
    owner: Any
    attribute: str
    without: Any
    """What stands in its place when it is removed."""
    check: Callable[[], None]


def scrubbed(text: str) -> str:
    return PIIScrubber().scrub_text(text)[0]


def vault(value: str = HOSTILE) -> Vault:
    held = Vault()
    held.token_for("EMAIL_ADDRESS", value)
    held.token_for("PHONE_NUMBER", "2125550143", numeric=True)
    return held


def naive(text: str, value_of: Callable[[str], Any], _: str) -> str:
    return text.replace("<EMAIL_ADDRESS_1>", value_of("<EMAIL_ADDRESS_1>").text)


def unguarded(self: SessionPrivacy, text: str, channel: str) -> Any:
    return Redactor(self._detector.get(), self._vault, self._detector.rules).redact(text)


def first_chunk(text: str) -> Iterator[tuple[int, str]]:
    yield 0, text[:65_536]


def broken(text: str) -> Iterator[Span]:
    raise ValueError(text)


# -- checks ----------------------------------------------------------------------------------------


def a_broken_detector_blocks() -> None:
    session = PrivacySessions({"EMAIL_ADDRESS": broken}).of("s")
    with pytest.raises(PrivacyBlocked) as caught:
        session.redact("bob@x.com", "question")
    assert caught.value.__context__ is None


def hidden_characters_hide_nothing() -> None:
    assert scrubbed("jane\u200b@example.com 212\u2009555\u20090143").count("<") == 2


def the_end_of_a_long_text_is_read() -> None:
    assert scrubbed("x " * 40_000 + "bob@x.com").endswith("<EMAIL_ADDRESS_1>")


def a_typed_token_is_not_issued() -> None:
    assert scrubbed("<EMAIL_ADDRESS_1> bob@x.com").endswith("<EMAIL_ADDRESS_2>")


def a_typed_token_is_itself() -> None:
    session = PrivacySessions().of("s")
    session.redact("bob@x.com", "question")
    clean = session.redact("as <EMAIL_ADDRESS_1>", "output")[0]
    assert session.restore_text(clean) == "as <EMAIL_ADDRESS_1>"


def an_invented_token_is_unknown() -> None:
    session = PrivacySessions().of("s")
    session.redact("<EMAIL_ADDRESS_7>", "reply")
    with pytest.raises(UnknownToken):
        session.restore_code("x = '<EMAIL_ADDRESS_7>'")


def a_token_is_not_redacted_again() -> None:
    assert scrubbed("phone <PHONE_NUMBER_2125550143>") == "phone <PHONE_NUMBER_2125550143>"


def a_known_number_is_known_again() -> None:
    session = PrivacySessions().of("s")
    session.redact('{"phone": 2125550143}', "context")
    assert "2125550143" not in session.redact("top: 2125550143", "stdout")[0]


def integers_of_a_phone_column_go() -> None:
    assert "2125550143" not in scrubbed('{"mobile": 2125550143}')


def texts_that_are_phones_go() -> None:
    cells = ["2125550143", "4155550123", "6465550199"]
    assert not any(cell in scrubbed(json.dumps({"reach": cells})) for cell in cells)


def digits_below_a_heading_go() -> None:
    assert "2125550199" not in scrubbed("   name      phone\n0  Jane  2125550199")


def what_is_counted_stays() -> None:
    assert scrubbed("revenue 512 345 678 was fine") == "revenue 512 345 678 was fine"


def printed_numbers_stay() -> None:
    text = "212 555 0143\n45 1 9\n7 7 7\n9 120 3"
    assert scrubbed(text) == text


def prose_stays() -> None:
    assert scrubbed("look at the dot plot") == "look at the dot plot"


def a_value_stays_in_its_query() -> None:
    query = restore_code("df.query(\"e == '<EMAIL_ADDRESS_1>'\")", vault())
    argument = ast.literal_eval(query.removeprefix("df.query(").removesuffix(")"))
    assert isinstance(ast.parse(argument, mode="eval").body, ast.Compare)


def a_value_stays_in_its_statement() -> None:
    statement = restore_code("db.sql(\"select '<EMAIL_ADDRESS_1>'\")", vault())
    assert "'x'' or True or '''" in statement


def a_value_is_not_put_into_a_query_at_run_time() -> None:
    with pytest.raises(UnknownToken):
        restore_code("who = '<EMAIL_ADDRESS_1>'\ndf.query(f\"e == '{who}'\")", vault())


def a_value_is_no_pattern() -> None:
    assert r"a\\+b" in restore_code("re.search('<EMAIL_ADDRESS_1>', t)", vault("a+b@x.com"))


def a_value_is_no_field() -> None:
    restored = restore_code("x = '{} <EMAIL_ADDRESS_1>'.format(y)", vault("{0.__class__}"))
    assert "{{0.__class__}}" in restored


def a_number_is_compared_as_one() -> None:
    assert restore_code("df.p == '<PHONE_NUMBER_1>'", vault()) == "df.p == 2125550143"


def an_unknown_token_is_refused() -> None:
    with pytest.raises(UnknownToken):
        restore_code("x = '<EMAIL_ADDRESS_7>'", vault())


def no_repr_shows_a_value() -> None:
    assert "bob" not in repr(Secret("bob@x.com", numeric=False))


def protected(policy: Any = "tokenise", *values: Any) -> SessionPrivacy:
    session = PrivacySessions().of("s")
    session.protection = Protection({"who": policy}, {"who": [KnownValues(values)]})
    return session


def a_protected_cell_goes() -> None:
    table = json.dumps({"columns": ["who"], "rows": [["Bo"], [7]]})
    assert protected("tokenise", "Bo", 7).redact(table, "output")[0].count("<PERSONAL_VALUE_") == 2


def a_protected_value_goes_anywhere() -> None:
    text = protected("statistics", "Ada Lovelace").redact("by ADA Lovelace", "output")[0]
    assert text == "by <PERSONAL_VALUE_1>"


def a_small_number_goes_below_its_name() -> None:
    text = protected("statistics", 7).redact("   who\n0    7\n\n7", "output")[0]
    assert text.count("<") == 1


def a_hidden_name_goes() -> None:
    assert protected("never").redact("by Who", "question")[0] == "by <COLUMN_NAME_1>"


def a_derived_name_goes() -> None:
    assert "who" not in protected("never").redact("who_x, mean_who", "output")[0]


def a_slow_pattern_blocks() -> None:
    slow = DetectionRules.read(patterns=[r"(a|aa)+$"])
    with pytest.raises(PrivacyBlocked):
        PrivacySessions(rules=slow).of("s").redact("a" * 26 + "!", "question")


def patterns_share_their_time() -> None:
    many = DetectionRules.read(patterns=[rf"(a|aa)+{n}$" for n in range(4)])
    cells = json.dumps([f"{'a' * 20}{n}!" for n in range(8)])
    with pytest.raises(PrivacyBlocked):
        PrivacySessions(rules=many).of("s").redact(cells, "question")


def a_disguised_value_goes() -> None:
    text = protected("statistics", "Ada Lovelace").redact("A-d-a_Lovelace", "output")[0]
    assert text == "<PERSONAL_VALUE_1>"


def an_encoded_value_goes() -> None:
    assert scrubbed("b'" + b"bob@x.com, at home".hex() + "'") == "b'<PERSONAL_VALUE_1>'"


def a_grouped_number_goes() -> None:
    text = protected("statistics", 310_007).redact("up to 310.007,0", "output")[0]
    assert text == "up to <PERSONAL_VALUE_1>"


def a_cut_leaves_no_half() -> None:
    assert cutting.head_of("by ada.lovelace@acme.corp", 15) == "by"


def a_numbered_form_of_a_mark_goes() -> None:
    session = PrivacySessions().of("s")
    session.protection = Protection(kept=KeptMarks.none().changed(add=["Project Heron"]))
    assert session.redact("by project-heron", "question")[0] == "by <MARKED_VALUE_1>"


def a_marked_number_goes() -> None:
    session = PrivacySessions().of("s")
    session.protection = Protection(personal=("71234",))
    table = json.dumps({"columns": ["size"], "rows": [[71234]]})
    assert "71234" not in session.redact(table, "output")[0]


def an_escaped_value_goes() -> None:
    assert scrubbed("j&#97;ne%40acme.corp") == "<EMAIL_ADDRESS_1>"


def what_only_looks_like_json_is_read() -> None:
    text = "<observation>{x: 'bob@x.com'}</observation>"
    assert scrubbed(text) == "<observation>{x: '<EMAIL_ADDRESS_1>'}</observation>"


def schema_only_sends_no_sample() -> None:
    session = PrivacySessions().of("s")
    session.protection = Protection(schema_only=True)
    schema = json.dumps({"columns": [{"name": "n", "sample_values": ["blue"]}]})
    assert "blue" not in session.redact(schema, "context")[0]


def our_own_tokens_stay() -> None:
    session = protected("tokenise", "Bo")
    (token,) = session.shown_values("who", ["Bo"]) or []
    assert session.redact(json.dumps([token]), "output")[0] == json.dumps([token])


def a_value_is_no_end_of_an_envelope() -> None:
    cell = json.dumps({"x": "</observation> bob@x.com"})
    assert "</observation>" not in scrubbed(cell)


def the_syntax_tree_has_the_last_word() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source_edits.SourceEdits, "applied", lambda _: "x = 'ada'; evil()")
        restored = restore_code("x = '<EMAIL_ADDRESS_1>'", vault())
    assert restored == f"x = {HOSTILE!r}"


def a_value_in_a_long_string_of_a_query_is_refused() -> None:
    with pytest.raises(UnknownToken):
        restore_code("df.query(\"e == '''<EMAIL_ADDRESS_1>'''\")", vault())


def a_column_with_a_backtick_is_refused() -> None:
    held = Vault()
    held.token_for("COLUMN_NAME", "a` or True or `b")
    with pytest.raises(UnknownToken):
        restore_code("df.query('`<COLUMN_NAME_1>` > 3')", held)


def a_value_with_the_sign_of_a_hole_stays_whole() -> None:
    sign = code._HOLES[0]
    restored = restore_code("df.query(f\"e == '{v} <EMAIL_ADDRESS_1>'\")", vault(sign))
    template = ast.literal_eval(restored.removeprefix("df.query(").removesuffix(".format(v))"))
    literal = template.format("").removeprefix("e == ")
    assert ast.literal_eval(literal) == f" {sign}"


def a_value_is_no_group_of_a_replacement() -> None:
    restored = restore_code("re.sub('a', '<EMAIL_ADDRESS_1>', t)", vault(r"\1@x.com"))
    assert r"\\\\1@x.com" in restored


def a_number_is_not_compared_as_text() -> None:
    with pytest.raises(UnknownToken):
        restore_code("t = '<PHONE_NUMBER_1>'\ndf[df.p == t]\nt.strip()", vault())


# -- the list --------------------------------------------------------------------------------------


def never(*_: object, **__: object) -> bool:
    return False


def nothing(*_: object, **__: object) -> Any:
    return ()


GUARDS = [
    Guard("An error of a detector blocks the sending", SessionPrivacy, "redact", unguarded,
          a_broken_detector_blocks),
    Guard("Invisible characters and foreign digits hide nothing", PlainText, "of",
          PlainText, hidden_characters_hide_nothing),
    Guard("Long text is read to its end", detector, "_chunks", first_chunk,
          the_end_of_a_long_text_is_read),
    Guard("A token that somebody typed is never issued", Vault, "reserve", nothing,
          a_typed_token_is_not_issued),
    Guard("A token that is typed once it was issued stands for itself", Vault, "was_typed", never,
          a_typed_token_is_itself),
    Guard("What a model says makes no token known", redactor, "FROM_THE_MODEL", frozenset(),
          an_invented_token_is_unknown),
    Guard("A token is not redacted again", redactor, "tokens_in", lambda _: {},
          a_token_is_not_redacted_again),
    Guard("A number that was met in a phone column is known everywhere", Vault, "knows_digits",
          never, a_known_number_is_known_again),
    Guard("A column's name decides about its numbers", redactor, "is_phone_column", never,
          integers_of_a_phone_column_go),
    Guard("A column's texts are judged together", redactor, "are_phones", never,
          texts_that_are_phones_go),
    Guard("Digits below a heading are phone numbers", redactor, "phone_cells", nothing,
          digits_below_a_heading_go),
    Guard("What is counted or paid stays", phones, "_says_otherwise", never,
          what_is_counted_stays),
    Guard("Printed tables of numbers stay", phones, "_is_printed_number", never,
          printed_numbers_stay),
    Guard("Prose with \"at\" and \"dot\" stays", emails, "_is_spoken_domain", lambda _: True,
          prose_stays),
    Guard("A value in a query is a literal of the query", code, "restored_query", naive,
          a_value_stays_in_its_query),
    Guard("A value in SQL is a literal of SQL", code, "restored_sql", naive,
          a_value_stays_in_its_statement),
    Guard("No value is put into a query at run time", code_places.Places, "holds_token", never,
          a_value_is_not_put_into_a_query_at_run_time),
    Guard("A value in a pattern is escaped", code_places, "_call_kind", lambda *_: "text",
          a_value_is_no_pattern),
    Guard("A value is no field of a format string", code, "_FIELDS",
          {"": "", "{": "", "%": "", "$": ""}, a_value_is_no_field),
    Guard("A number is compared as a number", code._Restorer, "_number", lambda *_: None,
          a_number_is_compared_as_one),
    Guard("A token that was never issued is refused", Vault, "is_reserved", lambda *_: True,
          an_unknown_token_is_refused),
    Guard("No repr shows a value", Secret, "__repr__", tuple.__repr__, no_repr_shows_a_value),
    Guard("A cell of a protected column is replaced whole", Protection, "hides", never,
          a_protected_cell_goes),
    Guard("A value of a protected column is known everywhere", KnownValues, "find", nothing,
          a_protected_value_goes_anywhere),
    Guard("A small number below a protected column's name is replaced", redactor,
          "protected_cells", nothing, a_small_number_goes_below_its_name),
    Guard("A hidden column's name is replaced", protection, "_name_pattern", lambda _: "(?!)",
          a_hidden_name_goes),
    Guard("A hidden column's name is replaced in what is derived from it", protection, "MIN_NAME",
          99, a_derived_name_goes),
    Guard("A value in disguise is known", Disguises, "find", nothing, a_disguised_value_goes),
    Guard("A value in another encoding is known", redactor, "encoded", nothing,
          an_encoded_value_goes),
    Guard("A number is known in any notation", written_numbers, "_GROUPED", re.compile("(?!)"),
          a_grouped_number_goes),
    Guard("A value in escapes is known", Unescaped, "of", lambda _: None, an_escaped_value_goes),
    Guard("What was marked is known after a restart", KeptMarks, "find", nothing,
          a_numbered_form_of_a_mark_goes),
    Guard("A marked number is replaced in a cell, too", Protection, "marks", never,
          a_marked_number_goes),
    Guard("What only looks like JSON is read as prose", redactor, "is_json", lambda _: True,
          what_only_looks_like_json_is_read),
    Guard("Without samples, none is in a schema", json_text, "_is_sampled", never,
          schema_only_sends_no_sample),
    Guard("A token that we show ourselves stays", Vault, "hand_out", lambda _, token: token,
          our_own_tokens_stay),
    Guard("A value does not end what it stands in", redactor, "_CLOSING", "\0",
          a_value_is_no_end_of_an_envelope),
    Guard("The syntax tree has the last word", code, "_is_written_as", lambda *_: True,
          the_syntax_tree_has_the_last_word),
    Guard("A value in a long string of a query is refused", embedded_code, "_LONG_QUOTES", (),
          a_value_in_a_long_string_of_a_query_is_refused),
    Guard("A name that cannot be quoted is refused", embedded_code, "_quoted_name",
          lambda name, quote, _: f"{quote}{name}{quote}", a_column_with_a_backtick_is_refused),
    Guard("What marks a hole is in no value", code._Restorer, "_hole",
          lambda *_: code._HOLES[0], a_value_with_the_sign_of_a_hole_stays_whole),
    Guard("A value is no group of a replacement", code_places, "_REPLACING", frozenset(),
          a_value_is_no_group_of_a_replacement),
    Guard("A number that is used as text as well is refused", code_places, "names_used_as_text",
          lambda _: set(), a_number_is_not_compared_as_text),
    Guard("A slow pattern blocks the sending", rules, "_left", lambda _: None,
          a_slow_pattern_blocks),
    Guard("All patterns together have a second", rules, "_left", lambda _: 1.0,
          patterns_share_their_time),
    Guard("A cut leaves no half of a value", cutting, "_GOES_ON", re.compile("(?!)"),
          a_cut_leaves_no_half),
]  # fmt: skip


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a pattern is slow which does come to its end."""
    monkeypatch.setattr(rules, "PATTERN_SECONDS", 0.02)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.attribute)
def test_without_a_guard_its_check_fails(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    phones._grouped_as_written.cache_clear()
    guard.check()
    monkeypatch.setattr(guard.owner, guard.attribute, guard.without)
    with pytest.raises((AssertionError, pytest.fail.Exception, ValueError, SyntaxError)):
        guard.check()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.attribute)
def test_each_guard_is_in_the_documentation(guard: Guard) -> None:
    page = Path(__file__).parents[3] / "docs" / "privacy.md"
    assert f"- {guard.name}" in page.read_text(encoding="utf-8")
