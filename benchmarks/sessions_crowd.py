"""10, 50 and 100 sessions at once through a real Jupyter server: nothing lost, crossed or left.

Each has a page of its own: it uploads a file, asks, follows its run on a WebSocket and gets its own
answer. Any event that is missing, twice or another's fails the benchmark; so does what stays: a
sandbox, a file, a client's connection, or in the end a descriptor more for each of ten sessions.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.figures import summary
from benchmarks.processes import alive, family
from tests.support.lab import Lab

CROWDS = (10, 50, 100)
QUESTION = "total revenue"
PATIENCE_SECONDS = 900.0
SETTLE_SECONDS = 60.0
ESTABLISHED = "01"  # in /proc/net/tcp
TERMINAL = ("run.completed", "run.failed", "run.cancelled")


@dataclass(frozen=True)
class Left:
    """What a server has: its processes and their descriptors, its clients, the sessions' files."""

    processes: int
    clients: int
    files: int
    descriptors: int = field(compare=False)


@dataclass
class Told:
    session_id: str
    events: int
    seconds: float


def measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        lab.start()
        try:
            return asyncio.run(_crowds(lab))
        finally:
            lab.stop()


async def _crowds(lab: Lab) -> dict[str, object]:
    headers = {"Authorization": f"token {lab.token}"}
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    base = f"{lab.url}datalens/api"
    async with httpx.AsyncClient(
        base_url=base, headers=headers, limits=limits, timeout=PATIENCE_SECONDS
    ) as client:
        await _delete(client, [await _page(lab, client, 0)])  # what is made once is made now
        before = await _settled(lab, None)
        report: dict[str, object] = {}
        most = 0
        for size in CROWDS:
            report[f"{size}_sessions"] = await _crowd(lab, client, size)
            most = max(most, (await _settled(lab, before)).descriptors)
        await _crowd(lab, client, CROWDS[0])
        again = (await _settled(lab, before)).descriptors
        if again >= most + CROWDS[0]:  # a pool's size varies a little
            raise RuntimeError(f"descriptors leak: {most}, and then {again}")
    return {**report, "descriptors": {"before": before.descriptors, "pooled": again}}


async def _crowd(lab: Lab, client: httpx.AsyncClient, size: int) -> dict[str, object]:
    began = time.perf_counter()
    told = await asyncio.gather(*(_page(lab, client, n) for n in range(1, size + 1)))
    took = time.perf_counter() - began
    await _delete(client, told)
    return {
        "seconds": round(took, 1),
        "answers": summary([t.seconds for t in told]),
        "events": sum(t.events for t in told),
        "lost_or_crossed": 0,
    }


async def _page(lab: Lab, client: httpx.AsyncClient, number: int) -> Told:
    """One page: a file of its own, a question, its events to the last; all of it checked."""
    revenue = 1_000_003 + 7_919 * number
    rows = f"region,revenue\nR{number},{revenue - 5}\nS{number},5\n".encode()
    answer = await client.post("/upload", files={"file": (f"sales{number}.csv", rows)})
    session_id = str(_checked(answer, 201)["session"]["id"])
    address = f"{lab.url.replace('http', 'ws', 1)}datalens/api/events"
    request = HTTPRequest(address, headers={"Authorization": f"token {lab.token}"})
    socket = await websocket_connect(request)
    try:
        began = time.perf_counter()
        asked = {"session_id": session_id, "query": QUESTION}
        accepted = await client.post("/query", json=asked, headers={"Prefer": "respond-async"})
        run_id = str(_checked(accepted, 202)["run_id"])
        events = await asyncio.wait_for(_events(socket, run_id), PATIENCE_SECONDS)
        seconds = time.perf_counter() - began
    finally:
        socket.close()
    _check(events, run_id, session_id, f"{revenue:,}")
    kept = _checked(await client.get(f"/sessions/{session_id}"), 200)
    made = [e["execution_id"] for e in events if e["type"] == "code.generated"]
    if [e["id"] for e in kept["executions"]] != made:
        raise RuntimeError("the history is not what was shown")
    return Told(session_id, len(events), seconds)


async def _events(socket: WebSocketClientConnection, run_id: str) -> list[dict[str, Any]]:
    await socket.write_message(json.dumps({"op": "subscribe", "run_id": run_id, "after": 0}))
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] not in TERMINAL:
        line = await socket.read_message()
        if line is None:
            raise RuntimeError("the connection was lost")
        event = json.loads(line)
        if event["type"] != "heartbeat":
            events.append(event)
    return events


def _check(events: list[dict[str, Any]], run_id: str, session_id: str, expected: str) -> None:
    if [e["seq"] for e in events] != list(range(1, len(events) + 1)):
        raise RuntimeError("an event was lost, or came twice")
    if {e["run_id"] for e in events} != {run_id} or events[0]["session_id"] != session_id:
        raise RuntimeError("an event of another run came")
    if events[-1]["type"] != "run.completed":
        raise RuntimeError(f"a run did not succeed: {events[-1]}")
    [final] = [e for e in events if e["type"] == "answer.final"]
    if expected not in final["text"]:
        raise RuntimeError("the answer is of other data")


def _checked(answer: httpx.Response, status: int) -> Any:
    if answer.status_code != status:
        raise RuntimeError(f"HTTP {answer.status_code}: {answer.text[:500]}")
    return answer.json()


async def _delete(client: httpx.AsyncClient, told: list[Told]) -> None:
    for page in told:
        gone = await client.delete(f"/sessions/{page.session_id}")
        if gone.status_code != 204:
            raise RuntimeError(f"HTTP {gone.status_code}: {gone.text[:500]}")


async def _settled(lab: Lab, wanted: Left | None) -> Left:
    """What is left once that is what is wanted; without a wish, once it stays the same.

    Raises:
        RuntimeError: something stays behind.
    """
    give_up = time.monotonic() + SETTLE_SECONDS
    last: Left | None = None
    while True:
        left = _left(lab)
        if left == (last if wanted is None else wanted):
            return left
        if time.monotonic() > give_up:
            raise RuntimeError(f"something stays behind: {wanted} became {left}")
        last = left
        await asyncio.sleep(2.0)


def _left(lab: Lab) -> Left:
    assert lab.process is not None
    pids = alive(family(lab.process.pid))
    files = lab.data_dir / "files"
    return Left(
        processes=len(pids),
        clients=_clients(lab.port),
        files=sum(1 for _ in files.rglob("*")) if files.exists() else 0,
        descriptors=sum(len(_fds(pid)) for pid in pids),
    )


def _clients(port: int) -> int:
    """Connections that the server of this port holds."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = f":{port:04X}"
    return sum(row[1].endswith(ours) and row[3] == ESTABLISHED for row in rows)


def _fds(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/fd")
    except (FileNotFoundError, ProcessLookupError):
        return []
