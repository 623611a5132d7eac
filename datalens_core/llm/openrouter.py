"""What is OpenRouter's own: its privacy fields, its headers, its names for refusals."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

PRIVACY_FILTERS = "no data collection, zero data retention, all parameters supported"


def is_openrouter(base_url: str) -> bool:
    host = (urlsplit(base_url).hostname or "").lower()
    return host == "openrouter.ai" or host.endswith(".openrouter.ai")


def is_local(base_url: str) -> bool:
    """Whether an endpoint is on this machine, by its address alone."""
    host = (urlsplit(base_url).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: it may resolve to anywhere
        return False


def extra_body() -> dict[str, Any]:
    """Fields outside OpenAI's; a provider that cannot keep to them is not used."""
    return {
        "provider": {"data_collection": "deny", "zdr": True, "require_parameters": True},
        "usage": {"include": True},
    }


def headers() -> dict[str, str]:
    return {"X-Title": "DataLens for Jupyter"}
