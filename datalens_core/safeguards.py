"""What the data sets of a session may show, put in force: in what is sent, and in the sandbox.

Whoever sends something, runs code or tells what holds goes through `Safeguards`, whose methods
take the steps in their order: what projects' files ask for by now, files without what must not
leave this machine, the values that protected columns hold, and with all of it the protection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from datalens_core.datasets.handler import FileHandler
from datalens_core.datasets.loader import data_file
from datalens_core.errors import (
    InvalidRequest,
    LocalOnly,
    SandboxUnavailable,
    StoreUnavailable,
    UnreadableFile,
)
from datalens_core.models import (
    ColumnPolicy,
    ColumnPrivacy,
    Dataset,
    DatasetPrivacy,
    Mark,
    PrivacyCount,
)
from datalens_core.privacy.kept_marks import KeptMarks
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.policies import (
    asked_in_vain,
    column_privacy,
    detected_policies,
    taken_over,
)
from datalens_core.privacy.project import detection
from datalens_core.privacy.protection import MARKED_VALUE, Protection
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions, SessionPrivacy
from datalens_core.privacy.versions import Version, Versions, version_of
from datalens_core.privacy.view import View, whole
from datalens_core.privacy.watched import WatchedProjects
from datalens_core.sandbox.contract import DataFile, Recipe, Sandboxes
from datalens_core.sandbox.lifecycle import SessionSandboxes
from datalens_core.sessions.state import SessionState
from datalens_core.settings import Settings

NO_FILTER = (
    "This file has columns that must not leave this machine, and the sandbox on this machine that "
    "would take them out does not start. `datalens doctor` says why."
)

PathOf = Callable[[str, int, Dataset], Path]
"""Where the data set in this place (from 0) of a session is kept."""
MARKS_LOST = (
    "You marked values of this session as personal, and this server does not know them any more. "
    "Earlier questions and the values of the data are not sent until you mark a value, or none."
)
MARKS_NOT_KEPT = "What you marked is replaced until the server stops; it could not be kept longer."

FolderOf = Callable[[str], Path]
Shown = Callable[[Dataset], Dataset]


class InForce(NamedTuple):
    """What holds for a session, as it would with a model where none is set."""

    protection: Protection
    shown: Shown
    """A data set as a model may know it."""
    complete: bool
    """Whether all values of protected columns are known, so that each is found in a text."""


class Told(NamedTuple):
    """What the user is told of what holds."""

    columns: list[ColumnPrivacy]
    notices: list[str]
    """What a project's file asks for and does not get, and what is not known, in words."""
    can_agree: bool
    """Whether the user's word would put something of a project's file in force."""


@dataclass
class _Guard:
    """What is known of a session's data sets, in memory, for as long as its vault."""

    detected: dict[Version, dict[str, ColumnPolicy]] = field(default_factory=dict)
    versions: Versions = field(default_factory=Versions)
    copies: dict[Version, tuple[list[str], DataFile]] = field(default_factory=dict)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    kept: KeptMarks | None = field(default=None, repr=False)
    """Of the marks from before the server was started."""


class Safeguards:
    """Column policies, marks and project files of all sessions, in force."""

    def __init__(
        self,
        settings: Settings,
        privacy: PrivacySessions,
        files: FileHandler,
        rules: DetectionRules,
        sandboxes: Sandboxes,
        folder_of: FolderOf,
        path_of: PathOf,
    ) -> None:
        self._settings = settings
        self._sandboxes = sandboxes
        self._folder_of = folder_of
        self._path_of = path_of
        self._privacy = privacy
        self._files = files
        self._rules = rules
        self._guards: dict[str, _Guard] = {}
        self._projects = WatchedProjects(folder_of)
        self._local: tuple[SessionSandboxes, FileHandler] | None = None

    async def close(self) -> None:
        if self._local is not None:
            await self._local[0].close()

    def drop(self, session_id: str) -> None:
        """Forget a session's values, marks and tokens."""
        self._guards.pop(session_id, None)
        self._projects.drop(session_id)
        self._privacy.drop(session_id)

    async def watch(
        self, session_id: str, dataset_id: str, folder: Path, root: Path | None
    ) -> None:
        """Hold a data set to the files of its project, as they are from now on."""
        await asyncio.to_thread(self._projects.watch, session_id, dataset_id, folder, root)

    # -- the boundary ----------------------------------------------------------------------------

    async def in_force(self, session_id: str, state: SessionState) -> InForce:
        """Before a request to a model, or as if: all that holds by now, for the requests as well.

        Raises:
            InvalidRequest: a project's file cannot be used any more.
            LocalOnly, SandboxUnavailable: as `before_code`.
        """
        await self.before_code(session_id, state)
        await self._learn_all(session_id, state)
        return await self._refresh(session_id, state)

    async def before_code(self, session_id: str, state: SessionState) -> None:
        """Before code of a session runs: nothing goes to a sandbox that must not.

        Raises:
            InvalidRequest: a project's file cannot be used any more.
            LocalOnly: data would leave this machine.
            SandboxUnavailable: columns that must not leave it cannot be taken out.
        """
        await self._tighten(session_id, state)
        self._check_local([d.privacy for d in state.datasets])
        if self._settings.uses_embedded_sandbox:
            return
        for place, dataset in enumerate(list(state.datasets)):
            path = self._path_of(session_id, place, dataset)
            await self._take_out(session_id, dataset, path)

    async def before_profile(self, session_id: str, state: SessionState) -> None:
        """Before a request about first rows alone, which waits for no sandbox.

        Raises:
            InvalidRequest: a project's file cannot be used any more.
        """
        await self._tighten(session_id, state)
        await self._refresh(session_id, state)

    async def without_running(self, session_id: str, state: SessionState) -> InForce:
        """What holds, with the values that are known already.

        Raises:
            InvalidRequest: a project's file cannot be used any more.
        """
        await self._tighten(session_id, state)
        return await self._with_a_model(session_id, state)

    async def told(self, session_id: str, state: SessionState) -> Told:
        """What holds, in the user's words; also that a project's file cannot be used any more."""
        unusable = []
        try:
            await self._tighten(session_id, state, told=True)
        except InvalidRequest as refused:
            unusable.append(refused.message)
        return Told(
            await self._columns(session_id, state),
            [*unusable, *await self._notices(session_id, state)],
            await self._can_agree(session_id, state),
        )

    @asynccontextmanager
    async def deciding(self, session_id: str, state: SessionState) -> AsyncIterator[None]:
        """While the user decides on columns: it holds at once, also in a sandbox elsewhere."""
        before = await self._columns(session_id, state)
        try:
            yield
        finally:
            await self._refresh(session_id, state)
            after = await self._columns(session_id, state)
            hidden = {(c.dataset_id, c.column) for c in after if c.policy == "never"}
            shown = {(c.dataset_id, c.column) for c in before if c.policy != "never"}
            if hidden & shown:
                await self._end_sandbox(session_id)

    async def mark(self, session_id: str, state: SessionState, marks: Sequence[Mark]) -> None:
        """Take the user's marks in the place of those made since the start, the last word of each.

        A token stands for its value. What was marked before stays, unless it is said not to be
        personal.

        Raises:
            StoreUnavailable: they are in force, but could not be kept for after a restart.
        """
        try:
            await asyncio.to_thread(self._mark, session_id, state, marks)
        finally:
            await self._refresh(session_id, state)

    def recipe(self, session_id: str, state: SessionState, *, agreed: bool = False) -> Recipe:
        """What a new sandbox of the session has to hold; `agreed` as in `Recipe`.

        Raises:
            SandboxUnavailable: columns have to be taken out of a file first (see `before_code`).
        """
        replayed = state.replayable()
        return Recipe(
            files=[
                self._data_file(session_id, dataset, self._path_of(session_id, place, dataset))
                for place, dataset in enumerate(state.datasets)
            ],
            replay=[execution.code for execution in replayed],
            steps=[execution.step for execution in replayed],
            agreed=agreed,
        )

    def files_for(self, privacy: DatasetPrivacy) -> FileHandler:
        """Who reads a file: this machine, if parts of it must not leave it.

        Raises:
            LocalOnly: the file would leave this machine.
        """
        self._check_local([privacy])
        if self._settings.uses_embedded_sandbox or not _hides_any(privacy):
            return self._files
        return self._local_files()[1]

    # -- what projects' files ask for ------------------------------------------------------------

    async def _tighten(self, session_id: str, state: SessionState, *, told: bool = False) -> None:
        """Put in force what the files of projects ask for by now, whoever is the first to look.

        Where nothing can leave, that is only of interest to a user who is `told`.

        Raises:
            InvalidRequest: one of them cannot be used any more.
        """
        if self._settings.is_here_alone and not told:
            return
        found = await asyncio.to_thread(self._projects.tightened, session_id, list(state.datasets))
        for place, dataset in enumerate(state.datasets):
            if dataset.id in found:
                update = {"project": found[dataset.id], "agreed": False}
                privacy = dataset.privacy.model_copy(update=update)
                state.datasets[place] = dataset.model_copy(update={"privacy": privacy})
        if found:
            await self._end_sandbox(session_id)

    async def _end_sandbox(self, session_id: str) -> None:
        """One elsewhere may hold what must not leave by now; the next is made without it."""
        if not self._settings.uses_embedded_sandbox:
            await self._sandboxes.kill(session_id)

    # -- what is in force ------------------------------------------------------------------------

    async def _columns(self, session_id: str, state: SessionState) -> list[ColumnPrivacy]:
        """What may be sent of each column of the session's data sets."""
        held: list[ColumnPrivacy] = []
        for dataset in list(state.datasets):
            found = await self._detected(session_id, dataset)
            held += column_privacy(dataset, found, schema_only=self.schema_only(state))
        return held

    async def _notices(self, session_id: str, state: SessionState) -> list[str]:
        told: dict[str, None] = dict.fromkeys([MARKS_LOST] if state.marks_lost else [])
        for dataset in list(state.datasets):
            project = dataset.privacy.project
            told |= dict.fromkeys(project.notices)
            if dataset.privacy.agreed:
                continue
            found = await self._detected(session_id, dataset)
            for column in asked_in_vain(dataset, found):
                told[
                    f"The project's file asks to send {column} as it is. That needs your word."
                ] = None
            if project.allow:
                told[
                    f"The project's file names {len(project.allow)} values that are not to be "
                    "replaced. That needs your word."
                ] = None
        return list(told)

    async def _can_agree(self, session_id: str, state: SessionState) -> bool:
        for dataset in list(state.datasets):
            found = await self._detected(session_id, dataset)
            loosens = bool(dataset.privacy.project.allow) or any(asked_in_vain(dataset, found))
            if loosens and not dataset.privacy.agreed:
                return True
        return False

    def marks(self, session_id: str) -> list[Mark]:
        return list(self._guard(session_id).marks)

    def _mark(self, session_id: str, state: SessionState, marks: Sequence[Mark]) -> None:
        session, guard = self._privacy.of(session_id), self._guard(session_id)
        meant = [m.model_copy(update={"text": session.meant(m.text)}) for m in marks]
        last = {m.text.strip().casefold(): m for m in meant}
        earlier, guard.marks = guard.marks, tuple(last.values())
        state.marks_lost = False
        kept = guard.kept or KeptMarks.none()
        guard.kept = kept.changed(remove=[m.text for m in (*earlier, *guard.marks)])
        known = guard.kept.changed(add=[m.text for m in guard.marks if m.personal])
        try:
            known.write(self._folder_of(session_id))
        except OSError:
            raise StoreUnavailable(MARKS_NOT_KEPT) from None

    def recall(self, session_id: str, state: SessionState, report: Sequence[PrivacyCount]) -> None:
        """When a session is opened: know its earlier marks, or that they are not known.

        Args:
            report: what was replaced in it so far.
        """
        guard = self._guard(session_id)
        guard.kept = KeptMarks.read(self._folder_of(session_id))
        marked = any(count.entity_type == MARKED_VALUE for count in report)
        state.marks_lost = marked and guard.kept is None

    def schema_only(self, state: SessionState) -> bool:
        return (
            self._settings.schema_only
            or state.marks_lost
            or any(d.privacy.project.schema_only for d in state.datasets)
        )

    def pauses(self, state: SessionState) -> bool:
        return self._settings.pause_before_sending or any(
            d.privacy.project.pause for d in state.datasets
        )

    def local_only(self, datasets: Sequence[Dataset]) -> bool:
        return self._settings.local_only or any(d.privacy.project.local_only for d in datasets)

    @staticmethod
    def taken_over(dataset: Dataset, before: Dataset) -> Dataset:
        """A newer version of a data set: what its user decided loosens by no other name."""
        columns, warnings = taken_over(before, dataset)
        privacy = dataset.privacy.model_copy(
            update={"columns": {**dataset.privacy.columns, **columns}}
        )
        return dataset.model_copy(
            update={"privacy": privacy, "warnings": [*dataset.warnings, *warnings]}
        )

    def _check_local(self, privacy: Sequence[DatasetPrivacy]) -> None:
        """Hold the sandbox and the store against what the project asks for.

        Raises:
            LocalOnly: data would leave this machine.
        """
        asked = self._settings.local_only or any(p.project.local_only for p in privacy)
        if asked and self._settings.uses_supabase:
            raise LocalOnly.history()
        if asked and not self._settings.uses_embedded_sandbox:
            raise LocalOnly.sandbox()

    # -- on the way to a model -------------------------------------------------------------------

    async def _refresh(self, session_id: str, state: SessionState) -> InForce:
        """Put the policies of the moment in force for the session's requests.

        Without a model nothing is sent, so none stands between a user and an answer.
        """
        found = await self._with_a_model(session_id, state)
        protection, shown, _ = found
        if self._settings.uses_offline_analyst:
            policies = protection.policies
            protection = Protection(
                personal=protection.personal,
                not_personal=protection.not_personal,
                kept=protection.kept,
            )
            shown = whole if self._settings.uses_embedded_sandbox else View.of_sandbox(policies)
        state.tells_past = self._settings.uses_offline_analyst or not state.marks_lost
        self._privacy.of(session_id).protection = protection
        state.shown = shown
        return found

    async def _with_a_model(self, session_id: str, state: SessionState) -> InForce:
        guard = self._guard(session_id)
        self._privacy.of(session_id).look_with(self._detection(state))
        columns = await self._columns(session_id, state)
        policies = guard.versions.in_force(state.datasets, columns)
        values: dict[str, list[KnownValues]] = {}
        for dataset in state.datasets:
            for name in {c.column for c in columns if c.dataset_id == dataset.id}:
                if policies[name] != "send":
                    held = guard.versions.known.get((version_of(dataset), name))
                    values.setdefault(name, []).append(held or _sampled(dataset, name))
        for name, older in guard.versions.of_older_ones(state.datasets):
            if policies.get(name, "send") != "send":
                values.setdefault(name, []).append(older)
        schema_only = self.schema_only(state)
        protection = Protection(
            policies=policies,
            values=values,
            personal=tuple(m.text for m in guard.marks if m.personal),
            not_personal=tuple(m.text for m in guard.marks if not m.personal),
            kept=guard.kept,
            schema_only=schema_only,
            withheld=not self._settings.uses_embedded_sandbox,
        )
        known = guard.versions.known
        complete = all(
            (version_of(dataset), c.column) in known
            for dataset in list(state.datasets)
            for c in columns
            if c.dataset_id == dataset.id and c.policy != "send"
        )
        shown = View(policies, schema_only, not self._settings.uses_embedded_sandbox)
        return InForce(protection, shown, complete)

    async def _learn_all(self, session_id: str, state: SessionState) -> None:
        """What protected columns hold is known."""
        guard = self._guard(session_id)
        known_before = len(guard.versions.known)
        columns = await self._columns(session_id, state)

        def recipe() -> Recipe:
            return self.recipe(session_id, state)

        for dataset in list(state.datasets):
            wanted = [
                c.column for c in columns if c.dataset_id == dataset.id and c.policy != "send"
            ]
            await self._learn(
                session_id, dataset, wanted, self._files, recipe, anew=bool(state.executions)
            )
        if len(guard.versions.known) > known_before:
            guard.versions.keep_once(state.datasets)

    async def _learn(
        self,
        session_id: str,
        dataset: Dataset,
        columns: Sequence[str],
        files: FileHandler,
        recipe: Callable[[], Recipe],
        *,
        anew: bool,
    ) -> None:
        """The values of columns, so that they are known wherever they turn up."""
        guard, version = self._guard(session_id), version_of(dataset)
        wanted = [column for column in columns if (version, column) not in guard.versions.known]
        if not wanted:
            return
        try:
            found = await files.values(session_id, dataset, wanted, recipe, anew=anew)
        except UnreadableFile:  # it takes too long, for one: any value may be one of theirs
            found = {}
        for column in wanted:
            held = found.get(column)
            guard.versions.known[version, column] = (
                KnownValues(held.values, complete=held.complete)
                if held is not None
                else _sampled(dataset, column)
            )

    def _detection(self, state: SessionState) -> DetectionRules:
        rules = self._rules
        for dataset in state.datasets:
            privacy = dataset.privacy
            rules = detection(rules, privacy.project, agreed=privacy.agreed)
        return rules

    async def _detected(self, session_id: str, dataset: Dataset) -> Mapping[str, ColumnPolicy]:
        guard, version = self._guard(session_id), version_of(dataset)
        if version not in guard.detected:
            session = self._privacy.of(session_id)
            guard.detected[version] = await asyncio.to_thread(_detect, session, dataset)
        return guard.detected[version]

    # -- on the way to a sandbox -----------------------------------------------------------------

    def _data_file(self, session_id: str, dataset: Dataset, path: Path) -> DataFile:
        """The data set as the session's sandbox may hold it.

        Raises:
            SandboxUnavailable: columns have to be taken out of it first.
        """
        if self._settings.uses_embedded_sandbox:
            return data_file(dataset, path)
        hidden = _hidden(dataset, self._guard(session_id).detected.get(version_of(dataset), {}))
        if not hidden:
            return data_file(dataset, path)
        held, copy = self._guard(session_id).copies.get(version_of(dataset), ([], None))
        if copy is None or held != hidden:
            raise SandboxUnavailable(NO_FILTER)
        return copy

    def in_sandbox(self, session_id: str, dataset: Dataset) -> Dataset:
        """The data set as the session's sandbox holds it: elsewhere, without some columns."""
        if self._settings.uses_embedded_sandbox:
            return dataset
        detected = self._guard(session_id).detected.get(version_of(dataset), {})
        hidden: ColumnPolicy = "never"
        return View.of_sandbox(dict.fromkeys(_hidden(dataset, detected), hidden))(dataset)

    async def _take_out(self, session_id: str, dataset: Dataset, path: Path) -> None:
        guard, version = self._guard(session_id), version_of(dataset)
        hidden = _hidden(dataset, await self._detected(session_id, dataset))
        if not hidden:
            return
        if guard.copies.get(version, ([], None))[0] == hidden:
            return
        sandboxes, files = self._local_files()
        target = path.with_name(f"without-{dataset.id}.csv")

        def recipe() -> Recipe:
            return Recipe(files=[data_file(dataset, path)])

        try:
            copy = await files.write_without(session_id, dataset, path, hidden, target)
            await self._learn(session_id, dataset, hidden, files, recipe, anew=False)
        except SandboxUnavailable:
            raise SandboxUnavailable(NO_FILTER) from None
        finally:
            await sandboxes.kill(session_id)
        guard.copies[version] = (hidden, copy)

    def _local_files(self) -> tuple[SessionSandboxes, FileHandler]:
        if self._local is None:
            settings = self._settings.without_services()
            sandboxes = SessionSandboxes(settings)
            self._local = (sandboxes, FileHandler(sandboxes, settings))
        return self._local

    def _guard(self, session_id: str) -> _Guard:
        return self._guards.setdefault(session_id, _Guard())


def _detect(session: SessionPrivacy, dataset: Dataset) -> dict[str, ColumnPolicy]:
    try:
        return detected_policies(dataset.dataset_schema, session.find)
    except Exception:
        # A detector that fails blocks the sending; until then everything counts as personal.
        return {column.name: "tokenise" for column in dataset.dataset_schema.columns}


def _sampled(dataset: Dataset, column: str) -> KnownValues:
    """What the first rows show of a column whose other values are not known."""
    held = [c for c in dataset.dataset_schema.columns if c.name == column]
    return KnownValues((v for c in held for v in c.sample_values), complete=False)


def _hidden(dataset: Dataset, detected: Mapping[str, ColumnPolicy]) -> list[str]:
    return sorted(c.column for c in column_privacy(dataset, detected) if c.policy == "never")


def _hides_any(privacy: DatasetPrivacy) -> bool:
    return "never" in {*privacy.columns.values(), *privacy.project.columns.values()}
