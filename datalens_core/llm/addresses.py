"""Where a model's endpoint is: on this machine, at OpenRouter, or anywhere else."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_openrouter(base_url: str) -> bool:
    host = _host(base_url)
    return host == "openrouter.ai" or host.endswith(".openrouter.ai")


def is_local(base_url: str) -> bool:
    """Whether an endpoint is on this machine, by its address alone."""
    host = _host(base_url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, `x.localhost` too: it may resolve to anywhere
        return False


def shown(base_url: str) -> str:
    """Host and port, without a name and password that an address may hold."""
    return urlsplit(base_url).netloc.split("@")[-1]


def _host(base_url: str) -> str:
    return (urlsplit(base_url).hostname or "").lower()
