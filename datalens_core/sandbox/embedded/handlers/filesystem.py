"""envd's filesystem service (Connect-RPC over JSON), and the process service it lacks."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from datalens_core.sandbox.embedded.folder import Entry, TooManyEntries
from datalens_core.sandbox.embedded.handlers.base import Answered, SandboxHandler
from datalens_core.sandbox.embedded.paths import OutsideHome, relative

_MOST_ENTRIES = 10_000
_NO_PROCESSES = "Commands are not available in the embedded sandbox: it runs Python code only."
_STATUS = {"not_found": 404, "already_exists": 409, "resource_exhausted": 429}


class FilesystemHandler(SandboxHandler):
    """One call each: Stat, ListDir, MakeDir, Move, Remove."""

    def post(self, call: str) -> None:
        calls: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "Stat": self._stat,
            "ListDir": self._list,
            "MakeDir": self._make,
            "Move": self._move,
            "Remove": self._remove,
        }
        if call not in calls:
            self._fail("unimplemented", f"{call} is not available in the embedded sandbox.", 501)
            return
        try:
            self.answer(calls[call](self.json_body()))
        except Answered:
            return
        except OutsideHome:
            self._fail(
                "invalid_argument",
                "Only files in /home/user can be reached in the embedded sandbox.",
            )
        except TooManyEntries:
            self._fail("resource_exhausted", "There are too many files to list.")
        except FileNotFoundError:
            self._fail("not_found", "The file or folder was not found.")
        except FileExistsError:
            self._fail("already_exists", "There is something of that name already.")
        except OSError as error:
            self._fail("invalid_argument", f"That cannot be done: {error.strerror or error}")

    def _stat(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"entry": self._info(self.sandbox.folder.stat(self._at(request, "path")))}

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        depth = request.get("depth") or 1
        if not isinstance(depth, int) or depth < 1:
            raise OSError(errno.EINVAL, "depth must be a positive number")
        path = self._at(request, "path")
        found = self.sandbox.folder.entries(path, depth, _MOST_ENTRIES)
        return {"entries": [self._info(entry) for entry in found]}

    def _make(self, request: dict[str, Any]) -> dict[str, Any]:
        path = self._at(request, "path")
        if not path or not self.sandbox.folder.make_directory(path):
            raise FileExistsError
        return {"entry": self._info(self.sandbox.folder.stat(path))}

    def _move(self, request: dict[str, Any]) -> dict[str, Any]:
        target = self._at(request, "destination")
        self.sandbox.folder.move(self._at(request, "source"), target)
        return {"entry": self._info(self.sandbox.folder.stat(target))}

    def _remove(self, request: dict[str, Any]) -> dict[str, Any]:
        self.sandbox.folder.remove(self._at(request, "path"))
        return {}

    def _at(self, request: dict[str, Any], field: str) -> str:
        path = request.get(field)
        if not isinstance(path, str):
            raise OSError(errno.EINVAL, f"{field} must be a path")
        return relative(path, self.sandbox.home, self.sandbox.folder_path)

    def _info(self, entry: Entry) -> dict[str, Any]:
        status = entry.status
        kind = "DIRECTORY" if entry.is_directory else "FILE"
        path = os.path.join(self.sandbox.home, entry.path) if entry.path else self.sandbox.home
        return {
            "name": _shown(os.path.basename(path)),
            "type": f"FILE_TYPE_{kind}",
            "isSymlink": stat.S_ISLNK(status.st_mode),
            "path": _shown(path),
            "size": str(status.st_size),
            "mode": stat.S_IMODE(status.st_mode),
            "permissions": stat.filemode(status.st_mode),
            "owner": "user",
            "group": "user",
            "modifiedTime": _rfc3339(status.st_mtime),
        }

    def _fail(self, code: str, message: str, status: int | None = None) -> None:
        self.set_status(status or _STATUS.get(code, 400))
        self.answer({"code": code, "message": message})


class ProcessHandler(SandboxHandler):
    """Every call of the process service is answered: no."""

    def post(self, call: str) -> None:
        if self.request.headers.get("Content-Type", "").startswith("application/connect+"):
            # A streaming call answers 200, and its error in the last frame.
            error = {"error": {"code": "unimplemented", "message": _NO_PROCESSES}}
            body = json.dumps(error).encode()
            self.set_header("Content-Type", "application/connect+json")
            self.finish(b"\x02" + len(body).to_bytes(4, "big") + body)
        else:
            self.set_status(501)
            self.answer({"code": "unimplemented", "message": _NO_PROCESSES})


def _rfc3339(seconds: float) -> str:
    moment = datetime.fromtimestamp(min(max(seconds, 0), 253_402_300_799), UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _shown(name: str) -> str:
    """A file name that foreign code chose, as text that protobuf accepts."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
