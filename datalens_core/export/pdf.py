"""A session as a PDF: charts as the pictures that a browser drew, everything else as text.

Set by Typst in a process of its own: a document may be long, and what that takes goes with it.
What is too long for paper is cut, and where it is cut it says so.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from datalens_core.errors import DataLensError
from datalens_core.export.answers import blocks
from datalens_core.export.cells import is_number, readable
from datalens_core.export.outline import (
    SETUP,
    Chapter,
    Source,
    chapters,
    outcome,
    redactions,
    verifications,
)
from datalens_core.models import Artifact, ArtifactType, Execution

SECONDS = 180
CODE_LINES, LOG_LINES = 400, 60
MAX_LINE = 600
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 30, 8, 60
# After so many characters a word may be broken: in text, and by where it stands.
WORD, WORDS = 40, {"title": 24, "heading": 24, "listing": 90, "rows": 10, "columns": 10}
MAX_SIDE = 2_000
MAX_PIXELS = 40_000_000  # a few bytes of a file may be hundreds of megabytes of them
BREAK = "\u200b"
ELSEWHERE = "The notebook and the web page hold it whole."
# What a text may not hold: nothing that is shown, and some of it no PDF may hold.
UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Fonts for scripts and signs that the built-in ones lack, by the package that brings them. Not all
# of matplotlib's: one of them has a box for every character, which nobody could tell from a font.
FONTS = {
    "manimgx_fonts": "*.ttf",
    "manimgx_fonts_cjk": "*.ttc",
    "matplotlib": "mpl-data/fonts/ttf/DejaVu*.ttf",
}
KEPT = ("HOME", "PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "LD_LIBRARY_PATH", "TMPDIR")


def document(source: Source) -> bytes:
    """The session as a PDF, tagged for readers that speak it.

    Raises:
        DataLensError: it could not be set.
    """
    with tempfile.TemporaryDirectory(prefix="datalens-pdf-") as name:
        folder = Path(name)
        pictures = Pictures(folder)
        report = _clean(_report(source, pictures))
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
        template = resources.files("datalens_core.export") / "report.typ"
        (folder / "report.typ").write_bytes(template.read_bytes())
        _link_fonts(folder / "fonts")
        with resources.as_file(resources.files("datalens_core.export") / "typeset.py") as program:
            typeset(program, folder)
        return (folder / "report.pdf").read_bytes()


def typeset(program: Path, folder: Path) -> None:
    command = [sys.executable, "-P", str(program), str(folder)]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        subprocess.run(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise DataLensError(
            "The PDF could not be made. Nothing is lost: export a notebook or a web page instead.",
            details={"reason": type(error).__name__},
        ) from None  # its text may quote the document


def _link_fonts(folder: Path) -> None:
    """The fonts of packages that are installed; none of the packages is imported."""
    folder.mkdir()
    for package, pattern in FONTS.items():
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations if spec else None) or []:
            for font in Path(place).glob(pattern):
                (folder / font.name).symlink_to(font)


class Pictures:
    """Pictures as files beside the report."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def add(self, png: bytes) -> str:
        """The file's name. The PNG is one that was written anew when it came in."""
        self._count += 1
        name = f"{self._count}.png"
        (self._folder / name).write_bytes(png)
        return name

    def add_foreign(self, data: bytes) -> str | None:
        """As `add` for a picture of the sandbox; None for one that cannot be read."""
        from PIL import Image

        try:
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.thumbnail((MAX_SIDE, MAX_SIDE))
                pixels = image.convert("RGBA")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None
        png = io.BytesIO()
        Image.frombytes("RGBA", pixels.size, pixels.tobytes()).save(png, "PNG")
        return self.add(png.getvalue())


# -- what the template is given ------------------------------------------------------------------


def _report(source: Source, pictures: Pictures) -> dict[str, Any]:
    setup, notes = _cut(source.setup.strip(), CODE_LINES)
    return {
        "title": source.title,
        "about": source.about,
        "chapters": [_chapter(source, c, pictures) for c in chapters(source.detail)],
        "setup": {"title": SETUP, "listing": setup, "printed": [], "notes": notes},
        "redactions": redactions(source),
        "versions": list(source.versions.items()),
    }


def _chapter(source: Source, chapter: Chapter, pictures: Pictures) -> dict[str, Any]:
    run = chapter.run
    artifacts = [a for e in chapter.executions if e.result for a in e.result.artifacts]
    shown = [_shown(source, artifact, pictures) for artifact in artifacts]
    return {
        "heading": chapter.heading,
        "question": chapter.question,
        "answer": [asdict(block) for block in blocks(outcome(run))],
        "shown": [item for item in shown if item],
        "checks": [asdict(check) for check in verifications(run)],
        "assumptions": run.assumptions,
        "plan": run.plan.steps if run.plan else [],
        "code": [_code(execution) for execution in chapter.executions],
        "repairs": chapter.repairs,
    }


def _shown(source: Source, artifact: Artifact, pictures: Pictures) -> dict[str, Any] | None:
    content, title = artifact.content, artifact.metadata.title
    if not isinstance(content, dict):
        return None
    if artifact.type is ArtifactType.CHART:
        png = source.pngs.get(artifact.id)
        return _picture(title or "Chart", pictures.add(png) if png else None)
    if artifact.type is ArtifactType.IMAGE:
        data = base64.b64decode(str(content.get("data", "")))
        return _picture(title or "Image", pictures.add_foreign(data))
    if artifact.type is ArtifactType.TABLE:
        return _table(content)
    if artifact.type is ArtifactType.ERROR:
        text, notes = _cut(str(content.get("traceback", "")), LOG_LINES)
        return {"kind": "error", "listing": text, "notes": notes}
    return None


def _picture(title: str, file: str | None) -> dict[str, Any]:
    return {"kind": "picture", "title": title, "file": file}


def _table(content: dict[str, Any]) -> dict[str, Any]:
    columns, rows = content.get("columns", []), content.get("rows", [])
    kept = [row[:MAX_COLUMNS] for row in rows[:MAX_ROWS]]
    width = min(len(columns), MAX_COLUMNS)
    left = []
    if (more := int(content.get("row_count", 0)) - len(kept)) > 0:
        left.append(f"{more:,} more row{'s' if more > 1 else ''}")
    if (more := len(columns) - width) > 0:
        left.append(f"{more:,} more column{'s' if more > 1 else ''}")
    return {
        "kind": "table",
        "columns": [_short(str(name)) for name in columns[:width]],
        "rows": [[_short(readable(value)) for value in row] for row in kept],
        "numeric": [all(is_number(row[i]) for row in kept) for i in range(width)],
        "notes": [f"Not shown here: {' and '.join(left)}."] if left else [],
    }


def _code(execution: Execution) -> dict[str, Any]:
    origin = "" if execution.origin == "agent" else ", from a notebook"
    code, notes = _cut(execution.code.rstrip("\n"), CODE_LINES)
    printed = []
    if (result := execution.result) is not None:
        for name, text in (("Output", result.stdout), ("Errors and notices", result.stderr)):
            if text.strip():
                log, cut = _cut(text.rstrip("\n"), LOG_LINES)
                printed.append({"name": name, "listing": log, "notes": cut})
    title = f"Code, step {execution.step}{origin}"
    return {"title": title, "listing": code, "printed": printed, "notes": notes}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _cut(text: str, most: int) -> tuple[str, list[str]]:
    """The beginning and the end of a long text, and what is said where it was cut."""
    lines = text.expandtabs(4).splitlines()
    long = [line for line in lines if len(line) > MAX_LINE]
    lines = [line if len(line) <= MAX_LINE else line[:MAX_LINE] + "…" for line in lines]
    notes = []
    if (left := len(lines) - most) > 0:
        half = most // 2
        lines = [*lines[:half], f"⋯ {left:,} lines ⋯", *lines[-half:]]
        notes.append(f"{left:,} lines are left out here. {ELSEWHERE}")
    elif long:
        notes.append(f"Very long lines are cut off here. {ELSEWHERE}")
    return "\n".join(lines), notes


def _clean(value: Any, word: int = WORD) -> Any:
    """Texts as a PDF can hold them, with places to break what is longer than a line."""
    if isinstance(value, str):
        shown = UNSHOWN.sub("�", value)
        return re.sub(rf"\S{{{word}}}(?=\S)", lambda m: m.group() + BREAK, shown)
    if isinstance(value, list | tuple):
        return [_clean(item, word) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item, WORDS.get(key, word)) for key, item in value.items()}
    return value
