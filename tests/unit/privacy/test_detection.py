"""What is found, and what is left alone: labelled lines, the figures of which are held."""

from __future__ import annotations

import json
import random
import time

import pytest

from benchmarks.privacy_corpus import corpus
from benchmarks.privacy_detection import figures, ours
from datalens_core.privacy import PIIScrubber
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.protection import Protection
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions
from datalens_core.privacy.vault import TOKEN

EMAILS = [
    "mail jane.doe@example.com now", "dba@acme.corp", "root@db1.internal", "x@host.local",
    "/home/jane@x.com/f", "a@x.com/b@y.com", "jane%40example.com", "jane\\u0040example.com",
    "jane&#64;x.com", "name [at] host.com", "name (at) host [dot] com", "jane＠example.com",
    "x@example.com_backup", "jane@exam...", "b'jane@x.com'", "o'brien@x.com", "'a':'jane@x.com'",
    "x\\njane@x.com", "jane at example dot com", "email=jane@x.com&b=1", "ada@[192.168.0.1]",
    "<jane@x.co.uk>", "mailto:jane@x.io?subject=hi", "jane+tag@x.museum", "用户@例子.公司",
    '"jane doe"@x.com', "root@localhost", "jane@x.com,bob@y.org;eve@z.net",
    "jane\u200b@example.com", "jane@exa\u00admple.com", "jane\ufe0f@example.com",
    "\u202ajane@example.com\u202c", "ja\u2060ne@example.com", "jane @ example.com",
    "jane%40b%C3%BCcher.example", "jane＠ｅxample.com", "jane -at- acme -dot- corp",
    "jane-at-acme-dot-com", "jane_at_acme.com", "jane@...", "j&#97;ne@acme.corp",
    "j%61ne%40acme.corp", "x=jane&#46;doe&#x00040;acme&#46;hr",
]  # fmt: skip
PHONES = [
    "555-123-4567", "call +1 (555) 123-4567 ok", "(212) 555-0143", "212.555.0143",
    "+49 30 1234567", "020 7946 0958", "06 12 34 56 78", "call 2125550143", "phone 2125550143.0",
    "tel_555_123_4567", "%2B12125550143", "(212) 555-\n0143", "030/1234567", "+919876543210",
    "+44 20 7946 0958 ext 12", "1-800-555-0199", "0   555-123-4567   12", "+86 138 0013 8000",
    "11 91234-5678", "(11) 91234-5678", "03-1234-5678", "phone: 12345678", "fax 98765 43210",
    "Jane's mobile is 2125550143", "00442079460958", "name,phone\nJane,2125550177",
    "   name      phone\n0  Jane  2125550199", "0    2125550166\nName: phone, dtype: int64",
    "212\u2009555\u20090143", "212\u200b555\u200b0143", "212\u00ad555\u00ad0143", "٢١٢-٥٥٥-٠١٤٣",
    "phone 2.125550143e9", "   phone\n0  2.125550e+09", '{"phone": 2.125550143e9}',
    "ask Ana, 2123 4567, for it", "Ole (32 12 34 56)", "Rua; 912 345 678; Porto",
    "Phone:\n434 14 557", "Phone: 02.27.96.63.08", "https://wa.me/4915112345678", "0590 27 12 34",
    "212 555 0143\n646 555 0199\n415 555 0123", "001-212-555-0143", "0049 (30) 1234567",
    "at +44 20 7946\n0018 today", "020 7946\n0018 is hers", "sms:%2B1%20415%20555%202671",
    "?n=%28415%29%20555-2671&x", "&#43;44&nbsp;20&nbsp;7946&nbsp;0018", "415•555•2671",
    "415 . 555 . 2671", "98765 43210", "☎ 912 34 567", "his line is 601 23 45 67 now",
    "020 7946 0018/19", "{'mobile': {0: 2125550143, 1: 4155550123, 2: 6465550199}}",
    "phone=[2125550143 4155550123 6465550199 3105550123 7185550123]",
    '{"out": "{\\"tel\\":[2125550143,4155550123,6465550199,3105550123]}"}',
    "fax: array([2125550143, 4155550123, 6465550199, 3105550123])", "\\u002b442079460018",
]  # fmt: skip
HARMLESS = [
    "2024-01-15 10:30:00", "12345.678901", "1 2 3 4 5 6 7 8 9", "1200 3400 5600 7800",
    "order 4155550123", "1700000000", "192.168.100.200", "SKU-123-456-789", "1.234.567",
    "123e4567-e89b-12d3-a456-426614174000", "1 234 567", "2024-01-15", "15/01/2024 16/02/2024",
    "@app.route('/x')", "X @ W", "A@B.dot(c)", "pkg@1.2.3", "3.14159265358979",
    "-122.419416 37.774929", "ISBN 978-3-16-148410-0", "$1,234,567.89", "20240115 20240116",
    "0.123456789", "8,123,456,789", "line 1234567 of", "2023-24 1000-2000", "1e10 12345678",
    "10.1000/182 100000000", "total 1234567890123", "12 345 678 901 234", "+1234567.89",
    "0  2019  1234567  33.5", "2015 2016 2017 2018", "2021-03 2021-04 2021-05",
    "RangeIndex: 3000000 entries, 0 to 2999999", "dtype='int64', length=1234567",
    "look at the dot plot", "y = X @ W.co(3)", "mobile_revenue  2125550143", "[1200 3400 5600]",
    "212 555 0143\n45 1 9\n7 7 7\n9 120 3", "Stat. 13 (1984): 265-274", "12(2), pp 215-232 (1942)",
    "12 345 678,90 EUR", "order 222-1234", "0 2016-05-25 13:30:00.023", "987-65-4321",
    "1200 3400\n1 2", "201 1407\n202 1414\n203 1421", "-0.577350 0.577350 -1.000000",
    "phone sales 4155550123", "1.7e9 2.125550143e9", "scores 100 200 300 4000",
    "0.1 0.22 0.333 0.4444 0.55555", "The phone column has 1000000 rows", "phones sold: 1250000",
    "tel aviv 4321000 people", "ring size 1234567", "call count 1234567", "line 1234567",
    "value_at_risk.py", "df.sales_at_date.info()", "0 120\n1 3400\n2 51",
    "id=00123456789", "sha=%2B1234&#64;", "x = a @ b...",
]  # fmt: skip


@pytest.mark.parametrize("line", EMAILS)
def test_an_email_is_found_however_it_is_written(line: str) -> None:
    clean, found = PIIScrubber().scrub_text(line)
    assert {r.entity_type for r in found} == {"EMAIL_ADDRESS"}
    assert "@" not in clean
    assert "jane" not in clean.lower()


@pytest.mark.parametrize("line", PHONES)
def test_a_phone_number_is_found_however_it_is_written(line: str) -> None:
    clean, found = PIIScrubber().scrub_text(line)
    assert {r.entity_type for r in found} == {"PHONE_NUMBER"}
    assert sum(c.isdigit() for c in TOKEN.sub("", clean)) < 4


@pytest.mark.parametrize("line", HARMLESS)
def test_dates_amounts_ids_and_code_are_left_alone(line: str) -> None:
    assert PIIScrubber().scrub_text(line) == (line, [])


def test_tables_of_numbers_are_not_touched() -> None:
    chance = random.Random(7)
    rows = [
        f"{n:5d}  2024-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}  "
        f"{chance.random() * 1e6:12.3f}  {chance.randint(10**6, 10**9)}  "
        f"{chance.uniform(-180, 180):.6f}  {chance.randint(0, 9999)}-{chance.randint(0, 9999)}"
        for n in range(2_000)
    ]
    scrubber = PIIScrubber()
    touched = [row for row in rows if scrubber.scrub_text(row)[1]]
    assert len(touched) <= len(rows) * 0.02, touched[:5]


def test_a_phone_number_behind_seventy_thousand_lines_of_numbers_is_found() -> None:
    text = "\n".join(f"{n} {n * 7}" for n in range(70_000)) + "\nask 212-555-0143"
    clean, found = PIIScrubber().scrub_text(text)
    assert [r.original_text for r in found] == ["212-555-0143"]
    assert clean.endswith("ask <PHONE_NUMBER_1>")


@pytest.mark.parametrize("distance", [65_520, 65_530, 65_536, 65_540, 130_990, 131_000])
def test_a_value_across_the_border_of_two_chunks_is_found_once(distance: int) -> None:
    text = "x" * (distance - 1) + " jane.doe@example.com 212-555-0143"
    clean, found = PIIScrubber().scrub_text(text)
    assert [r.original_text for r in found] == ["jane.doe@example.com", "212-555-0143"]
    assert clean.endswith(" <EMAIL_ADDRESS_1> <PHONE_NUMBER_1>")


def test_figures_on_the_half_that_was_not_looked_at() -> None:
    """Every third line of it, for speed; the benchmark takes all."""
    held = figures(corpus("held_out")[::3], ours())
    assert min(held.recall["email"], held.recall["email_hard"]) >= 0.99
    assert held.recall["phone"] >= 0.95
    assert held.recall["phone_hard"] >= 0.85
    assert held.touched <= 0.02


# -- what a user or an administrator chooses ------------------------------------------------------


@pytest.mark.parametrize(
    ("entity", "text"),
    [("CREDIT_CARD", "paid with 4111 1111 1111 1111"), ("US_SSN", "ssn 536-90-4399"),
     ("IBAN_CODE", "to DE89370400440532013000"), ("IP_ADDRESS", "from 10.20.30.40")],
)  # fmt: skip
def test_further_entities_are_replaced_once_they_are_chosen(entity: str, text: str) -> None:
    assert PIIScrubber().scrub_text(text) == (text, [])
    clean, found = PIIScrubber(DetectionRules.read([entity])).scrub_text(text)
    assert [r.entity_type for r in found] == [entity]
    assert not any(c.isdigit() for c in TOKEN.sub("", clean))


def test_what_is_chosen_is_found_in_numbers_of_a_table_too() -> None:
    rules = DetectionRules.read(["CREDIT_CARD"], patterns=[r"\b77\d{4}\b"], deny=["880055"])
    rows = [[4111111111111111, 771234, 880055.0, 4111111111111112, 12.5, True]]
    table = json.dumps({"columns": list("abcdef"), "rows": rows})
    held = json.loads(PIIScrubber(rules).scrub_text(table)[0])["rows"]
    assert held == [
        [
            "<CREDIT_CARD_1>",
            "<PERSONAL_VALUE_1>",
            "<PERSONAL_VALUE_2>",
            4111111111111112,
            12.5,
            True,
        ]
    ]


def test_an_entity_below_its_threshold_is_left() -> None:
    text = "from 10.20.30.40"
    assert PIIScrubber(DetectionRules.read(["IP_ADDRESS=0.99"])).scrub_text(text) == (text, [])


def test_own_patterns_and_the_deny_list_are_always_replaced() -> None:
    rules = DetectionRules.read(patterns=[r"EMP-\d{4}"], deny=["Project Falcon"])
    clean, _ = PIIScrubber(rules).scrub_text("EMP-1234 leads project falcon, not falcons")
    assert clean == "<PERSONAL_VALUE_1> leads <PERSONAL_VALUE_2>, not falcons"


def test_the_allow_list_is_left_and_nothing_beside_it() -> None:
    rules = DetectionRules.read(allow=["@acme.com", "212-555-0143", "2125550143"])
    text = '{"phone": [2125550143, 2125550199], "by": "info@acme.com x@notacme.com 212-555-0143"}'
    clean, _ = PIIScrubber(rules).scrub_text(text)
    assert clean == (
        '{"phone": [2125550143, "<PHONE_NUMBER_1>"], '
        '"by": "info@acme.com <EMAIL_ADDRESS_1> 212-555-0143"}'
    )


def test_bare_numbers_are_found_for_the_chosen_regions_only() -> None:
    text = "ask 40612345 about order 40612346"
    assert PIIScrubber().scrub_text(text) == (text, [])
    clean, _ = PIIScrubber(DetectionRules.read(phone_regions=["no"])).scrub_text(text)
    assert clean == "ask <PHONE_NUMBER_1> about order 40612346"


@pytest.mark.parametrize(
    "rules",
    [{"entities": ["PASSPORT"]}, {"entities": ["US_SSN=2"]}, {"entities": ["US_SSN=much"]},
     {"patterns": ["("]}, {"patterns": ["x*"]}, {"phone_regions": ["Germany"]}],
)  # fmt: skip
def test_rules_that_cannot_be_used_are_refused(rules: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        DetectionRules.read(**rules)


HOSTILE = [
    "1",
    "1 ",
    "a@",
    "(1",
    "1-",
    "@",
    " at ",
    "[at",
    "\\u0040",
    "phone ",
    "a.",
    "{",
    "+1 ",
    "1 1 2",
    "12 34 56 78 ",
    "2123 4567\n",
    "a@\u200b",
    "%C3",
    "1.2 ",
    "tel=[2125550143 ",
    "tel 2125550143 ",
    "j&#97;",
    "%28415",
    "a [dot] ",
    "020 7946\n",
    "-at-",
    "\\",
    "\t",
    "pay_",
    "who: [1 ",
    "who  1 ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_makes_detection_slow(piece: str) -> None:
    session = PrivacySessions().of("slow")
    session.protection = Protection(
        {"pay": "never", "pay_band": "send", "who": "tokenise"},
        {"who": [KnownValues(["Ada Lovelace"], complete=False)]},
    )
    session.redact("warm@x.com", "stdout")
    begun = time.perf_counter()
    session.redact("who" + piece * (100_000 // len(piece)), "stdout")
    # A second or two; where work grows with the square of the text, it is minutes.
    assert time.perf_counter() - begun < 15
