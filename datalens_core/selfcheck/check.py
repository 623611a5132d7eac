"""The check itself: real questions, a real sandbox, and an endpoint that keeps what it is sent."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from datalens_core.privacy.project import PLACE
from datalens_core.selfcheck.canaries import OPTIONAL, Canary
from datalens_core.selfcheck.endpoint import Call, CapturingEndpoint
from datalens_core.settings import Settings
from datalens_core.workbench import Workbench

CHANNELS = (
    "question", "column name", "sample values", "profile", "standard output", "errors printed",
    "traceback", "result table", "chart title", "chart labels", "file name", "session title",
    "tool arguments", "the model's words", "earlier question", "hidden column", "disguises",
)  # fmt: skip
IN_CELLS = ("standard output", "errors printed", "traceback", "result table", "chart title",
            "chart labels", "disguises")  # fmt: skip
NEVER_SENT = frozenset({"session title"})
FIRST_ROWS = 5
PIECES = 2  # a request is kept as its head and its body

State = Literal["replaced", "not sent", "left", "not reached"]


class ChannelFinding(BaseModel):
    channel: str
    state: State


class CheckResult(BaseModel):
    """What `datalens privacy check` found."""

    passed: bool
    requests: int
    bytes_sent: int
    channels: list[ChannelFinding]
    failed: str = ""
    """Why the question could not be answered, so that the check says nothing."""


async def privacy_check(settings: Settings) -> CheckResult:
    """Plant canaries, ask two questions with the user's own privacy settings, look at what went.

    Raises:
        DataLensError: there is no sandbox to run it in, or a setting cannot be used.
    """
    planted = {channel: Canary.of(channel, _others(settings)) for channel in CHANNELS}
    hidden = planted["hidden column"]
    planted["hidden column"] = replace(
        hidden, hidden=(f"Quorl {hidden.marker[-6:]} Vint", f"nick_{hidden.marker[:-7:-1]}")
    )
    # The model takes the first token that it is shown, and that is the earlier question's.
    for channel in ("tool arguments", "the model's words"):
        planted[channel] = replace(
            planted["earlier question"], channel=channel, marker=planted[channel].marker
        )
    # A profile is made of the same samples, in a request of its own.
    planted["profile"] = replace(planted["sample values"], channel="profile")
    async with CapturingEndpoint(_Turns(planted)) as endpoint:
        with tempfile.TemporaryDirectory(prefix="datalens-check-") as folder:
            own = _own(settings, endpoint, Path(folder))
            failed = await _asked(own, planted, Path(folder), endpoint)
    return _result(endpoint, planted, failed)


def _own(settings: Settings, endpoint: CapturingEndpoint, folder: Path) -> Settings:
    """The user's choices about privacy, on a data folder and services of the check's own."""
    chosen = {
        name: getattr(settings, name)
        for name in Settings.model_fields
        if name.startswith("privacy_") or name in ("phone_regions", "schema_only", "spacy_model")
    }
    return Settings(
        llm_base_url=endpoint.base_url, data_dir=folder / "data", log_level="ERROR", **chosen
    )


async def _asked(
    settings: Settings, planted: dict[str, Canary], folder: Path, endpoint: CapturingEndpoint
) -> str:
    """Ask both questions; why they were not answered, if they were not."""
    path = folder / f"{planted['file name'].text}.csv"
    _write(path, planted)
    (folder / PLACE).parent.mkdir()
    _, hidden = planted["hidden column"].hidden
    (folder / PLACE).write_text(f'[columns]\n{hidden} = "never"\n', encoding="utf-8")
    async with Workbench(settings) as workbench:
        session = await workbench.create_session(title=planted["session title"].text)
        await workbench.upload(session.id, path)
        endpoint.sent_of_profile = endpoint.sent
        for channel in ("earlier question", "question"):
            question = f"Who is {planted[channel].text}, and the {hidden}?"
            async for event in workbench.ask(session.id, question):
                if event.type == "run.failed":
                    return str(event.error.get("message", "")) or "It failed."
    return ""


def _write(path: Path, planted: dict[str, Canary]) -> None:
    """Five rows that are sent as samples, then a row for each channel that prints a cell."""
    sample = planted["sample values"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        _, hidden = planted["hidden column"].hidden
        table.writerow(["contact", "phone", "note", hidden, planted["column name"].text])
        for number in range(FIRST_ROWS):
            digits = _digits(sample.phone)
            table.writerow([sample.email, digits, sample.note, _nickname(planted, number), number])
        for number, channel in enumerate(IN_CELLS):
            canary = planted[channel]
            row = [canary.email, _digits(canary.phone), canary.note, _nickname(planted, 9), number]
            table.writerow(row)


def _nickname(planted: dict[str, Canary], number: int) -> str:
    return planted["hidden column"].hidden[0] if number else "Zonder Plunk"


def _digits(phone: str) -> str:
    return "".join(c for c in phone.removeprefix("+1 ") if c.isdecimal())


class _Turns:
    """What the model of the check does, turn by turn; it knows tokens alone."""

    def __init__(self, planted: dict[str, Canary]) -> None:
        marker = planted["tool arguments"].marker
        words = planted["the model's words"].marker
        hidden = planted["hidden column"].marker
        rows = {channel: FIRST_ROWS + n for n, channel in enumerate(IN_CELLS)}

        def cell(channel: str) -> str:
            return f"df['note'].iloc[{rows[channel]}]"

        printing = (
            "import sys\nimport pandas as pd\nimport plotly.express as px\n"
            f"print({cell('standard output')})\nprint(df['phone'].max())\n"
            f"print({cell('errors printed')}, file=sys.stderr)\n"
            f"px.bar(df.head(2), x='note', y='phone', title={cell('chart title')},"
            f" labels={{'note': {cell('chart labels')}}}).show()\n"
            f"df.iloc[[{rows['result table']}]]"
        )
        raising = f"import pandas as pd\nraise ValueError({cell('traceback')})"
        disguised = (
            "import base64\nimport pandas as pd\n"
            f"cell = df['contact'].iloc[{rows['disguises']}]\n"
            f"print('{planted['disguises'].marker}', base64.b64encode(cell.encode()).decode())\n"
            "print(cell.encode().hex(), ' '.join(cell), list(cell), cell.replace('@', '\\n@'))\n"
            f"print({cell('disguises')}.replace('@', '\\u200b@').replace('555', '５５５'))"
        )
        nicknames = f"import pandas as pd\nprint('{hidden}', df.iloc[:, 3].tolist())"
        self._turns: Sequence[Callable[[str], Call]] = (
            lambda _: ("get_schema", {}),
            lambda token: (
                "find_values",
                {"column": "contact", "text": f"{marker} {token}"},
                f"{words}: first {token}.",
            ),
            lambda _: ("run_python", {"code": printing}),
            lambda _: ("run_python", {"code": raising}),
            lambda token: ("run_python", {"code": _looking_for(token)}),
            lambda _: ("run_python", {"code": disguised}),
            lambda _: ("run_python", {"code": nicknames}),
            lambda token: ("final_answer", {"answer": f"It is {token}.", "assumptions": []}),
            lambda _: ("run_python", {"code": "import pandas as pd\ndf.columns.tolist()"}),
            lambda token: ("final_answer", {"answer": f"It is {token}.", "assumptions": []}),
        )

    def __call__(self, token: str, turn: int) -> Call:
        return self._turns[min(turn, len(self._turns) - 1)](token)


def _looking_for(token: str) -> str:
    return f"import pandas as pd\ndf[df['contact'] == {token!r}].head(1)"


def _others(settings: Settings) -> tuple[str, ...]:
    """Values of the kinds that are looked for beyond emails and phone numbers."""
    kinds = {entry.partition("=")[0].strip().upper() for entry in settings.privacy_entities}
    return tuple(value for kind, value in OPTIONAL.items() if kind in kinds)


def _result(endpoint: CapturingEndpoint, planted: dict[str, Canary], failed: str) -> CheckResult:
    sent = dict.fromkeys(CHANNELS, endpoint.sent) | {"profile": endpoint.sent_of_profile}
    found = [
        ChannelFinding(channel=channel, state=_state(canary, sent[channel]))
        for channel, canary in planted.items()
    ]
    found.append(
        ChannelFinding(channel="retries", state="replaced" if endpoint.retried else "not reached")
    )
    bad = [f for f in found if f.state in ("left", "not reached")]
    return CheckResult(
        passed=not bad and not failed,
        requests=len(endpoint.received) // PIECES,
        bytes_sent=sum(map(len, endpoint.received)),
        channels=found,
        failed=failed,
    )


def _state(canary: Canary, sent: str) -> State:
    if canary.left(sent):
        return "left"
    if canary.reached(sent):
        return "replaced"
    return "not sent" if canary.channel in NEVER_SENT else "not reached"
