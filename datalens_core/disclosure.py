"""What a session discloses to a model: looked at, and decided, by its user."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from datalens_core.datasets.loader import setup_code
from datalens_core.errors import InvalidRequest
from datalens_core.executions import code_hash
from datalens_core.llm.exchange import CallScope
from datalens_core.models import (
    ColumnPolicyChange,
    Dataset,
    Mark,
    Preview,
    PrivacyReport,
    SavedCode,
    SavedCodes,
    Session,
    SessionDetail,
)
from datalens_core.privacy.known_values import as_number, is_telling
from datalens_core.privacy.policies import asked_for
from datalens_core.privacy.protection import POLICIES, strictest
from datalens_core.privacy.saved_code import with_tokens
from datalens_core.privacy.vault import TOKEN
from datalens_core.question import task_context
from datalens_core.rooms import Rooms
from datalens_core.safeguards.boundary import InForce
from datalens_core.sessions.state import SessionState

SETUP = "setup"  # no execution's id


class Disclosure:
    """See `Workbench.preview` and its neighbours."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def preview(self, session: Session, query: str, model: str | None = None) -> Preview:
        state = await self._rooms.state(session)
        # As it would be with a model where none is set, whatever runs in the session meanwhile.
        protection, shown, _ = await self._rooms.safeguards.in_force(session.id, state)
        privacy = self._rooms.privacy.of(session.id).under(protection)
        chosen = model or self._rooms.chosen_model(state)
        scope = CallScope(session.id, privacy, lambda _: None, model=chosen)
        context = task_context(state, query, shown=shown, tells_past=not state.marks_lost)
        request = self._rooms.reasoning.planning_request(context, scope)
        # Detection takes its time, and its first use imports a lot: off the loop.
        return await asyncio.to_thread(self._rooms.gateway.preview, request, scope)

    async def report(self, session: Session) -> PrivacyReport:
        """What was replaced so far, and what is in force."""
        counted = await self._rooms.sessions.privacy_report(session.id, None)
        state, safeguards = await self._rooms.state(session), self._rooms.safeguards
        told = await safeguards.told(session.id, state)
        return counted.model_copy(
            update={
                "columns": told.columns,
                "marks": safeguards.marks(session.id),
                "schema_only": safeguards.schema_only(state),
                "local_only": safeguards.local_only(state.datasets),
                "pause": safeguards.pauses(state),
                "notices": told.notices,
                "can_agree": told.can_agree,
            }
        )

    async def set_columns(
        self, session: Session, changes: Sequence[ColumnPolicyChange], agree: bool | None
    ) -> PrivacyReport:
        """Decide what may be sent of columns; those that are not named stay as they are.

        Raises:
            DatasetNotFound: a data set that the session does not have.
            InvalidRequest: a column that it does not have, or less than a project's file asks for.
        """
        state = await self._rooms.state(session)
        async with state.uploading, self._rooms.safeguards.deciding(session.id, state):
            changed = {d.id: d for d in state.datasets}
            for change in changes:
                for dataset in self._meant(state, change):
                    changed[dataset.id] = _changed(changed[dataset.id], change)
            for dataset in list(state.datasets):
                fresh = changed[dataset.id]
                if agree is not None:
                    privacy = fresh.privacy.model_copy(update={"agreed": agree})
                    fresh = fresh.model_copy(update={"privacy": privacy})
                # One that is being added is stored once it is kept, with what was decided here.
                if fresh != dataset and state.renew(fresh) and fresh.id not in state.unsaved:
                    await self._rooms.store.save_dataset(session, fresh)
        return await self.report(session)

    async def set_marks(self, session: Session, marks: Sequence[Mark]) -> PrivacyReport:
        """Take the user's marks in the place of those made since the server was started."""
        state = await self._rooms.state(session)
        await self._rooms.safeguards.mark(session.id, state, marks)
        return await self.report(session)

    async def saved_code(self, session: Session, run_id: str) -> SavedCodes:
        """The code of a run as cells keep it."""
        state = await self._rooms.state(session)
        held = {id_: e.code for id_, e in state.executions.items() if e.run_id == run_id}
        if self._rooms.settings.tokenised_code:
            holds = await self._rooms.safeguards.in_force(session.id, state)
            held = await self._with_tokens(session, state, holds, held)
        return SavedCodes(
            run_id=run_id,
            executions=[
                SavedCode(execution_id=id_, code=code, sha256=code_hash(code))
                for id_, code in held.items()
            ],
        )

    async def saved(self, detail: SessionDetail) -> tuple[SessionDetail, str]:
        """A session as it is exported, and the code that sets up what its code finds.

        With tokens in the code if the settings say so. Nothing is run for it: where values of
        protected columns are not known now, any text and any number of the code may be one.
        """
        setup = setup_code(detail.datasets)
        if not self._rooms.settings.tokenised_code:
            return detail, setup
        state = await self._rooms.state(detail.session)
        codes = {execution.id: execution.code for execution in detail.executions}
        holds = await self._rooms.safeguards.without_running(detail.session.id, state)
        codes = await self._with_tokens(detail.session, state, holds, {**codes, SETUP: setup})
        executions = [
            e.model_copy(update={"code": codes[e.id], "sha256": code_hash(codes[e.id])})
            for e in detail.executions
        ]
        return detail.model_copy(update={"executions": executions}), codes[SETUP]

    async def _with_tokens(
        self, session: Session, state: SessionState, holds: InForce, codes: dict[str, str]
    ) -> dict[str, str]:
        """Codes by any key, with tokens for what a model would not be sent either."""
        privacy = self._rooms.privacy.of(session.id).under(holds.protection)
        columns = {c.name for d in state.datasets for c in d.dataset_schema.columns}

        def redact(text: str) -> str:
            redacted = privacy.redact(text, "code")[0]
            if holds.complete or TOKEN.fullmatch(redacted) or text in columns or _is_count(text):
                return redacted
            mark = "#" if text.startswith("#") else ""  # a comment stays one
            return mark + privacy.token_for(text.removeprefix("#"))

        def tokenised() -> dict[str, str]:
            # A number is known in code once a question or an answer has said that it is a phone's.
            for past in list(state.questions.values()):
                privacy.redact(f"{past.question}\n{past.answer}", "question")
            return {key: with_tokens(code, redact) for key, code in codes.items()}

        return await asyncio.to_thread(tokenised)

    @staticmethod
    def _meant(state: SessionState, change: ColumnPolicyChange) -> list[Dataset]:
        if change.dataset_id is not None:
            return [state.datasets[state.place_of(change.dataset_id)]]
        meant = [d for d in state.datasets if _has(d, change.column)]
        if not meant:
            raise InvalidRequest(f"There is no column {change.column[:100]!r}.")
        return meant


def _is_count(text: str) -> bool:
    """Whether a text is empty, or a number of so few digits that it is nobody's."""
    return not text.strip("# ") or (as_number(text) is not None and not is_telling(text))


def _has(dataset: Dataset, column: str) -> bool:
    return any(c.name == column for c in dataset.dataset_schema.columns)


def _changed(dataset: Dataset, change: ColumnPolicyChange) -> Dataset:
    if not _has(dataset, change.column):
        raise InvalidRequest(f"There is no column {change.column[:100]!r} in {dataset.name}.")
    columns = dict(dataset.privacy.columns)
    columns.pop(change.column, None)
    if change.policy is not None:
        required = strictest(asked_for(dataset.privacy.project.columns, change.column))
        if POLICIES.index(change.policy) < POLICIES.index(required):
            raise InvalidRequest(
                f"The project's file asks for “{required}” at least for {change.column[:100]}. "
                "Change it in .datalens/privacy.toml."
            )
        columns[change.column] = change.policy
    privacy = dataset.privacy.model_copy(update={"columns": columns})
    return dataset.model_copy(update={"privacy": privacy})
