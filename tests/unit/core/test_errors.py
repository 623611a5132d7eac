"""Errors are one family; the seed's texts are exact."""

from __future__ import annotations

import pytest

from datalens_core import errors


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            errors.UnsupportedFileType(),
            400,
            "Unsupported file type. Please upload CSV or Excel files.",
        ),
        (errors.FileTooLarge.over(100), 413, "File size exceeds 100MB limit."),
        (
            errors.UnreadableFile.because("it is encrypted"),
            422,
            "Unable to parse file. Please check file integrity.",
        ),
        (errors.EmptyFile(), 422, "File contains no data."),
        (
            errors.SandboxUnavailable(),
            503,
            "Unable to create execution environment. Please try again.",
        ),
        (
            errors.ServiceMisconfigured(),
            500,
            "Service configuration error. Please contact support.",
        ),
        (errors.StoreTimedOut(), 500, "Unable to save session. Please try again."),
        (errors.AuthenticationRequired(), 401, "Authentication required."),
        (errors.AccessDenied(), 403, "Access denied."),
    ],
)
def test_the_seeds_errors(error: errors.DataLensError, status: int, message: str) -> None:
    assert (error.status, error.message) == (status, message)


def test_a_limit_in_a_message_is_the_one_in_force() -> None:
    assert errors.FileTooLarge.over(7).message == "File size exceeds 7MB limit."
    assert "exceeded 9 second" in errors.ExecutionTimedOut.after(9).message


def test_every_error_has_the_shape_of_the_contract() -> None:
    for code, kind in errors.ERROR_CODES.items():
        body = kind().body("rid")["error"]
        assert isinstance(body, dict)
        assert set(body) == {"code", "message", "details", "timestamp", "request_id"}
        assert body["code"] == code
        assert body["request_id"] == "rid"
