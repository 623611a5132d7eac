"""What the data sets of a session may show, put in force: in what is sent, and in the sandbox.

Whoever sends something, runs code or tells what holds goes through `Safeguards`, whose methods
take the steps in their order: what projects' files ask for by now, files without what must not
leave this machine, the values that protected columns hold, and with all of it the protection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from datalens_core.datasets.handler import FileHandler
from datalens_core.errors import InvalidRequest, LocalOnly
from datalens_core.models import (
    ColumnPrivacy,
    Dataset,
    DatasetPrivacy,
    Mark,
    PrivacyCount,
)
from datalens_core.privacy.policies import asked_in_vain, taken_over
from datalens_core.privacy.project import detection, same_in_sandbox
from datalens_core.privacy.protection import Protection
from datalens_core.privacy.rules import DetectionRules
from datalens_core.privacy.session import PrivacySessions
from datalens_core.privacy.view import View, whole
from datalens_core.privacy.watched import WatchedProjects
from datalens_core.safeguards.columns import KnownColumns
from datalens_core.safeguards.files import WithheldFiles
from datalens_core.safeguards.marks import MARKS_LOST, FolderOf, Marks
from datalens_core.sandbox.contract import Recipe, Sandboxes
from datalens_core.sessions.state import SessionState
from datalens_core.settings import Settings

PathOf = Callable[[str, int, Dataset], Path]
"""Where the data set in this place (from 0) of a session is kept."""
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
        self._privacy = privacy
        self._rules = rules
        self._sandboxes = sandboxes
        self._path_of = path_of
        self._projects = WatchedProjects(folder_of)
        self._marks = Marks(privacy, folder_of)
        self._columns = KnownColumns(privacy, files)
        self._files = WithheldFiles(settings, files, self._columns)

    async def close(self) -> None:
        await self._files.close()

    def drop(self, session_id: str) -> None:
        """Forget a session's values, marks and tokens."""
        for held in (self._projects, self._marks, self._columns, self._files, self._privacy):
            held.drop(session_id)

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
        await self._columns.learn_all(
            session_id,
            state.datasets,
            await self._policies(session_id, state),
            lambda: self.recipe(session_id, state),
            anew=bool(state.executions),
        )
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
        for place, dataset in enumerate(list(state.datasets)):
            path = self._path_of(session_id, place, dataset)
            await self._files.take_out(session_id, dataset, path)

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
            await self._policies(session_id, state),
            [*unusable, *await self._notices(session_id, state)],
            await self._can_agree(session_id, state),
        )

    @asynccontextmanager
    async def deciding(self, session_id: str, state: SessionState) -> AsyncIterator[None]:
        """While the user decides on columns: it holds at once, also in a sandbox elsewhere."""
        before = await self._policies(session_id, state)
        try:
            yield
        finally:
            await self._refresh(session_id, state)
            after = await self._policies(session_id, state)
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
            InvalidRequest: what is personal has no letter and no digit; nothing has changed.
        """
        try:
            await asyncio.to_thread(self._marks.take, session_id, state, marks)
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
                self._files.data_file(
                    session_id, dataset, self._path_of(session_id, place, dataset)
                )
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
        return self._files.reader(privacy)

    def in_sandbox(self, session_id: str, dataset: Dataset) -> Dataset:
        """The data set as the session's sandbox holds it: elsewhere, without some columns."""
        return self._files.view(session_id, dataset)

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
        ends = False
        for place, dataset in enumerate(state.datasets):
            if dataset.id in found:
                ends |= not same_in_sandbox(dataset.privacy.project, found[dataset.id])
                update = {"project": found[dataset.id], "agreed": False}
                privacy = dataset.privacy.model_copy(update=update)
                state.datasets[place] = dataset.model_copy(update={"privacy": privacy})
        if ends:
            await self._end_sandbox(session_id)

    async def _end_sandbox(self, session_id: str) -> None:
        """One elsewhere may hold what must not leave by now; the next is made without it."""
        if not self._settings.uses_embedded_sandbox:
            await self._sandboxes.kill(session_id)

    # -- what is in force ------------------------------------------------------------------------

    async def _policies(self, session_id: str, state: SessionState) -> list[ColumnPrivacy]:
        """What may be sent of each column of the session's data sets."""
        return await self._columns.policies(
            session_id, state.datasets, schema_only=self.schema_only(state)
        )

    async def _notices(self, session_id: str, state: SessionState) -> list[str]:
        told: dict[str, None] = dict.fromkeys([MARKS_LOST] if state.marks_lost else [])
        for dataset in list(state.datasets):
            project = dataset.privacy.project
            told |= dict.fromkeys(project.notices)
            if dataset.privacy.agreed:
                continue
            found = await self._columns.detected(session_id, dataset)
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
            found = await self._columns.detected(session_id, dataset)
            loosens = bool(dataset.privacy.project.allow) or any(asked_in_vain(dataset, found))
            if loosens and not dataset.privacy.agreed:
                return True
        return False

    def marks(self, session_id: str) -> list[Mark]:
        return list(self._marks.of(session_id).now)

    def recall(self, session_id: str, state: SessionState, report: Sequence[PrivacyCount]) -> None:
        """When a session is opened: know its earlier marks, or that they are not known.

        Args:
            report: what was replaced in it so far.
        """
        self._marks.recall(session_id, state, report)

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
        self._privacy.of(session_id).look_with(self._detection(state))
        columns = await self._policies(session_id, state)
        policies, values = self._columns.in_force(session_id, state.datasets, columns)
        schema_only, withheld = self.schema_only(state), not self._settings.uses_embedded_sandbox
        marks = self._marks.of(session_id)
        protection = Protection(
            policies=policies,
            values=values,
            personal=marks.personal,
            not_personal=marks.not_personal,
            kept=marks.kept,
            schema_only=schema_only,
            withheld=withheld,
        )
        return InForce(
            protection,
            View(policies, schema_only, withheld),
            self._columns.knows_all(session_id, state.datasets, columns),
        )

    def _detection(self, state: SessionState) -> DetectionRules:
        rules = self._rules
        for dataset in state.datasets:
            privacy = dataset.privacy
            rules = detection(rules, privacy.project, agreed=privacy.agreed)
        return rules
