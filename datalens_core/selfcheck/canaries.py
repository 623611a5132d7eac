"""Values that must not leave, each with a marker beside it that shows that its channel was sent."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import quote

DOMAIN = "datalens-check.example"
OPTIONAL = {
    "CREDIT_CARD": "4111 1111 1111 1111",
    "US_SSN": "536-90-4399",
    "IBAN_CODE": "DE89 3704 0044 0532 0130 00",
    "IP_ADDRESS": "203.0.113.77",
}
"""Of each optional kind a value that passes its check digits, for where it is looked for."""


@dataclass(frozen=True)
class Canary:
    """What is planted in one channel."""

    channel: str
    email: str = field(repr=False)
    phone: str = field(repr=False)
    """Formatted, so that it is known as one anywhere."""
    marker: str
    """A word of no meaning, which may be sent."""
    others: tuple[str, ...] = field(default=(), repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    """A value and the name of a column that must not be sent at all; () elsewhere."""

    @classmethod
    def of(cls, channel: str, others: tuple[str, ...] = ()) -> Canary:
        word = secrets.token_hex(4)
        number = f"+1 {secrets.choice(('202', '212', '303', '415', '617'))}-555-01"
        return cls(
            channel=channel,
            email=f"canary.{word}@{DOMAIN}",
            phone=number + f"{secrets.randbelow(100):02}",
            marker="marker" + "".join(secrets.choice("bcdfghklmnp") for _ in range(8)),
            others=others,
        )

    @property
    def text(self) -> str:
        """The marker and the values, as they are planted."""
        return " ; ".join((f"{self.marker} {self.email}", self.phone, *self.others))

    @property
    def note(self) -> str:
        """The same within a sentence: a cell of prose, of which only the values are personal."""
        # Charts and cells are shown cut: what is looked for stands first.
        return f"{self.text} is what was written down on some day of that week by one of them."

    def reached(self, sent: str) -> bool:
        return self.marker in sent

    def left(self, sent: str) -> bool:
        """Whether one of the values is in what was sent, however it is written."""
        return any(form.search(sent) for form in self._forms())

    def _forms(self) -> list[re.Pattern[str]]:
        local = self.email.split("@")[0]
        written = self.email.encode()
        encoded = [base64.b64encode(written).decode().rstrip("="), written.hex()]
        texts = [quote(self.email), *encoded, *self.hidden]
        separated = [local, self.phone.removeprefix("+1 "), *self.others]
        return [
            *(re.compile(re.escape(text), re.IGNORECASE) for text in texts),
            *(_separated(value) for value in separated),
        ]


def _separated(value: str) -> re.Pattern[str]:
    """The letters and digits of a value, with whatever between them."""
    kept = [re.escape(character) for character in value if character.isalnum()]
    return re.compile(r"(?<!\d)" + r"[^A-Za-z0-9]{0,4}".join(kept) + r"(?!\d)", re.IGNORECASE)
