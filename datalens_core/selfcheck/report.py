"""What the check found, for people and for scripts."""

from __future__ import annotations

import typer

from datalens_core.selfcheck.check import CheckResult, State, privacy_check
from datalens_core.settings import Settings

WORDS: dict[State, tuple[str, str]] = {
    "replaced": ("✓", "replaced before it was sent"),
    "not sent": ("✓", "is not sent at all"),
    "left": ("✗", "left in clear"),
    "not reached": ("✗", "was not reached, so nothing is known of it"),
}


async def report(settings: Settings, *, as_json: bool) -> int:
    """Run the check and print what it found; the exit code is 0 only if nothing personal left."""
    if not as_json:
        typer.echo("Planting values in every channel and asking two questions about them…")
    result = await privacy_check(settings)
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        _print(result)
    return 0 if result.passed else 1


def _print(result: CheckResult) -> None:
    for finding in result.channels:
        mark, words = WORDS[finding.state]
        typer.echo(f"{mark} {finding.channel}: {words}")
    looked_at = f"{result.requests} requests, {result.bytes_sent:,} bytes"
    if result.failed:
        typer.echo(f"The check could not be finished: {result.failed}")
    elif result.passed:
        typer.echo(f"Nothing personal left, in {looked_at}.")
    else:
        typer.echo(f"The check failed ({looked_at} looked at). Send nothing until it passes.")
