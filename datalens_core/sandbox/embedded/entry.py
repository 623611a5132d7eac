"""The way in: a machine that cannot isolate is refused before anything of Linux is imported."""

from __future__ import annotations

import sys

from datalens_core.sandbox.embedded import seccomp

OFFER = "Set E2B_API_KEY to run the analysis in E2B's cloud instead."


def main(port: int, *, lifeline: bool = False) -> int:
    """As `serve.main`: what is refused here is told in the same way."""
    if (sentence := refusal()) is not None:
        sys.stderr.write(sentence + "\n")
        return 1
    from datalens_core.sandbox.embedded.serve import main as serve

    return serve(port, lifeline=lifeline)


def refusal() -> str | None:
    """What no way of starting could make up for, as a sentence; None if there is nothing."""
    if sys.platform != "linux":
        return f"The embedded sandbox needs Linux (on Windows: WSL2). {OFFER}"
    if not seccomp.supported():
        return f"The embedded sandbox needs an x86-64 processor. {OFFER}"
    from datalens_core.sandbox.embedded import landlock

    if landlock.abi() < 1:
        return (
            "The embedded sandbox needs a Linux kernel with Landlock (5.13 or newer, enabled "
            f"in the `lsm=` boot option). {OFFER}"
        )
    return None
