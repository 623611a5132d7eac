"""The zygote: imports once, then forks one self-confining child per box.

Runs in bubblewrap or bare, as its configuration says. Control socket (SOCK_SEQPACKET), JSON:
  → {"op": "fork", "folder": name or null} with the box's end of its channel
  ← {"pid", "folder"} with a pidfd and the folder's descriptor, or {"error"}
  → {"op": "forget", "folder": name}, once the folder is empty
  ← {}, or {"error"}
  → {"op": "hidden", "pid": number}
  ← {"bytes", "complete"}: the `Usage` of files without a name that this box holds
It never runs foreign code. At the end of the control socket everything ends.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import secrets
import select
import signal
import socket
import sys
import traceback
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from datalens_core.sandbox.embedded import landlock, syscalls, wire
from datalens_core.sandbox.embedded.confine import Confinement, confine
from datalens_core.sandbox.embedded.hidden import hidden_usage
from datalens_core.sandbox.embedded.limits import MIB, Limits

CHANNEL_FD, FOLDER_FD = 3, 9
_SPARE_FD = 64
_CONTROL_BYTES = 65_536
SCRATCH = ".tmp"


@dataclass(frozen=True)
class ZygoteConfig:
    """How the broker starts a zygote.

    `base` holds the work folders. `home` is the path under which a box sees its own folder;
    None where only the folder's own path exists. `drop_to` is the user to become first.
    `owns_base` says that the folders must be deleted at the end (they are not in a namespace).
    """

    control_fd: int
    readable: list[str]
    base: str
    home: str | None
    drop_to: int | None
    owns_base: bool
    counts_own_processes: bool
    limits: Limits

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ZygoteConfig:
        held = json.loads(text)
        return cls(**{**held, "limits": Limits(**held["limits"])})


def main() -> None:
    """Entry point: the configuration is the last argument."""
    config = ZygoteConfig.from_json(sys.argv[-1])
    # Clear of the low numbers that boxes use.
    control = socket.socket(fileno=fcntl.fcntl(config.control_fd, fcntl.F_DUPFD_CLOEXEC, _SPARE_FD))
    os.close(config.control_fd)
    control.send(b'{"hello": true}')
    if config.drop_to is not None:
        _become(config.drop_to)
    if not config.owns_base:
        syscalls.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    os.umask(0o077)
    _Zygote(config, control).serve()


def _become(user: int) -> None:
    """Leave uid 0 for good, before any package of the user is imported."""
    syscalls.drop_bounding_set()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    syscalls.be_dumpable()  # or /proc would not tell this user of the boxes (`hidden.py`)


class _Zygote:
    def __init__(self, config: ZygoteConfig, control: socket.socket) -> None:
        from datalens_core.sandbox.embedded import preload
        from datalens_core.sandbox.embedded.shell import make_shell

        self._config = config
        self._control = control
        self._children: list[int] = []
        self._enter_scratch()
        preload.import_all()
        preload.warm()
        self._shell = make_shell(preload.namespace(), config.limits)
        gc.collect()
        gc.freeze()

    def _enter_scratch(self) -> None:
        """A folder of the zygote's own where a box has its own, for caches made while importing."""
        folder = os.path.join(self._config.base, "zygote")
        os.makedirs(os.path.join(folder, SCRATCH), mode=0o700)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        if descriptor != FOLDER_FD:
            os.dup2(descriptor, FOLDER_FD)
            os.close(descriptor)
        os.chdir(folder)
        _set_home(self._config.home or folder)

    def serve(self) -> None:
        self._send(
            {
                "ready": True,
                "threads": len(os.listdir("/proc/self/task")),
                "uid": os.getuid(),
                "landlock": landlock.abi(),
            }
        )
        try:
            while self._answer_one():
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server died with a request under way: the end, as any other
        self._end()

    def _answer_one(self) -> bool:
        """Do what the server asks next; False once it is gone."""
        message, descriptors, _, _ = socket.recv_fds(self._control, _CONTROL_BYTES, 1)
        if not message:
            return False
        request = json.loads(message)
        if request["op"] == "fork":
            self._fork(request["folder"], descriptors[0])
        elif request["op"] == "forget":
            self._forget(request["folder"])
        elif request["op"] == "hidden":
            config = self._config
            held = hidden_usage(request["pid"], config.base, config.limits.file_mb * MIB)
            self._send(asdict(held))
        return True

    def _fork(self, folder: str | None, channel: int) -> None:
        name = folder or secrets.token_hex(8)
        path = os.path.join(self._config.base, name)
        try:
            if folder is None:
                os.mkdir(path, 0o700)
                os.mkdir(os.path.join(path, SCRATCH), 0o700)
            work = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            pid = os.fork()
        except OSError as error:
            os.close(channel)
            self._send({"error": error.strerror or "the zygote could not fork"})
            return
        if pid == 0:
            _become_box(self._config, self._shell, path, work, channel)
        try:
            pidfd = os.pidfd_open(pid)
        except ProcessLookupError:  # it ended at once; its channel says why
            self._send({"error": "the box ended while it started"})
        else:
            self._remember(pidfd)
            answer = json.dumps({"pid": pid, "folder": name}).encode()
            socket.send_fds(self._control, [answer], [pidfd, work])
        os.close(work)
        os.close(channel)

    def _forget(self, folder: str) -> None:
        try:
            os.rmdir(os.path.join(self._config.base, folder))
        except OSError as error:  # it stays, which costs little; the zygote must go on
            self._send({"error": error.strerror})
        else:
            self._send({})

    def _remember(self, pidfd: int) -> None:
        """Keep the live children's pidfds, so that `_end` can wait for each to be gone."""
        poll = select.poll()
        for held in self._children:
            poll.register(held, select.POLLIN)
        for ended, _ in poll.poll(0):
            os.close(ended)
            self._children.remove(ended)
        self._children.append(pidfd)

    def _send(self, answer: dict[str, Any]) -> None:
        self._control.send(json.dumps(answer).encode())

    def _end(self) -> NoReturn:
        from datalens_core.sandbox.embedded.folder import delete_tree

        for pidfd in self._children:
            try:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            except ProcessLookupError:
                continue
            select.select([pidfd], [], [])
        if self._config.owns_base:
            delete_tree(self._config.base)
        os._exit(0)


def _become_box(config: ZygoteConfig, shell: Any, path: str, work: int, channel: int) -> NoReturn:
    """In the child: take the descriptors, confine, serve. Whatever fails ends the process."""
    from datalens_core.sandbox.embedded import child, preload

    connection = None
    try:
        _keep_descriptors(work, channel)
        connection = socket.socket(fileno=CHANNEL_FD)
        os.chdir(path)
        home = _set_home(config.home or path)
        syscalls.die_with_parent(signal.SIGKILL)
        preload.reseed()
        confine(Confinement(config.readable, path, config.counts_own_processes, config.limits))
        child.serve(connection, shell, config.limits, home)
    except BaseException as error:  # a child must never return into the zygote
        if connection is not None:
            connection.sendall(wire.pack({"type": "refused", "text": _where(error)}))
    finally:
        os._exit(0)


def _keep_descriptors(work: int, channel: int) -> None:
    """3 is the channel, 9 the work folder, 0 to 2 lead nowhere, all else is closed."""
    spared = [fcntl.fcntl(fd, fcntl.F_DUPFD, _SPARE_FD) for fd in (channel, work)]
    os.dup2(spared[0], CHANNEL_FD)
    os.dup2(spared[1], FOLDER_FD)
    nowhere = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(CHANNEL_FD + 1, FOLDER_FD)
    os.closerange(FOLDER_FD + 1, os.sysconf("SC_OPEN_MAX"))


def _set_home(home: str) -> str:
    import tempfile

    scratch = os.path.join(home, SCRATCH)
    os.environ.update(
        HOME=home,
        TMPDIR=scratch,
        MPLCONFIGDIR=os.path.join(scratch, "matplotlib"),
        IPYTHONDIR=os.path.join(scratch, "ipython"),
    )
    tempfile.tempdir = None
    return home


def _where(error: BaseException) -> str:
    """What went wrong and in which of our functions, for the message of a refused start."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{error!r} in {frames[-1].name}, {frames[-1].line}" if frames else repr(error)
