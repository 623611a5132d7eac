"""Ways to start a zygote: what fails leaves nothing, and the user's folders are not mounted."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from datalens_core.sandbox.embedded import launch
from datalens_core.sandbox.embedded.broker import Broker, WayRefused
from datalens_core.sandbox.embedded.launch import Launch
from datalens_core.sandbox.embedded.limits import Limits


@pytest.mark.parametrize("command", [["/nothing/there"], ["/bin/sh", "-c", "echo no >&2; exit 3"]])
def test_a_way_that_fails_leaves_no_work_folder(command: list[str]) -> None:
    work = tempfile.mkdtemp(prefix=launch.WORK_PREFIX)
    with pytest.raises(WayRefused):
        Broker.attempt(lambda fd: Launch("reduced", command, {}, None, work))
    assert not Path(work).exists()


def test_the_refusal_is_the_last_thing_that_was_said() -> None:
    script = "echo first >&2; echo 'why it failed' >&2; exit 1"
    with pytest.raises(WayRefused, match=r"^why it failed$"):
        Broker.attempt(lambda fd: Launch("bubblewrap", ["/bin/sh", "-c", script], {}, None))


def test_the_home_is_never_mounted_and_nothing_of_the_environment_passes() -> None:
    how = launch.in_bubblewrap(launch.bubblewraps()[0], Limits(), 3)
    home = os.path.realpath(Path.home())
    mounted = [how.command[i + 1] for i, word in enumerate(how.command) if "bind" in word]
    assert mounted
    assert not [path for path in mounted if (home + "/").startswith(path.rstrip("/") + "/")]
    assert "--clearenv" in how.command
    assert "--unshare-net" in how.command
    assert how.environment == {}


def test_the_unused_user_is_nobodys() -> None:
    import pwd

    user = launch.unused_user()
    with pytest.raises(KeyError):
        pwd.getpwuid(user)
    assert 61_184 <= user < 65_000
