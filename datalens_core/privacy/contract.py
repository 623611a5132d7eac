"""What the gateway needs of privacy: text out is redacted, text and code back are restored."""

from __future__ import annotations

from typing import Protocol

from datalens_core.models import Redaction


class PrivacySession(Protocol):
    """The vault of one session and the detectors that fill it. Values live in memory only."""

    def redact(self, text: str, channel: str) -> tuple[str, list[Redaction]]:
        """Replace personal values by tokens such as <EMAIL_ADDRESS_1>, stable in the session.

        Raises:
            PrivacyBlocked: detection failed; the caller sends nothing.
        """
        ...

    def shown_values(self, column: str, values: list[str]) -> list[str] | None:
        """Values of a column as a model may see them; None where it may see none."""
        ...

    def restore_text(self, text: str) -> str:
        """Prose with its tokens replaced by the values, for the user only.

        A token that was never issued nor typed by anybody is replaced by words that say so.
        """
        ...

    def restore_argument(self, text: str) -> str:
        """What a tool looks for in the sandbox, with its tokens replaced by the values.

        Raises:
            UnknownToken: one stands for what the sandbox must not get.
        """
        ...

    def restore_code(self, code: str) -> str:
        """Python source with its tokens restored through the syntax tree, as data.

        Raises:
            UnknownToken: the code uses a token that was never issued, or that stands for what the
                sandbox must not get.
            SyntaxError: the code does not parse.
        """
        ...
