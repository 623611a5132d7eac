"""`%datalens` and `%%datalens`: thin over the server's REST interface.

Line 1 holds a subcommand and options by a strict grammar, and the magic is `no_var_expand`:
IPython would run `{expressions}` of that line in the local kernel before the magic sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

if TYPE_CHECKING:
    from datalens_jupyter.client import Client

ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
RUN = re.compile(
    rf"run --session (?P<session>{ID}) --step (?P<step>[1-9]\d{{0,8}})"
    r" --sha256 (?P<sha256>[0-9a-f]{64})"
)
ASK = re.compile(rf"(?:--session (?P<session>{ID}))?")
UPLOAD = re.compile(r"upload (?P<name>[^\W\d]\w*)(?P<new> --new)?")

FETCH = re.compile(
    r"fetch (?P<name>[^\W\d]\w*)(?: --as (?P<as>[^\W\d]\w*))?"
    rf"(?: --session (?P<session>{ID}))?",
    re.ASCII,
)

USAGE = """\
%%datalens                      ask the question in the cell's body
%%datalens --session ID         … of that session
%%datalens run --session ID --step N --sha256 HEX
                                run the body in the session's sandbox, never in this kernel
%datalens upload NAME [--new]   send a DataFrame of this kernel (--new: into a new session)
%datalens fetch NAME [--as OTHER] [--session ID]
                                bring a table of the session's sandbox here"""


@magics_class
class DataLensMagics(Magics):
    """The kernel's session and what is done with it."""

    def __init__(self, shell: Any, **kwargs: Any) -> None:
        super().__init__(shell, **kwargs)
        self._session_id: str | None = None

    @no_var_expand
    @line_cell_magic
    def datalens(self, line: str, cell: str | None = None) -> None:
        """Ask questions of your data; the code runs in an isolated sandbox."""
        from datalens_jupyter.client import ServerError

        words = " ".join(line.split())
        try:
            if cell is None:
                self._line(words)
            elif run := RUN.fullmatch(words):
                self._run(run, cell)
            elif asked := ASK.fullmatch(words):
                self._ask(cell, asked["session"])
            else:
                raise UsageError(f"Nothing was run. Use:\n{USAGE}")
        except ServerError as error:
            raise UsageError(str(error)) from None

    # -- subcommands -----------------------------------------------------------------------------

    def _line(self, words: str) -> None:
        if upload := UPLOAD.fullmatch(words):
            self._upload(upload["name"], new=upload["new"] is not None)
        elif fetch := FETCH.fullmatch(words):
            self._fetch(fetch["name"], fetch["as"] or fetch["name"], fetch["session"])
        else:
            raise UsageError(f"Use:\n{USAGE}")

    def _upload(self, name: str, *, new: bool) -> None:
        import tempfile
        from pathlib import Path

        import pandas as pd

        assert self.shell is not None
        frame = self.shell.user_ns.get(name)
        if not isinstance(frame, pd.DataFrame):
            raise UsageError(f"`{name}` is not a DataFrame of this kernel.")
        numbered = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
        with tempfile.TemporaryDirectory(prefix="datalens-") as folder:
            path = Path(folder) / f"{name}.csv"
            frame.to_csv(path, index=not numbered)
            found = _client().upload(path, path.name, None if new else self._session_id)
        self._session_id = str(found["session"]["id"])
        dataset = found["dataset"]
        rows, columns = dataset["row_count"], len(dataset["columns"])
        print(f"{name}.csv: {rows:,} rows × {columns} columns.")  # noqa: T201 (a cell's output)
        for suggestion in found["profile"]["suggestions"][:3]:
            print(f"  {suggestion}")  # noqa: T201

    def _fetch(self, name: str, target: str, session_id: str | None) -> None:
        from datalens_jupyter.tables import read_table

        session_id = session_id or self._session_id
        if session_id is None:
            raise UsageError(f"Name a session: `%datalens fetch {name} --session ID`.")
        assert self.shell is not None
        frame = read_table(_client().get(f"/sessions/{session_id}/tables/{name}"))
        self.shell.user_ns[target] = frame
        rows, columns = frame.shape
        print(f"{target}: {rows:,} rows × {columns} columns.")  # noqa: T201 (a cell's output)

    def _ask(self, question: str, session_id: str | None) -> None:
        from datalens_jupyter.questions import answer

        session_id = session_id or self._session_id
        if session_id is None:
            raise UsageError(
                "There is no data to ask about yet. Send a DataFrame first, with "
                "`%datalens upload df`, or name a session: `%%datalens --session ID`."
            )
        body = {"session_id": session_id, "query": question.strip()}
        client = _client()

        def decide(run_id: str, approve: bool) -> None:
            client.decide_plan(run_id, approve=approve)

        answer(question.strip(), client.run("/query", body), decide)
        self._session_id = session_id

    def _run(self, asked: re.Match[str], code: str) -> None:
        from datalens_jupyter.cellrun import RunFailed, show_execution
        from datalens_jupyter.client import ServerError

        def events(*, confirmed: bool) -> Generator[dict[str, Any], None, None]:
            body = {
                "code": code,
                "step": int(asked["step"]),
                "sha256": asked["sha256"],
                "origin": "notebook",
                "confirmed": confirmed,
            }
            return _client().run(f"/sessions/{asked['session']}/executions", body)

        try:
            show_execution(events(confirmed=False))
        except ServerError as error:
            if error.code != "CONFIRMATION_REQUIRED":
                raise
            # The user confirms, never the cell: whoever sent it would confirm their own code.
            _offer(lambda: show_execution(events(confirmed=True)))
            raise RunFailed(
                "Nothing was run: this code is not what the session stored. Read it, then press "
                "«Run it in the sandbox» above."
            ) from None


def _client() -> Client:
    from datalens_jupyter.client import Client, find_server

    return Client(find_server())


def _offer(run: Callable[[], None]) -> None:
    from IPython import display

    from datalens_jupyter.widgets import confirm_button

    draw: Any = display.display  # carries no types
    draw(confirm_button(run))
