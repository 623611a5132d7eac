"""Tokens: issued in order, kept in memory, restored only if they were issued."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from datalens_core.errors import PrivacyBlocked, UnknownToken
from datalens_core.privacy import PIIScrubber
from datalens_core.privacy.session import PrivacySessions

UNKNOWN = "[an email address that is not known]"


def test_the_same_value_has_the_same_token_for_the_whole_session() -> None:
    session = PrivacySessions().of("a")
    first, _ = session.redact("bob@x.com, ada@x.com, bob@x.com", "question")
    later, _ = session.redact("ada@x.com", "stdout")
    assert first == "<EMAIL_ADDRESS_1>, <EMAIL_ADDRESS_2>, <EMAIL_ADDRESS_1>"
    assert later == "<EMAIL_ADDRESS_2>"


def test_two_sessions_share_nothing() -> None:
    sessions = PrivacySessions()
    sessions.of("a").redact("bob@x.com", "question")
    assert sessions.of("b").restore_text("<EMAIL_ADDRESS_1>") == UNKNOWN


def test_a_dropped_session_has_forgotten_its_values() -> None:
    sessions = PrivacySessions()
    sessions.of("a").redact("bob@x.com", "question")
    sessions.drop("a")
    assert sessions.of("a").restore_text("<EMAIL_ADDRESS_1>") == UNKNOWN


def test_a_token_that_somebody_typed_is_never_issued_nor_restored() -> None:
    session = PrivacySessions().of("a")
    clean, _ = session.redact("is <EMAIL_ADDRESS_1> the same as bob@x.com?", "question")
    assert clean == "is <EMAIL_ADDRESS_1> the same as <EMAIL_ADDRESS_2>?"
    assert session.restore_text(clean) == "is <EMAIL_ADDRESS_1> the same as bob@x.com?"
    assert session.restore_code("x = '<EMAIL_ADDRESS_1>'") == "x = '<EMAIL_ADDRESS_1>'"


def test_a_token_that_is_typed_after_it_was_issued_stands_for_itself() -> None:
    session = PrivacySessions().of("a")
    session.redact("bob@x.com", "question")
    cell = json.dumps({"note": "see <EMAIL_ADDRESS_1>, or bob@x.com"})
    clean, _ = session.redact(cell, "output")
    assert json.loads(clean)["note"] == "see <PERSONAL_VALUE_1>, or <EMAIL_ADDRESS_1>"
    assert session.restore_text(clean) == cell
    assert session.restore_code("x = '<PERSONAL_VALUE_1>'") == "x = '<EMAIL_ADDRESS_1>'"
    echo, _ = session.redact("x = '<EMAIL_ADDRESS_1>'", "tool_arguments")
    assert echo == "x = '<PERSONAL_VALUE_1>'"


def test_a_token_that_is_typed_in_another_way_stands_for_itself_too() -> None:
    session = PrivacySessions().of("a")
    early = "<email_address_1> bob@x.com <EMAIL_ADDRESS_1>"
    assert session.restore_text(session.redact(early, "question")[0]) == early
    late = "&lt;EMAIL_ADDRESS_2&gt; or <email_address_2>"
    assert session.restore_text(session.redact(late, "output")[0]) == late


def test_a_token_that_a_model_invented_is_nobodys() -> None:
    session = PrivacySessions().of("a")
    session.redact("df[df.e == '<EMAIL_ADDRESS_9>'", "tool_arguments")
    session.redact("it is <EMAIL_ADDRESS_9>", "reply")
    with pytest.raises(UnknownToken):
        session.restore_code("x = '<EMAIL_ADDRESS_9>'")
    shown = session.restore_text("<EMAIL_ADDRESS_9> of <COLUMN_NAME_2>, <MARKED_VALUE_3>.")
    assert shown == f"{UNKNOWN} of [a column that is not known], [a value that is not known]."


@pytest.mark.parametrize(
    "written",
    ["<EMAIL_ADDRESS_1>", "`<EMAIL_ADDRESS_1>`", "<email_address_1>", "<EMAIL\\_ADDRESS\\_1>",
     "\\<EMAIL_ADDRESS_1\\>", "&lt;EMAIL_ADDRESS_1&gt;"],
)  # fmt: skip
def test_a_reader_sees_the_value_however_the_model_wrote_its_token(written: str) -> None:
    session = PrivacySessions().of("a")
    session.redact("bob@x.com", "question")
    assert session.restore_text(f"by {written}.").replace("`", "") == "by bob@x.com."
    # Of a column that is called so nothing is known.
    assert session.restore_text("EMAIL_ADDRESS_1") == "EMAIL_ADDRESS_1"


def test_the_eleventh_token_is_not_the_first_and_a_one() -> None:
    session = PrivacySessions().of("a")
    session.redact(" ".join(f"u{n}@x.com" for n in range(11)), "stdout")
    assert session.restore_text("<EMAIL_ADDRESS_11> <EMAIL_ADDRESS_1>") == "u10@x.com u0@x.com"


def test_a_value_that_looks_like_a_token_is_restored_once() -> None:
    session = PrivacySessions().of("a")
    session.redact("<EMAIL_ADDRESS_1> bob@x.com", "stdout")
    assert session.restore_text("<EMAIL_ADDRESS_2>") == "bob@x.com"


def test_a_number_that_was_met_in_a_phone_column_is_known_wherever_it_turns_up() -> None:
    session = PrivacySessions().of("a")
    session.redact(json.dumps({"phone": 2125550143}), "context")
    clean, _ = session.redact("the top customer is 2125550143", "stdout")
    assert clean == "the top customer is <PHONE_NUMBER_1>"


def test_a_number_typed_with_hyphens_finds_the_integer_of_the_data() -> None:
    session = PrivacySessions().of("a")
    session.redact(json.dumps({"phone": 2125550143}), "context")
    clean, _ = session.redact("who is 212-555-0143?", "question")
    assert clean == "who is <PHONE_NUMBER_2>?"
    assert session.restore_code("df.phone == '<PHONE_NUMBER_2>'") == "df.phone == 2125550143"
    assert session.restore_text(clean) == "who is 212-555-0143?"


def test_a_number_that_another_column_holds_as_text_is_compared_as_each_holds_it() -> None:
    session = PrivacySessions().of("a")
    session.redact(json.dumps({"phone": [2125550143], "tel": ["2125550143"]}), "context")
    for code, restored in (
        ("df.phone == '{}'", "df.phone == 2125550143"),
        ("df.tel == '{}'", "df.tel == '2125550143'"),
        ("df['tel'].isin(['{}'])", "df['tel'].isin(['2125550143'])"),
        ("df.tel.astype(int) == '{}'", "df.tel.astype(int) == 2125550143"),
        ("t = '{}'\ndf.tel == t", "t = '2125550143'\ndf.tel == t"),
    ):
        assert session.restore_code(code.format("<PHONE_NUMBER_1>")) == restored
    with pytest.raises(UnknownToken):  # whichever it is, one of the two finds nothing
        session.restore_code("t = '<PHONE_NUMBER_1>'\ndf.tel == t\ndf.phone == t")


def test_texts_of_a_column_are_judged_together() -> None:
    session = PrivacySessions().of("a")
    table = {
        "reach": ["2125550143", "4155550123", "6465550199"],
        "order_no": ["3125550143", "5155550123", "7465550199"],
        "day": ["2024-01-15", "2024-02-16", "2024-03-17"],
    }
    held = json.loads(session.redact(json.dumps(table), "context")[0])
    assert held["reach"] == ["<PHONE_NUMBER_1>", "<PHONE_NUMBER_2>", "<PHONE_NUMBER_3>"]
    assert held["order_no"] == table["order_no"]
    assert held["day"] == table["day"]


def test_nothing_of_a_vault_is_in_its_repr() -> None:
    sessions = PrivacySessions()
    session = sessions.of("a")
    session.redact("bob@x.com 212-555-0143", "question")
    assert "bob" not in repr(session) + repr(sessions) + repr(vars(session))


def test_an_error_of_a_detector_blocks_and_says_nothing_of_the_text() -> None:
    def broken(text: str) -> list:  # type: ignore[type-arg]
        raise ValueError(text)

    session = PrivacySessions({"EMAIL_ADDRESS": broken}).of("a")  # type: ignore[dict-item]
    with pytest.raises(PrivacyBlocked) as caught:
        session.redact("bob@x.com", "question")
    assert caught.value.__context__ is None
    assert "bob" not in str(caught.value.body())


# -- JSON ----------------------------------------------------------------------------------------


def test_json_stays_json_and_keeps_every_other_byte() -> None:
    text = '{"a": 1.10, "b": "x \\u00e9 bob\\u0040x.com <\\/b>", "n": 1e5,\n "c": [true, null]}'
    clean, found = PrivacySessions().of("a").redact(text, "context")
    assert clean == (
        '{"a": 1.10, "b": "x é <EMAIL_ADDRESS_1> <\\/b>", "n": 1e5,\n "c": [true, null]}'
    )
    assert text[found[0].start : found[0].end] == "bob\\u0040x.com"


def test_numbers_of_a_phone_column_become_quoted_tokens_and_others_stay() -> None:
    table = {"columns": ["phone", "order_id"], "rows": [[2125550143, 4155550123]], "row_count": 1}
    clean, _ = PrivacySessions().of("a").redact(json.dumps(table), "output")
    assert json.loads(clean)["rows"] == [["<PHONE_NUMBER_1>", 4155550123]]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("customerPhone", False), ("TEL_NO", False), ("Mobile", False), ("fax number", False),
     ("mobile_revenue", True), ("order_id", True), ("price", True), ("telemetry", True)],
)  # fmt: skip
def test_a_columns_name_decides_about_its_numbers(name: str, kept: bool) -> None:
    clean, _ = PrivacySessions().of("a").redact(json.dumps({name: 2125550143}), "context")
    assert (json.loads(clean)[name] == 2125550143) is kept


# -- data frames ---------------------------------------------------------------------------------


def test_a_sample_keeps_its_shape_and_loses_its_people() -> None:
    df = pd.DataFrame(
        {
            "who": ["bob@x.com", "ada@x.com"],
            "phone": [2125550143, 2125550199],
            "price": [1999999.5, 2125550143.0],
            "order_id": [4155550123, 4155550124],
            "day": pd.to_datetime(["2024-01-15", "2024-01-16"]),
            "eve@x.com": [True, None],
        }
    )
    before = df.copy()
    clean = PIIScrubber().scrub_dataframe_sample(df)
    pd.testing.assert_frame_equal(df, before)
    assert list(clean["who"]) == ["<EMAIL_ADDRESS_1>", "<EMAIL_ADDRESS_2>"]
    assert list(clean["phone"]) == ["<PHONE_NUMBER_1>", "<PHONE_NUMBER_2>"]
    assert list(clean["order_id"]) == [4155550123, 4155550124]
    assert clean["day"].dtype == df["day"].dtype
    assert clean.columns[-1] == "<EMAIL_ADDRESS_3>"
    assert clean.shape == df.shape
