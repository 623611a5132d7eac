"""The server extension: settings, one workbench for the server, and the routes.

Loading it imports neither pydantic nor the core, so that Jupyter starts as fast as without it;
the workbench is built in the background once the server is up, or by the first request.
"""

from __future__ import annotations

import asyncio
import importlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Integer, Unicode

from datalens_jupyter.handlers import routes
from datalens_jupyter.metrics import Metrics
from datalens_jupyter.streams import Readers

if TYPE_CHECKING:
    from datalens_core.settings import Settings
    from datalens_core.workbench import Workbench

# Long enough for the first page to be served before imports compete with it.
WARM_AFTER_SECONDS = 1.0


class DataLensApp(ExtensionApp):
    """Ask questions of your data in JupyterLab.

    Its traits are settings for admins and win over environment and config file. A key set here
    stays in the server; one in the server's environment can be read by every kernel.
    """

    name = "datalens"
    load_other_extensions = True

    openrouter_api_key = Unicode(help="Key of OpenRouter or of `llm_base_url`.").tag(config=True)
    model = Unicode(help="The model that plans and writes code.").tag(config=True)
    profiling_model = Unicode(help="The model that describes a new data set.").tag(config=True)
    llm_base_url = Unicode(help="Any OpenAI-compatible endpoint.").tag(config=True)
    models = Unicode(help="The models users may choose from, parted by commas.").tag(config=True)
    fallback_models = Unicode(help="OpenRouter's fallbacks, two at most.").tag(config=True)
    ca_bundle = Unicode(help="File of further certificate authorities (PEM).").tag(config=True)
    e2b_api_key = Unicode(help="Key of E2B; without one, the embedded sandbox.").tag(config=True)
    e2b_domain = Unicode(help="Domain of a self-hosted E2B.").tag(config=True)
    supabase_url = Unicode(help="A team's Supabase, for the history.").tag(config=True)
    supabase_anon_key = Unicode(help="Its anon or publishable key.").tag(config=True)
    max_file_size_mb = Integer(None, allow_none=True, help="Largest upload, MB.").tag(config=True)
    sandbox_timeout_seconds = Integer(
        None, allow_none=True, help="How long an unused sandbox is kept alive."
    ).tag(config=True)
    execution_timeout_seconds = Integer(
        None, allow_none=True, help="Time limit of one execution."
    ).tag(config=True)
    sandbox_memory_mb = Integer(None, allow_none=True, help="Memory of a sandbox, MB.").tag(
        config=True
    )
    max_sandboxes = Integer(None, allow_none=True, help="Sandboxes of a user alive at once.").tag(
        config=True
    )
    sandbox_internet_access = Bool(
        None, allow_none=True, help="Whether code in E2B's sandboxes reaches the internet."
    ).tag(config=True)
    sandbox_packages = Unicode(
        help="What is installed in E2B's sandboxes with internet access, such as pyarrow,prophet."
    ).tag(config=True)
    retention_days = Integer(
        None, allow_none=True, help="Days that an unused session is kept; 0 for ever."
    ).tag(config=True)
    max_retry_attempts = Integer(
        None, allow_none=True, help="Repairs of failing code, per step."
    ).tag(config=True)
    rate_limit_requests_per_minute = Integer(
        None, allow_none=True, help="Requests a user may make a minute; 0 for no limit."
    ).tag(config=True)
    rate_limit_uploads_per_hour = Integer(
        None, allow_none=True, help="Files a user may upload an hour; 0 for no limit."
    ).tag(config=True)
    rate_limit_executions_per_hour = Integer(
        None, allow_none=True, help="Executions a user may cause an hour; 0 for no limit."
    ).tag(config=True)
    max_cost_per_run = Float(None, allow_none=True, help="US dollars a question may cost.").tag(
        config=True
    )
    max_cost_per_session = Float(None, allow_none=True, help="US dollars a session may cost.").tag(
        config=True
    )
    max_tokens_per_run = Integer(None, allow_none=True, help="Tokens a question may use.").tag(
        config=True
    )
    max_tokens_per_session = Integer(None, allow_none=True, help="Tokens a session may use.").tag(
        config=True
    )
    approve_plan = Bool(
        None, allow_none=True, help="Whether every plan waits for the user's approval."
    ).tag(config=True)
    privacy_entities = Unicode(
        help="What else is replaced before it goes to a model, such as CREDIT_CARD,US_SSN."
    ).tag(config=True)
    privacy_patterns = Unicode(help="Regular expressions to replace; JSON array.").tag(config=True)
    privacy_deny = Unicode(help="Words that are always replaced.").tag(config=True)
    privacy_allow = Unicode(help="Values that are never replaced.").tag(config=True)
    spacy_model = Unicode(help="What finds names and places, if they are looked for.").tag(
        config=True
    )
    phone_regions = Unicode(help="Regions of bare phone numbers, such as DE,AT.").tag(config=True)
    schema_only = Bool(None, allow_none=True, help="Send a model no value of any column.").tag(
        config=True
    )
    local_only = Bool(None, allow_none=True, help="Refuse what is not on this machine.").tag(
        config=True
    )
    pause_before_sending = Bool(
        None, allow_none=True, help="Let each request to a model wait for the user's word."
    ).tag(config=True)
    tokenised_code = Bool(
        None, allow_none=True, help="Save code in cells and exports with tokens for values."
    ).tag(config=True)
    data_dir = Unicode(help="Where journal, history and uploaded files live.").tag(config=True)
    warm_up = Bool(True, help="Start the sandbox once the server is up.").tag(config=True)

    # -- what Jupyter calls ------------------------------------------------------------------------

    def initialize_settings(self) -> None:
        self.metrics = Metrics()
        self.live_streams = 0
        self.readers = Readers()
        self._workbench: Workbench | None = None
        self._building = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None

    def initialize_handlers(self) -> None:
        self.handlers.extend(routes())

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if self.warm_up:
            self._warming = asyncio.create_task(self._warm(), name="datalens-warm")

    async def stop_extension(self) -> None:
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        async with self._building:
            if self._workbench is not None:
                await self._workbench.close()
                self._workbench = None

    def current_activity(self) -> int | None:
        """Runs that go on, and answers that somebody is following, right now."""
        runs = self._workbench.live_runs if self._workbench is not None else 0
        return (runs + self.live_streams) or None

    # -- what handlers call ------------------------------------------------------------------------

    async def workbench(self) -> Workbench:
        """The server's workbench, started.

        Raises:
            ServiceMisconfigured: a setting cannot be used; details name it and its source.
        """
        async with self._building:
            if self._workbench is None:
                # In a thread: the core's imports take longer than a request may block the loop.
                core = await asyncio.to_thread(importlib.import_module, "datalens_core.workbench")
                workbench: Workbench = core.Workbench(
                    self.read_settings(), on_activity=self.mark_active
                )
                await workbench.start()
                self._workbench = workbench
            return self._workbench

    def user_of(self, caller: str) -> str:
        """The user that a caller is signed in as; the caller, where nobody signs in."""
        assert self._workbench is not None
        return self._workbench.signin.user_of(caller)

    def read_settings(self) -> Settings:
        from datalens_core.errors import ServiceMisconfigured
        from datalens_core.settings import Settings

        chosen = {name: getattr(self, name) for name in Settings.model_fields if name in TRAITS}
        try:
            return Settings.from_env(traitlets=chosen)
        except ValueError as error:
            self.log.error("DataLens: %s", error)
            raise ServiceMisconfigured(details={"reason": str(error)}) from None

    def mark_active(self) -> None:
        """To Jupyter an open stream is no activity: a Hub would cull the server in mid-run."""
        assert self.serverapp is not None
        self.serverapp.web_app.settings["datalens_last_activity"] = datetime.now(UTC)

    async def _warm(self) -> None:
        await asyncio.sleep(WARM_AFTER_SECONDS)
        from datalens_core.errors import DataLensError

        try:
            await (await self.workbench()).warm()
        except DataLensError as error:
            # Said again, to the user, by the first request that needs it.
            self.log.warning("DataLens is not ready: %s %s", error.message, error.details)
        except Exception as error:
            # A background task has nobody to raise to; the first request fails the same way.
            self.log.error("DataLens could not start: %s", type(error).__name__)


TRAITS = frozenset(DataLensApp.class_own_traits(config=True)) - {"warm_up"}
