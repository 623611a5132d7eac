"""One family of errors: a stable code, an HTTP status and a sentence the user can act on.

The table of codes is `docs/api.md`'s error table; `ERROR_CODES` is its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

from datalens_core.models import now


class DataLensError(Exception):
    """Base of everything DataLens raises on purpose.

    `message` is shown to people. `details` is for support: it never holds a secret, a value
    from the data or a path of the host.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    default: ClassVar[str] = "Something went wrong on our side. Your data and history are kept."

    def __init__(
        self, message: str | None = None, *, details: Mapping[str, JsonValue] | None = None
    ) -> None:
        self.message = message or self.default
        self.details: dict[str, JsonValue] = dict(details or {})
        super().__init__(self.message)

    def body(self, request_id: str = "") -> dict[str, JsonValue]:
        """The error as every call answers it: {"error": {...}}."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "details": self.details,
                "timestamp": now().isoformat(),
                "request_id": request_id,
            }
        }


# -- files ---------------------------------------------------------------------------------------


class UnsupportedFileType(DataLensError):
    code, status = "UNSUPPORTED_FILE_TYPE", 400
    default = "Unsupported file type. Please upload CSV or Excel files."


class FileTooLarge(DataLensError):
    code, status = "FILE_TOO_LARGE", 413
    default = "File size exceeds 100MB limit."

    @classmethod
    def over(cls, limit_mb: int) -> FileTooLarge:
        return cls(f"File size exceeds {limit_mb}MB limit.", details={"limit_mb": limit_mb})


class UnreadableFile(DataLensError):
    code, status = "FILE_UNREADABLE", 422
    default = "Unable to parse file. Please check file integrity."

    @classmethod
    def because(cls, reason: str) -> UnreadableFile:
        return cls(details={"reason": reason})


class EmptyFile(DataLensError):
    code, status = "FILE_EMPTY", 422
    default = "File contains no data."


# -- requests ------------------------------------------------------------------------------------


class InvalidRequest(DataLensError):
    code, status = "INVALID_REQUEST", 400
    default = "That request is not valid."


class EmptyQuery(InvalidRequest):
    code = "QUERY_EMPTY"
    default = "Please type a question."


class QueryTooLong(InvalidRequest):
    code = "QUERY_TOO_LONG"
    default = "Questions may have up to 10,000 characters."


class NotFound(DataLensError):
    code, status = "NOT_FOUND", 404
    default = "That does not exist, or no longer does."


class SessionNotFound(NotFound):
    code = "SESSION_NOT_FOUND"
    default = "That session does not exist, or was deleted."


class DatasetNotFound(NotFound):
    code = "DATASET_NOT_FOUND"
    default = "That data set does not exist in this session."


class RunNotFound(NotFound):
    code = "RUN_NOT_FOUND"
    default = "That run does not exist."


class AccessDenied(DataLensError):
    code, status = "ACCESS_DENIED", 403
    default = "Access denied."


class AuthenticationRequired(DataLensError):
    code, status = "AUTHENTICATION_REQUIRED", 401
    default = "Authentication required."


class SessionExpired(AuthenticationRequired):
    code = "SESSION_EXPIRED"
    default = "Session expired. Please log in again."


class SignInRefused(InvalidRequest):
    code = "SIGN_IN_REFUSED"
    default = "That email and password do not fit together. Nothing was changed. Try again."


class RateLimited(DataLensError):
    """`details` hold `retry_after`, in seconds."""

    code, status = "RATE_LIMITED", 429
    default = "That was too often. Your data and history are kept. Try again in a minute."

    @classmethod
    def reached(cls, limit: str, retry_after: int) -> RateLimited:
        minutes = -(-retry_after // 60)
        wait = f"{retry_after} s" if retry_after < 60 else f"{minutes} min"
        return cls(
            f"The limit of {limit} is reached. Your data and history are kept."
            f" Try again in {wait}.",
            details={"retry_after": retry_after},
        )


class RunInProgress(DataLensError):
    code, status = "RUN_IN_PROGRESS", 409
    default = "This session is still working on a question. Wait for it, or stop it first."


class DatasetMissing(DataLensError):
    """The copy of a data set is gone from this machine, or is another one than was added."""

    code, status = "DATASET_MISSING", 409
    default = "A data set is not on this machine any more. Add its file again to go on."

    @classmethod
    def named(cls, *names: str) -> DatasetMissing:
        be, its, them = (
            ("is", "its file", "it") if len(names) == 1 else ("are", "the files", "them")
        )
        return cls(
            f"{', '.join(names)} {be} not on this machine any more as you added {them}. Your "
            f"history is kept. Add {its} again, as a newer version of {them}, to go on.",
            details={"datasets": [*names]},
        )


class RunElsewhere(DataLensError):
    code, status = "RUN_ELSEWHERE", 409
    default = "Another DataLens on this machine is working on this. Stop it where it was started."


class ConfirmationRequired(DataLensError):
    code, status = "CONFIRMATION_REQUIRED", 409
    default = "This code is not what the session stored. Confirm to run it in the sandbox."


# -- sandbox -------------------------------------------------------------------------------------


class SandboxUnavailable(DataLensError):
    code, status = "SANDBOX_UNAVAILABLE", 503
    default = "Unable to create execution environment. Please try again."


class SandboxLost(DataLensError):
    """The sandbox ended while code ran: whether the code took effect is unknown."""

    code, status = "SANDBOX_LOST", 503
    default = "The sandbox stopped. Your data and history are kept; variables are gone. Ask again."


class ExecutionTimedOut(DataLensError):
    code, status = "EXECUTION_TIMEOUT", 200
    default = "Execution exceeded 60 second timeout. Consider simplifying the query."

    @classmethod
    def after(cls, seconds: int) -> ExecutionTimedOut:
        return cls(
            f"Execution exceeded {seconds} second timeout. Consider simplifying the query.",
            details={"seconds": seconds},
        )


class OutOfMemory(DataLensError):
    code, status = "OUT_OF_MEMORY", 200
    default = "Analysis requires too much memory. Try filtering the dataset first."


class AnalysisFailed(DataLensError):
    """All attempts failed; details name the last error and what was tried."""

    code, status = "ANALYSIS_FAILED", 200
    default = "The analysis did not succeed. The code, its errors and your data are kept."


class PlanNotWaiting(DataLensError):
    code, status = "PLAN_NOT_WAITING", 409
    default = "This plan is not waiting for approval any more."


class RunInterrupted(DataLensError):
    code, status = "RUN_INTERRUPTED", 200
    default = "The server stopped during this run. Everything up to then is kept. Ask again."


# -- model ---------------------------------------------------------------------------------------


class ModelError(DataLensError):
    code, status = "MODEL_ERROR", 502
    default = "The model did not give a usable answer. Nothing is lost. Ask again."


class GarbledCall(ModelError):
    """A tool call whose arguments cannot be read; the model is asked for it again."""

    code, status = "GARBLED_CALL", 502
    default = "The model's answer was garbled before it was whole. Nothing is lost. Ask again."


class ModelUnavailable(ModelError):
    code, status = "MODEL_UNAVAILABLE", 503
    default = "The model is not available right now. Nothing is lost. Ask again in a minute."


class ModelRateLimited(ModelError):
    code, status = "MODEL_RATE_LIMITED", 503
    default = "The model is busy and kept refusing. Nothing is lost. Ask again in a minute."


class ServiceMisconfigured(ModelError):
    code, status = "SERVICE_CONFIGURATION", 500
    default = "Service configuration error. Please contact support."


class ContextTooLong(ModelError):
    code, status = "CONTEXT_TOO_LONG", 400
    default = "This is more than the model can read at once. Start a new session, or ask for less."


class BudgetReached(ModelError):
    """A run or a session has used what it may; details name the limit and what was used."""

    code, status = "BUDGET_REACHED", 200
    default = "The limit for this question is reached. What was found so far is kept."


class RequestNotWaiting(DataLensError):
    code, status = "REQUEST_NOT_WAITING", 409
    default = "This request is not waiting for your word any more."


class LocalOnly(DataLensError):
    """Something was needed that is not on this machine, where nothing may leave it."""

    code, status = "LOCAL_ONLY", 403
    default = "Nothing may leave this machine here, and this would. Your data are kept."

    @classmethod
    def needs(cls, what: str, remedy: str) -> LocalOnly:
        return cls(f"Nothing may leave this machine here, and {what} is elsewhere. {remedy}")

    @classmethod
    def model(cls) -> LocalOnly:
        return cls.needs("the model", "Use one on this machine, or none.")

    @classmethod
    def history(cls) -> LocalOnly:
        return cls.needs("the history", "Remove SUPABASE_URL to keep it here.")

    @classmethod
    def sandbox(cls) -> LocalOnly:
        return cls.needs("the sandbox", "Remove E2B_API_KEY to use the one on this machine.")


class PrivacyBlocked(DataLensError):
    """Redaction failed, so nothing was sent: the choke point fails closed."""

    code, status = "PRIVACY_BLOCKED", 500
    default = "Nothing was sent: personal data could not be checked. Ask again, or report this."


class UnknownToken(DataLensError):
    """Code uses a placeholder that this session never issued; the model has to repair it."""

    code, status = "UNKNOWN_TOKEN", 200
    default = "The code uses a placeholder that does not stand for anything."


# -- store ---------------------------------------------------------------------------------------


class StoreUnavailable(DataLensError):
    code, status = "STORE_UNAVAILABLE", 503
    default = "The history cannot be reached right now. What you see is kept on this machine."


class StoreFull(StoreUnavailable):
    code, status = "STORE_FULL", 507
    default = "The disk is full. What you see up to here is kept. Make room, then ask again."


class StoreTimedOut(DataLensError):
    code, status = "STORE_TIMEOUT", 500
    default = "Unable to save session. Please try again."


def _family(base: type[DataLensError]) -> list[type[DataLensError]]:
    found = [base]
    for child in base.__subclasses__():
        found += _family(child)
    return found


ERROR_CODES: dict[str, type[DataLensError]] = {e.code: e for e in _family(DataLensError)}
