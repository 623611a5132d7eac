"""What may be sent, over REST: a project's file, policies and marks."""

from __future__ import annotations

from .conftest import Server

PEOPLE = "mail,pay\n" + "".join(f"p{n}@corp.example,{50_000 + n}\n" for n in range(6))


def test_a_projects_file_holds_for_the_files_of_its_folder(server: Server) -> None:
    project = server.root / "project"
    (project / "deep" / ".datalens").mkdir(parents=True)
    (project / ".datalens").mkdir()
    (project / "deep" / "people.csv").write_text(PEOPLE)
    rules = project / ".datalens" / "privacy.toml"
    rules.write_text('[columns]\npay = "never"\nmail = "send"\n')
    answer = server.call("POST", "/upload", {"path": "project/deep/people.csv"})
    assert answer.status == 201, answer.body
    session = answer.json()["session"]["id"]
    report = server.call("GET", f"/sessions/{session}/privacy").json()
    found = {c["column"]: (c["policy"], c["source"]) for c in report["columns"]}
    assert found == {"pay": ("never", "project"), "mail": ("tokenise", "detected")}
    assert report["can_agree"]
    assert "mail" in report["notices"][0]

    columns = f"/sessions/{session}/privacy/columns"
    refused = server.call("PUT", columns, {"columns": [{"column": "pay", "policy": "send"}]})
    assert (refused.status, refused.error["code"]) == (400, "INVALID_REQUEST")
    agreed = server.call("PUT", columns, {"agree": True}).json()
    assert {c["column"]: c["policy"] for c in agreed["columns"]}["mail"] == "send"
    assert not agreed["can_agree"]

    rules.write_text("colums = 1")
    answer = server.call("POST", "/upload", {"path": "project/deep/people.csv"})
    assert (answer.status, answer.error["code"]) == (400, "INVALID_REQUEST")
    assert "it does not know colums" in answer.error["message"]


def test_marks_and_policies_show_in_the_preview(server: Server) -> None:
    session = server.session_with("people.csv", PEOPLE.encode())
    report = server.call(
        "PUT",
        f"/sessions/{session}/privacy/columns",
        {"columns": [{"column": "pay", "policy": "never"}]},
    ).json()
    assert {c["column"]: c["source"] for c in report["columns"]}["pay"] == "user"
    marks = {"marks": [{"text": "Project Heron", "personal": True}]}
    assert server.call("PUT", f"/sessions/{session}/privacy/marks", marks).status == 200
    asked = {"query": "the pay of Project Heron"}
    preview = server.call("POST", f"/sessions/{session}/preview", asked).json()
    assert '"question":"the <COLUMN_NAME_1> of <MARKED_VALUE_1>"' in preview["parts"][1]["text"]
    too_short = {"marks": [{"text": "x", "personal": True}]}
    assert server.call("PUT", f"/sessions/{session}/privacy/marks", too_short).status == 400
    signs = {"marks": [{"text": "★★", "personal": True}]}
    refused = server.call("PUT", f"/sessions/{session}/privacy/marks", signs)
    assert refused.status == 400
    assert "needs a letter or a digit" in refused.error["message"]
