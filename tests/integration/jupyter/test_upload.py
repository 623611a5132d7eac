"""Data on its way in: from the browser and from the server's files, with the four errors."""

from __future__ import annotations

import http.client
import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from .conftest import Server

SALES = b"region,revenue\nWest,10\nEast,20\nWest,30\n"


def test_a_csv_becomes_a_session_with_a_profile(server: Server) -> None:
    answer = server.upload("sales.csv", SALES)
    assert answer.status == 201
    held = answer.json()
    assert held["session"]["user_id"] == "local"
    assert [c["name"] for c in held["dataset"]["columns"]] == ["region", "revenue"]
    assert held["dataset"]["row_count"] == 3
    assert held["profile"]["suggestions"]


def test_a_second_file_joins_the_session(server: Server) -> None:
    session = server.session_with("sales.csv", SALES)
    answer = server.upload("more.csv", b"a,b\n1,2\n", session)
    assert answer.status == 201
    assert answer.json()["session"]["id"] == session
    detail = server.call("GET", f"/sessions/{session}").json()
    assert [d["name"] for d in detail["datasets"]] == ["sales.csv", "more.csv"]


def test_a_newer_version_takes_the_place_of_the_old(server: Server) -> None:
    held = server.upload("sales.csv", SALES).json()
    session = held["session"]["id"]
    newer = server.upload("new.csv", SALES + b"North,5\n", session, replaces=held["dataset_id"])
    assert newer.status == 201, newer.body
    assert newer.json()["dataset_id"] == held["dataset_id"]
    datasets = server.call("GET", f"/sessions/{session}").json()["datasets"]
    assert [(d["name"], d["dataset_schema"]["row_count"]) for d in datasets] == [("sales.csv", 4)]


def test_what_is_not_there_cannot_be_replaced(server: Server) -> None:
    session = server.session_with("sales.csv", SALES)
    answer = server.upload("sales.csv", SALES, session, replaces="none")
    assert (answer.status, answer.error["code"]) == (404, "DATASET_NOT_FOUND")


def test_two_tabs_that_upload_one_name_at_once_do_not_collide(server: Server) -> None:
    session = server.session_with("first.csv", SALES)
    contents = (b"a,b\n" + b"1,x\n" * 1000, b"a,b\n" + b"2,y\n" * 2000)
    with ThreadPoolExecutor(len(contents)) as tabs:
        answers = list(tabs.map(lambda c: server.upload("sales.csv", c, session), contents))
    assert [a.status for a in answers] == [201, 201]
    rows = {a.json()["dataset_id"]: a.json()["dataset"]["row_count"] for a in answers}
    assert sorted(rows.values()) == [1000, 2000]
    held = server.call("GET", f"/sessions/{session}").json()["datasets"][1:]
    assert {d["name"] for d in held} == {"sales.csv", "sales (2).csv"}
    assert len({d["variable"] for d in held}) == 2
    assert {d["id"]: d["dataset_schema"]["row_count"] for d in held} == rows
    code = "; ".join(f"print(len({d['variable']}))" for d in held)
    run = server.call("POST", f"/sessions/{session}/executions", {"code": code, "confirmed": True})
    said = "".join(e.get("text", "") for e in run.lines() if e["type"] == "execution.output")
    assert said.split() == [str(rows[d["id"]]) for d in held]


def test_an_excel_file_is_read_too(server: Server) -> None:
    book = io.BytesIO()
    pd.DataFrame({"city": ["Rome", "Oslo"], "sold": [3, 4]}).to_excel(book, index=False)
    answer = server.upload("cities.xlsx", book.getvalue())
    assert answer.status == 201, answer.body
    assert answer.json()["dataset"]["row_count"] == 2


@pytest.mark.parametrize(
    ("name", "content", "status", "code", "message"),
    [
        (
            "photo.png",
            b"\x89PNG",
            400,
            "UNSUPPORTED_FILE_TYPE",
            "Unsupported file type. Please upload CSV or Excel files.",
        ),
        (
            "big.csv",
            b"a,b\n" + b"1,2\n" * 300_000,
            413,
            "FILE_TOO_LARGE",
            "File size exceeds 1MB limit.",
        ),
        (
            "broken.xlsx",
            b"this is no workbook",
            422,
            "FILE_UNREADABLE",
            "Unable to parse file. Please check file integrity.",
        ),
        ("empty.csv", b"", 422, "FILE_EMPTY", "File contains no data."),
    ],
)
def test_the_four_errors_of_an_upload(
    server: Server, name: str, content: bytes, status: int, code: str, message: str
) -> None:
    answer = server.upload(name, content)
    assert answer.status == status
    assert (answer.error["code"], answer.error["message"]) == (code, message)
    assert not list(server.temporary.glob("datalens-upload-*"))


def test_a_file_far_beyond_the_limit_still_gets_its_answer(server: Server) -> None:
    answer = server.upload("huge.csv", b"x" * (40 * 1024 * 1024))
    assert (answer.status, answer.error["code"]) == (413, "FILE_TOO_LARGE")


def test_whoever_goes_away_cancels_the_upload(server: Server) -> None:
    session = server.session_with("sales.csv", SALES)
    rows = b"".join(b'%d,"x\ny"\n' % n for n in range(80_000))
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n'
        + session.encode()
        + b'\r\n--edge\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
        + b"a,b\n"
        + rows
        + b"\r\n--edge--\r\n"
    )
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Authorization": f"token {server.token}",
    }
    connection.request("POST", "/datalens/api/upload", body, headers)
    deadline = time.monotonic() + 30
    while not (reading := list(server.home.rglob("large.csv"))) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert reading, "it was read before anybody could go away"
    connection.close()

    def left() -> list[Path]:
        return [*server.home.rglob("large.csv"), *server.temporary.glob("datalens-upload-*")]

    while left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left()
    held = server.call("GET", f"/sessions/{session}").json()["datasets"]
    assert [d["name"] for d in held] == ["sales.csv"]


def test_a_zip_bomb_is_refused(server: Server) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 * 1024 * 1024))
    answer = server.upload("bomb.xlsx", packed.getvalue())
    assert (answer.status, answer.error["code"]) == (422, "FILE_UNREADABLE")


def test_a_body_that_is_no_form_names_what_is_wrong(server: Server) -> None:
    answer = server.call(
        "POST",
        "/upload",
        b"--edge\r\nnonsense",
        headers={"Content-Type": "multipart/form-data; boundary=edge"},
    )
    assert (answer.status, answer.error["code"]) == (400, "INVALID_REQUEST")
    answer = server.call("POST", "/upload", {"paht": "sales.csv"})
    assert (answer.status, answer.error["details"]) == (400, {"fields": ["paht", "path"]})


def test_an_upload_to_an_unknown_session_is_404(server: Server) -> None:
    answer = server.upload("sales.csv", SALES, "00000000-0000-4000-8000-000000000000")
    assert (answer.status, answer.error["code"]) == (404, "SESSION_NOT_FOUND")


class TestFilesOfTheServer:
    def test_a_file_below_the_root_is_read_where_it_lies(self, server: Server) -> None:
        folder = server.root / "data"
        folder.mkdir(exist_ok=True)
        (folder / "sales.csv").write_bytes(SALES)
        answer = server.call("POST", "/upload", {"path": "data/sales.csv"})
        assert answer.status == 201, answer.body
        assert answer.json()["dataset"]["row_count"] == 3

    def test_hidden_files_and_ways_out_are_refused(self, server: Server) -> None:
        outside = server.home / "outside.csv"
        outside.write_bytes(SALES)
        (server.root / ".hidden.csv").write_bytes(SALES)
        (server.root / ".secrets").mkdir(exist_ok=True)
        (server.root / ".secrets" / "in.csv").write_bytes(SALES)
        (server.root / "link.csv").symlink_to(outside)
        (server.root / "to-hidden.csv").symlink_to(server.root / ".secrets" / "in.csv")
        (server.root / "away").symlink_to(server.home)
        for path in (
            ".hidden.csv",
            ".secrets/in.csv",
            "link.csv",
            "to-hidden.csv",
            "away/outside.csv",
            "../home/outside.csv",
            str(outside),
            "missing.csv",
            "",
            ".",
        ):
            answer = server.call("POST", "/upload", {"path": path})
            assert answer.status in (400, 404), (path, answer.body)
            assert str(server.home) not in answer.body.decode()

    def test_the_size_limit_holds_there_too(self, server: Server) -> None:
        (server.root / "big.csv").write_bytes(b"a,b\n" + b"1,2\n" * 300_000)
        answer = server.call("POST", "/upload", {"path": "big.csv"})
        assert (answer.status, answer.error["code"]) == (413, "FILE_TOO_LARGE")


def test_a_data_set_is_read_as_the_user_decides(server: Server) -> None:
    held = server.upload("codes.csv", b"code,n\n12,1\n").json()
    path = f"/sessions/{held['session']['id']}/datasets/{held['dataset_id']}"
    answer = server.call("PUT", f"{path}/plan", {"types": {"code": "text"}})
    assert answer.status == 200, answer.body
    assert answer.json()["dataset"]["sample_data"] == [["12", 1]]
    detail = server.call("GET", path).json()
    assert detail["dataset"]["plan"]["text_columns"] == ["code"]
    assert "read_csv" in detail["code"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"delimiter": "ab"}, 400, "INVALID_REQUEST"),
        ({"speed": 9}, 400, "INVALID_REQUEST"),
        ({"encoding": "no such"}, 422, "FILE_UNREADABLE"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_refused(
    server: Server, changes: dict[str, object], status: int, code: str
) -> None:
    held = server.upload("codes.csv", b"code,n\n12,1\n").json()
    path = f"/sessions/{held['session']['id']}/datasets/{held['dataset_id']}/plan"
    answer = server.call("PUT", path, changes)
    assert (answer.status, answer.error["code"]) == (status, code)


def test_an_unknown_data_set_is_not_found(server: Server) -> None:
    session = server.session_with("sales.csv", SALES)
    answer = server.call("GET", f"/sessions/{session}/datasets/none")
    assert (answer.status, answer.error["code"]) == (404, "DATASET_NOT_FOUND")
