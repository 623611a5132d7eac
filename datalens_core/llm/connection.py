"""The HTTP client of a model's endpoint: whom it trusts, and which way it takes."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from datalens_core.llm.addresses import is_local
from datalens_core.llm.error_bodies import bounded
from datalens_core.llm.failures import CallFailed, Failure

if TYPE_CHECKING:
    import httpx2

_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 90.0


def http_client(
    base_url: str, ca_bundle: Path | None, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    """A client for this one endpoint.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are kept to, but for this machine: a proxy must
    not see what is meant for it.

    Raises:
        CallFailed: a CA bundle cannot be read.
    """
    import httpx2

    return httpx2.AsyncClient(
        transport=transport,
        verify=_trusted(ca_bundle),
        timeout=httpx2.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS),
        # What comes compressed can be a thousand times what was read of it.
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [bounded]},
        # A redirect would carry data and key to an address that nobody chose.
        follow_redirects=False,
        trust_env=not is_local(base_url),
    )


def _trusted(ca_bundle: Path | None) -> ssl.SSLContext:
    """What this machine trusts, or SSL_CERT_FILE or SSL_CERT_DIR instead; and the bundle."""
    import httpx2

    try:
        context = httpx2.create_ssl_context()
        if ca_bundle is not None:
            context.load_verify_locations(cafile=ca_bundle)
        return context
    except (OSError, ssl.SSLError):  # its text would be a path of the host
        pass
    raise CallFailed(Failure("ca_bundle"))


def failure_to_connect(error: BaseException) -> Failure:
    """Why there is no connection, from the exceptions behind this one."""
    import httpx2

    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return Failure("untrusted")
        if isinstance(seen, httpx2.ProxyError):
            return Failure("proxy")
        seen = seen.__cause__ or seen.__context__
    return Failure("unreachable")
