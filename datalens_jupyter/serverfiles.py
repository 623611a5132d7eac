"""Files below the server's root, through Jupyter's contents manager."""

from __future__ import annotations

import base64
import binascii
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.services.contents.manager import ContentsManager
from tornado import web

from datalens_jupyter.uploads import MEGABYTE


@asynccontextmanager
async def server_file(
    contents: ContentsManager, api_path: str, limit_mb: int
) -> AsyncIterator[tuple[Path, str]]:
    """A file of the file browser as (local path, name), for as long as the context lasts.

    Raises:
        NotFound: there is none, it is hidden, or a link on its way leads out of the root.
        FileTooLarge: it is larger than `limit_mb`.
    """
    from datalens_core.errors import FileTooLarge, NotFound

    manager: Any = contents  # its methods carry no types
    missing = NotFound("That file does not exist, or cannot be used.")
    try:
        if await ensure_async(manager.is_hidden(api_path)):
            raise missing
        entry: dict[str, Any] = await ensure_async(manager.get(api_path, content=False))
    except (web.HTTPError, ValueError, OSError):
        raise missing from None
    if entry["type"] == "directory":
        raise missing
    if (entry.get("size") or 0) > limit_mb * MEGABYTE:
        raise FileTooLarge.over(limit_mb)
    name = str(entry["name"])
    if isinstance(contents, FileManagerMixin):
        local = Path(manager._get_os_path(api_path.strip("/")))
        if not _stays_inside(local, Path(contents.root_dir)):
            raise missing
        yield local, name
        return
    # A manager without local files: fetch the content.
    fetched = await ensure_async(manager.get(api_path, type="file", format="base64"))
    with tempfile.TemporaryDirectory(prefix="datalens-upload-") as folder:
        path = Path(folder) / "upload"
        try:
            path.write_bytes(base64.b64decode(fetched["content"]))
        except (binascii.Error, TypeError):
            raise missing from None
        if path.stat().st_size > limit_mb * MEGABYTE:
            raise FileTooLarge.over(limit_mb)
        yield path, name


def server_folder(contents: ContentsManager, api_path: str) -> Path | None:
    """The folder that a file of the file browser is in, or the root for ""; None if it is nowhere.

    A file below the root by its name is looked after by the project it is named in, wherever links
    on its way lead.
    """
    if not isinstance(contents, FileManagerMixin):
        return None
    root = Path(contents.root_dir)
    parts = [part for part in api_path.split("/")[:-1] if part not in ("", ".")]
    return root if ".." in parts else root.joinpath(*parts)


def _stays_inside(path: Path, root: Path) -> bool:
    """Whether a regular file, its links resolved, is below `root` with no hidden folder between."""
    real, top = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    if not real.is_file() or not real.is_relative_to(top):
        return False
    return not any(part.startswith(".") for part in real.relative_to(top).parts)
