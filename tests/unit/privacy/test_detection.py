"""What is found, and what is left alone: labelled lines, the figures of which are held."""

from __future__ import annotations

import random
import time

import pytest

from datalens_core.privacy import PIIScrubber
from datalens_core.privacy.session import PrivacySessions

EMAILS = [
    "mail jane.doe@example.com now", "dba@acme.corp", "root@db1.internal", "x@host.local",
    "/home/jane@x.com/f", "a@x.com/b@y.com", "jane%40example.com", "jane\\u0040example.com",
    "jane&#64;x.com", "name [at] host.com", "name (at) host [dot] com", "jane＠example.com",
    "x@example.com_backup", "jane@exam...", "b'jane@x.com'", "o'brien@x.com", "'a':'jane@x.com'",
    "x\\njane@x.com", "jane at example dot com", "email=jane@x.com&b=1", "ada@[192.168.0.1]",
    "<jane@x.co.uk>", "mailto:jane@x.io?subject=hi", "jane+tag@x.museum", "用户@例子.公司",
    '"jane doe"@x.com', "root@localhost", "jane@x.com,bob@y.org;eve@z.net",
]  # fmt: skip
PHONES = [
    "555-123-4567", "call +1 (555) 123-4567 ok", "(212) 555-0143", "212.555.0143",
    "+49 30 1234567", "020 7946 0958", "06 12 34 56 78", "call 2125550143", "phone 2125550143.0",
    "tel_555_123_4567", "%2B12125550143", "(212) 555-\n0143", "030/1234567", "+919876543210",
    "+44 20 7946 0958 ext 12", "1-800-555-0199", "0   555-123-4567   12", "+86 138 0013 8000",
    "11 91234-5678", "(11) 91234-5678", "03-1234-5678", "phone: 12345678", "fax 98765 43210",
    "Jane's mobile is 2125550143", "00442079460958", "name,phone\nJane,2125550177",
    "   name      phone\n0  Jane  2125550199", "0    2125550166\nName: phone, dtype: int64",
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
    assert [r.entity_type for r in found] == ["PHONE_NUMBER"]
    assert sum(c.isdigit() for c in clean.replace("<PHONE_NUMBER_1>", "")) < 4


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


HOSTILE = ["1", "1 ", "a@", "(1", "1-", "@", " at ", "[at", "\\u0040", "phone ", "a.", "{", "+1 "]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_makes_detection_slow(piece: str) -> None:
    session = PrivacySessions().of("slow")
    session.redact("warm@x.com", "stdout")
    begun = time.perf_counter()
    session.redact(piece * (100_000 // len(piece)), "stdout")
    assert time.perf_counter() - begun < 3
