"""Data sets in the panel: how they were read, deciding otherwise, newer versions, figures."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.support.panel import ANSWER_MS, Panel


def test_how_a_file_was_read_is_shown_and_can_be_decided_otherwise(
    panel: Panel, tmp_path: Path
) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("code;price;day\n007;1,50;03/04/2024\n008;2,25;05/04/2024\n010;;05/04/2024\n")
    with path.open("a") as stream:
        stream.write("Total;3,75;\n")
    panel.upload(path)
    card = panel.dataset("stock.csv")
    card.get_by_role("button", name="stock.csv").click()
    expect(card).to_contain_text("leading zeros")  # a warning in words
    expect(card.get_by_role("button", name="Whole file")).to_contain_text(
        "3 rows · 1 column with gaps", timeout=ANSWER_MS
    )
    card.get_by_role("button", name="Whole file").click()
    expect(card.get_by_role("row", name="price 1 2 1.5 – 2.25")).to_be_visible()

    card.get_by_role("button", name="How it was read").click()
    expect(card.get_by_label("Separator")).to_contain_text("Semicolon")
    card.get_by_label("Type of code").select_option(label="number")
    card.get_by_label("Type of day").select_option(label="date, month first")
    expect(card).to_contain_text("2 changes")
    card.get_by_role("button", name="Read again").click()
    expect(card.get_by_role("row", name="code").first).to_contain_text("7, 8, 10")
    expect(card.get_by_role("row", name="day").first).to_contain_text("2024-03-04, 2024-05-04")
    expect(card.get_by_role("button", name="How it was read")).to_contain_text("2 choices of yours")
    card.get_by_role("button", name="Code that reads it").click()
    expect(card.locator(".dl-code")).to_contain_text("pd.read_csv")

    # What cannot be read so is refused: the table stays, and so do the choices.
    card.get_by_label("Encoding").select_option(label="UTF-16")
    card.get_by_role("button", name="Read again").click()
    refused = card.get_by_role("alert")
    expect(refused).to_contain_text("Its text is not UTF-16. stock.csv stays as it was read")
    expect(card.get_by_label("Encoding")).to_have_value("=utf-16")
    expect(card.get_by_role("row", name="code").first).to_contain_text("7, 8, 10")
    card.get_by_role("button", name="Undo").click()
    expect(refused).to_have_count(0)
    card.get_by_label("Column names").select_option(label="In another line…")
    card.get_by_role("spinbutton", name="In another line").fill("2")
    card.get_by_role("button", name="Read again").click()
    expect(card.get_by_role("row", name="1,50").first).to_be_visible()
    card.get_by_label("Units, notes, totals").select_option(label="Read as rows")
    card.get_by_role("button", name="Read again").click()
    expect(card.get_by_role("button", name="Whole file")).to_contain_text(
        "3 rows", timeout=ANSWER_MS
    )


def test_a_sheet_is_one_click_away_and_a_newer_version_takes_its_place(
    panel: Panel, tmp_path: Path
) -> None:
    path = tmp_path / "sales.xlsx"
    workbook(path, {"May": [["item", "sold"], ["pen", 3]], "June": [["item", "day"], ["cup", DAY]]})
    panel.upload(path)
    card = panel.dataset("sales.xlsx")
    card.get_by_role("button", name="June").click()
    expect(card.get_by_role("button", name="June")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="sales.xlsx").click()
    expect(card.get_by_role("row", name="day")).to_contain_text("2024-06-01")

    workbook(path, {"June": [["item", "day"], ["cup", DAY], ["jug", DAY], ["pan", DAY]]})
    panel.part("upload-input").set_input_files(path)
    asked = panel.part("panel").get_by_role("group", name="sales.xlsx is here already.")
    expect(asked.get_by_role("button", name="Replace it")).to_be_focused()
    panel.page.keyboard.press("Enter")
    expect(card).to_contain_text("3 rows", timeout=ANSWER_MS)
    expect(asked).to_have_count(0)
    expect(card).to_contain_text("sheet June")  # it is read as was decided for it

    panel.part("upload-input").set_input_files(path)
    asked.get_by_role("button", name="Keep both").click()
    expect(panel.part("dataset")).to_have_count(2, timeout=ANSWER_MS)
    expect(panel.part("dataset").last).to_contain_text("sales")

    workbook(path, {"June": [["item", "day"], ["cup", DAY]]})
    card.first.get_by_test_id("datalens-replace-input").set_input_files(path)
    expect(card.first).to_contain_text("1 row × 2 columns", timeout=ANSWER_MS)
    expect(panel.part("dataset")).to_have_count(2)


DAY = datetime.date(2024, 6, 1)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
