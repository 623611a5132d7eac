"""How people write numbers: what the outputs hold is found, and what they do not hold is not."""

from __future__ import annotations

import pytest

from datalens_core.agents.answer_check import check_answer
from tests.unit.agents.scripted import sales_task, table, worked

CODE = """\
late = df[df["delay"] > 1.5 * iqr]
smooth = df["revenue"].rolling(7).mean()
since = df[df["date"] >= "2021-01-01"].head(4)
"""
OUTPUT = """\
total revenue 1234567.891
share 0.4567
growth -0.1234
median hours 36.5
orders 61
longest 0 days 01:30:00
best day 2024-03-05
per inhabitant 8.25
open to 18:30:00
"""
ROWS = table(["region", "units"], [["Europe", 52], ["Asia", 26], ["Africa", 13.2]])

FOUND = [
    # currencies
    "Revenue was $1,234,568.",
    "Revenue was US$1.23 million.",
    "Revenue was USD 1,234,567.89.",
    "Revenue was USD1.2m.",
    "Der Umsatz betrug rund 1,2 Mio. €.",
    "Der Umsatz lag bei 1.234.568 Euro.",
    "Le chiffre d'affaires est de 1,23 million d'euros.",
    "Los ingresos fueron de 1,2 millones de euros.",
    "Revenue was 1,235k dollars.",
    "Revenue was €1 234 567,89.",
    "Revenue was ₹12,34,568.",
    "Revenue was 12.3 lakh rupees.",
    # hedges
    "Revenue was about 1.2 million.",
    "Revenue exceeded 1,200,000.",
    "Revenue was over $1.2 million.",
    "Revenue was nearly 1.3 million.",
    "There were 60+ orders.",
    "There were fewer than 70 orders.",
    "There were at least 61 orders.",
    # parts
    "It fell by 12.3%.",
    "It fell by 12 percentage points.",
    "It fell by 12–13%.",
    "The share is 45.7 per cent.",
    "Der Anteil beträgt 45,7 Prozent.",
    "The share is between 45 and 46 percent.",
    # dates and times
    "The best day was March 5, 2024.",
    "The best day was 5 March 2024.",
    "The best day was the 5th of March.",
    "The best day was 05.03.2024.",
    "The best month was March 2024.",
    "The best month was 2024-03.",
    "All of 2024 was good.",
    "Orders since 2021 count.",
    "It was the best of the 2020s.",
    "It is open to 18:30, or 6:30 pm.",
    # ordinals and labels
    "Europe ranks 1st, Asia 2nd.",
    "Europe is No. 1 of the top-3 regions.",
    "In step 2 COVID-19 was left out.",
    # durations
    "The median is 36.5 hours, or 1.5 days.",
    "The longest took 90 minutes.",
    "The longest took 1 h 30 min.",
    "The longest took 1.5 hours.",
    # comparisons
    "Europe sold twice as much as Asia.",
    "Asia sold half as much as Europe.",
    "Africa sold about a quarter of what Europe sold.",
    "Europe sold 2 times as much as Asia, and 4x Africa.",
    "From Asia to Europe, 26 to 52, sales doubled.",
    "It rose from 36.50 in 2021 to 61.00 in 2024.",
    "Units = 52 - 0.4567 × price + 13.2 × age.",
    "Sales were halved, from 52 to 26.",
    "Revenue was between 1.2 and 1.3 million.",
    "Each of the 3 regions in 2 columns is shown.",
    # what the code was set to
    "Delays above 1.5 times the IQR count as late.",
    "The line is a 7-day rolling average.",
    # no claims
    "In the first half of the year Europe led.",
    "A third party sold 3D printers in Q3.",
]

NOT_FOUND = [
    "Revenue was $1,334,568.",
    "Revenue was USD9.9m.",
    "Revenue was 1.3 million.",
    "Revenue was 1.2 billion.",
    "Der Umsatz betrug rund 2,2 Mrd. €.",
    "Revenue was over 1.3 million.",
    "Revenue was under 1.2 million.",
    "About 1,000 orders.",
    "About 100 orders.",
    "It fell by 13.3%.",
    "The share is between 55 and 56 percent.",
    "The best day was March 6, 2024.",
    "The best day was 06.03.2024.",
    "The best month was April 2024.",
    "All of 2019 was good.",
    "There were 2000 orders.",
    "There were 5 duplicates.",
    "There were 4 duplicates.",
    "There were 2 duplicates.",
    "It is open to 19:30.",
    "The median is 3.5 days.",
    "The longest took 2 h 30 min.",
    "The longest weighed 99kg.",
    "Europe sold three times as much as Asia.",
    "Asia sold a third of what Europe sold.",
    "Europe sold 5x Asia.",
    "Sales tripled.",
    "Delays above 2.5 times the IQR count as late.",
    "The line is a 14-day rolling average.",
    "3 out of 7 regions grew.",
]


def passes(answer: str) -> bool:
    task = sales_task("Which region leads?")
    return all(c.passed for c in check_answer(answer, task, [worked(CODE, OUTPUT, ROWS)]))


@pytest.mark.parametrize("answer", FOUND)
def test_what_was_computed_is_found_however_it_is_written(answer: str) -> None:
    assert passes(answer)


@pytest.mark.parametrize("answer", NOT_FOUND)
def test_what_was_not_computed_is_not_found(answer: str) -> None:
    assert not passes(answer)


def test_amounts_that_were_printed_together_may_be_compared() -> None:
    printed = worked("df", "region\nNorth    90\nSouth    30\nName: units, dtype: int64\n")
    (right,) = check_answer("The North has three times as many.", sales_task(), [printed])
    (wrong,) = check_answer("The North has twice as many.", sales_task(), [printed])
    assert (right.passed, wrong.passed) == (True, False)
    assert wrong.detail == "Not found in the outputs: twice."
