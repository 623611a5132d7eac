"""What all handlers share: who asks, bodies checked, and errors in one shape."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from jupyter_server.auth.identity import (
    IdentityProvider,
    LegacyIdentityProvider,
    PasswordIdentityProvider,
)
from jupyter_server.auth.login import LegacyLoginHandler
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

if TYPE_CHECKING:
    from pydantic import BaseModel

    from datalens_core.errors import DataLensError
    from datalens_core.workbench import Workbench
    from datalens_jupyter.extension import DataLensApp

    Body = TypeVar("Body", bound=BaseModel)

LOCAL_USER = "local"
# These give everybody who holds the token or the password a random name each.
NAMELESS = (IdentityProvider, PasswordIdentityProvider)


class DataLensMixin(JupyterHandler):
    """For REST handlers and the WebSocket alike."""

    auth_resource = "datalens"

    @property
    def app(self) -> DataLensApp:
        app: DataLensApp = self.settings["datalens"]
        return app

    @cached_property
    def request_id(self) -> str:
        return uuid4().hex

    @property
    def user_id(self) -> str:
        """Whose sessions these are; once the workbench is there.

        Raises:
            AuthenticationRequired, SessionExpired: one has to sign in first.
        """
        return self.app.user_of(self.caller)

    @property
    def caller(self) -> str:
        """Who is at this server: `local`, unless the identity provider names its users."""
        provider = self.identity_provider
        if type(provider) in NAMELESS or _is_plain_legacy(provider):
            return LOCAL_USER
        return str(self.current_user.username)

    async def workbench(self) -> Workbench:
        return await self.app.workbench()

    # -- errors ------------------------------------------------------------------------------------

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        raised = kwargs.get("exc_info", (None, None, None))[1]
        error, status = self._as_error(status_code, raised)
        self.app.metrics.errors.labels(error.code).inc()
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("X-Request-Id", self.request_id)
        if "retry_after" in error.details:
            self.set_header("Retry-After", str(error.details["retry_after"]))
        self.finish(json.dumps(error.body(self.request_id)))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """One line an error; of an unexpected one its place, never its text: that may hold data."""
        from datalens_core.errors import DataLensError

        if isinstance(value, web.HTTPError):
            self.log.info("DataLens %s: HTTP %s", self.request_id, value.status_code)
        elif isinstance(value, DataLensError):
            level = self.log.warning if value.status >= 500 else self.log.info
            level("DataLens %s: %s", self.request_id, value.code)
        else:
            places = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(tb)]
            name = typ.__name__ if typ else "error"
            self.log.error("DataLens %s: %s at %s", self.request_id, name, " < ".join(places[::-1]))

    def on_finish(self) -> None:
        super().on_finish()
        self.app.metrics.requests.labels(
            self.route, self.request.method or "", str(self.get_status())
        ).inc()

    @property
    def route(self) -> str:
        """The handler's name: a label of metrics must not hold ids."""
        return type(self).__name__.removesuffix("Handler").lower()

    def _as_error(self, status: int, raised: BaseException | None) -> tuple[DataLensError, int]:
        from datalens_core import errors

        if isinstance(raised, errors.DataLensError):
            # Codes with status 200 are results of runs; raised by a call they are its failure.
            return raised, raised.status if raised.status >= 400 else 500
        if status in (401, 403) and self._lacks_identity():
            return errors.AuthenticationRequired(), 401
        if status == 403:
            return errors.AccessDenied(), 403
        if status == 404:
            return errors.NotFound(), 404
        if 400 <= status < 500:
            return errors.InvalidRequest(), status
        return errors.DataLensError(), status

    def _lacks_identity(self) -> bool:
        # A request under a foreign Host never got as far as having an identity.
        return getattr(self, "_jupyter_current_user", None) is None and self.check_host()


class DataLensHandler(DataLensMixin, APIHandler):
    """A REST handler. Every method carries `@web.authenticated` and `@authorized`."""

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        await super().prepare()
        if self.is_counted() and self.current_user:
            await (await self.workbench()).count_request(self.caller)

    def is_counted(self) -> bool:
        """Whether this is one of the requests that a user may make so many of a minute."""
        return True

    # -- bodies and answers ------------------------------------------------------------------------

    def read(self, model: type[Body]) -> Body:
        """The request's JSON body.

        Raises:
            InvalidRequest: details name the fields at fault, never their values.
        """
        return parse(model, self.request.body)

    def answer(self, model: BaseModel, status: int = 200) -> None:
        self.set_status(status)
        self.finish(model.model_dump_json())

    def on_finish(self) -> None:
        super().on_finish()
        if not self._streamed:
            self.app.metrics.seconds.labels(self.route).observe(self.request.request_time())

    _streamed = False


def parse(model: type[Body], body: bytes) -> Body:
    """A JSON body as a model; an empty body counts as `{}`."""
    from pydantic import ValidationError

    from datalens_core.errors import InvalidRequest
    from datalens_jupyter.messages import fields_at_fault

    try:
        return model.model_validate_json(body.strip() or b"{}")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidRequest(details={"fields": list(fields_at_fault(faults))}) from None


def _is_plain_legacy(provider: IdentityProvider) -> bool:
    if type(provider) is not LegacyIdentityProvider:
        return False
    return provider.login_handler_class is LegacyLoginHandler


def accepted(headers: Mapping[str, str], offered: tuple[str, ...]) -> str:
    """The media type of `offered` that the client likes best; the first one if it has no say."""
    quality: dict[str, float] = {}
    for item in headers.get("Accept", "").split(","):
        media, *parameters = (p.strip().lower() for p in item.split(";"))
        weights = [p.removeprefix("q=") for p in parameters if p.startswith("q=")]
        try:
            quality[media] = float(weights[0]) if weights else 1.0
        except ValueError:
            continue
    return max(offered, key=lambda m: quality.get(m, 0.0))


def wants_no_wait(headers: Mapping[str, str]) -> bool:
    preferences = headers.get("Prefer", "").lower().replace(";", ",").split(",")
    return "respond-async" in (p.strip() for p in preferences)
