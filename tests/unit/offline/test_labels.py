"""Names of columns as prose and charts write them."""

from __future__ import annotations

import pytest

from datalens_core.llm.offline.labels import (
    in_sentence,
    plural,
    split_name,
    with_unit,
    without_unit,
    written_out,
)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("lifeExp", "Life expectancy"),
        ("gdpPercap", "GDP per capita"),
        ("temp_max", "Maximum temperature"),
        ("ORDER_DATE", "Order date"),
        ("US_Gross", "US gross"),
        ("Dept.", "Department"),
        ("Größe", "Größe"),
        ("GOOG", "GOOG"),
        ("a;b {c}", "a;b {c}"),
    ],
)
def test_a_name_is_written_out(name: str, label: str) -> None:
    assert written_out(name) == label


@pytest.mark.parametrize(
    ("name", "bare", "unit"),
    [
        ("Weight_in_lbs", "Weight", "lbs"),
        ("Umsatz_EUR", "Umsatz", "EUR"),
        ("Preis (€)", "Preis", "€"),
        ("Énergie_kWh", "Énergie", "kWh"),
        ("Rabatt in %", "Rabatt", "%"),
        ("price_per_kg", "price_per_kg", ""),
        ("car_hours", "car_hours", ""),
    ],
)
def test_a_name_tells_its_unit(name: str, bare: str, unit: str) -> None:
    assert without_unit(name) == (bare, unit)


def test_letters_with_accents_do_not_end_a_word() -> None:
    assert split_name("Größe_cm") == ("größe", "cm")
    assert split_name("Énergie_kWh") == ("énergie", "kwh")


def test_german_nouns_keep_their_capital_in_a_sentence() -> None:
    assert [in_sentence(label) for label in ("Total bill", "Gesamtumsatz", "GDP")] == [
        "total bill",
        "Gesamtumsatz",
        "GDP",
    ]


def test_a_number_carries_its_unit_and_none_that_reads_as_a_scale() -> None:
    shown = [with_unit("3", unit) for unit in ("kg", "€", "%", "m", "")]
    assert shown == ["3 kg", "€3", "3 %", "3", "3"]
    assert with_unit("-3", "$") == "-$3"


def test_only_a_sure_plural_is_made() -> None:
    labels = ("country", "species", "box", "GDP per capita", "Größe", "ISO")
    assert [plural(label) for label in labels] == [
        "countries",
        "species",
        "boxes",
        None,
        None,
        None,
    ]
