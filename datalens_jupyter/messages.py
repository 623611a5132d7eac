"""What clients send, and the answers that are no model of the core's.

Bodies of requests refuse unknown fields; the answer names the fields at fault, never their values.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, SecretStr, TypeAdapter

from datalens_core.models import ColumnPolicyChange, Mark, Model, PlanChange

# -- bodies of requests ---------------------------------------------------------------------------


class UploadByPath(Model):
    """A file below the server's root, named as the file browser names it."""

    path: str = Field(min_length=1, max_length=4096)
    session_id: str | None = Field(default=None, description="None makes a new session.")
    replaces: str | None = Field(
        default=None, description="The data set that this is a newer version of."
    )


class QueryRequest(Model):
    session_id: str
    query: str
    approve_plan: bool = Field(
        default=False, description="Whether the run waits for POST runs/{run_id}/plan."
    )
    model: str | None = Field(
        default=None, max_length=200, description="One of GET models; None for the default."
    )


class PlanDecision(Model):
    """The user's word on a plan that waits; `steps` takes the place of the plan's."""

    approve: bool
    steps: list[str] | None = None


class Credentials(Model):
    email: str = Field(max_length=320)
    password: SecretStr = Field(max_length=1024)


class NewSession(Model):
    title: str = Field(default="", max_length=200)


class SessionChange(Model):
    title: str = Field(max_length=200)


class RestoreRequest(Model):
    replay: bool = Field(
        default=False,
        description="The user agrees that the session's own code is run again even in a sandbox "
        "with internet access, or for longer than a minute, which never happens by itself.",
    )


class PlanRequest(PlanChange):
    """How a data set is to be read; what is left out is found again."""


class PreviewRequest(Model):
    query: str
    model: str | None = Field(default=None, max_length=200, description="As in POST query.")


class RequestDecision(Model):
    """Whether a request that waits goes to the model; its run ends if it does not."""

    send: bool


class ColumnPolicies(Model):
    """What may be sent of columns; those that are not named stay as they are."""

    columns: list[ColumnPolicyChange] = Field(default=[], max_length=16_384)
    agree: bool | None = Field(
        default=None, description="The user's word on what a project's file loosens."
    )


class Marks(Model):
    """All of the user's marks since the server was started; of each value the last one counts."""

    marks: list[Mark] = Field(max_length=500)


class ExecutionRequest(Model):
    """Code for the session's sandbox.

    With the `step` and `sha256` of code that the session stored, it runs as that step. Anything
    else is refused with CONFIRMATION_REQUIRED until the user has seen it and `confirmed` is true.
    """

    code: str = Field(max_length=1_000_000)
    step: int | None = Field(default=None, ge=1)
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    origin: Literal["notebook"] = "notebook"
    confirmed: bool = False


# -- the page's WebSocket -------------------------------------------------------------------------


class Subscribe(Model):
    """Send the events of a run after the one numbered `after`, then live ones."""

    op: Literal["subscribe"]
    run_id: str
    after: int = Field(default=0, ge=0)


class Unsubscribe(Model):
    op: Literal["unsubscribe"]
    run_id: str


class Watch(Model):
    """Say which sandbox a session has, now and each time that it changes; the one before is left.

    None leaves it.
    """

    op: Literal["watch"]
    session_id: str | None


ClientMessage = Annotated[Subscribe | Unsubscribe | Watch, Field(discriminator="op")]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


class Heartbeat(Model):
    """Sent every 15 s on every stream, so that a silent one can be told from a dead one."""

    type: Literal["heartbeat"] = "heartbeat"


class SandboxState(Model):
    """Which sandbox a watched session has. `reason` says why it has none any more, if it had one.

    It is no event of a run, so it has no seq: it comes at once after `watch`, and with each change.
    """

    type: Literal["sandbox.state"] = "sandbox.state"
    session_id: str
    sandbox_id: str | None
    reason: str


class StreamError(Model):
    """A stream cannot go on, or a message on the WebSocket could not be followed."""

    type: Literal["stream.error"] = "stream.error"
    run_id: str | None = None
    error: ErrorDetail


# -- answers --------------------------------------------------------------------------------------


class RunAccepted(Model):
    run_id: str


class Health(Model):
    status: Literal["ok"] = "ok"
    version: str


class ErrorDetail(Model):
    code: str = Field(description="One of the schema ErrorCode.")
    message: str = Field(description="A sentence for the user.")
    details: dict[str, JsonValue]
    timestamp: str
    request_id: str


class ErrorBody(Model):
    """Every call that fails answers this."""

    error: ErrorDetail


StreamError.model_rebuild()


def fields_at_fault(errors: list[Any]) -> list[str]:
    """Where a body was wrong, by name, from pydantic's list of errors."""
    return sorted({".".join(str(p) for p in e["loc"]) or "body" for e in errors})
