"""Whether the model's endpoint works, in plain words, and what to do if it does not.

Nothing of a user's goes to it: its key is checked and its models are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from datalens_core.errors import LocalOnly
from datalens_core.llm.addresses import is_local, shown
from datalens_core.llm.catalogue import read_choices
from datalens_core.llm.endpoint import Endpoint
from datalens_core.llm.failures import CallFailed, Failure
from datalens_core.llm.secrets import SecretScrubber
from datalens_core.settings import Settings

if TYPE_CHECKING:
    import httpx2

_NAMED = 5


@dataclass(frozen=True)
class Verdict:
    """`text` says what is, `remedy` what to do about it."""

    state: Literal["ok", "note", "problem"]
    text: str
    remedy: str = ""


async def checkup(
    settings: Settings, transport: httpx2.AsyncBaseTransport | None = None
) -> list[Verdict]:
    """Ask the endpoint whether it takes the key and knows the model."""
    endpoint = Endpoint(settings, SecretScrubber(settings.secrets()), transport)
    if endpoint.offline:
        remedy = "Set OPENROUTER_API_KEY, or DATALENS_LLM_BASE_URL for a model of your own."
        return [Verdict("note", "Offline rules, no AI model.", remedy)]
    try:
        verdict = await _asked(endpoint, settings)
    except CallFailed as failed:
        verdict = _verdict_on(failed.failure, endpoint, settings)
    except LocalOnly as refused:
        verdict = Verdict("problem", refused.message)
    finally:
        await endpoint.close()
    return [verdict, *_without_effect(endpoint, settings)]


async def _asked(endpoint: Endpoint, settings: Settings) -> Verdict:
    """
    Raises:
        CallFailed: it does not answer, or not as a model's endpoint does.
    """
    # OpenRouter's list is open to everybody, so the key is asked about.
    if endpoint.is_openrouter and _is_used_up(await endpoint.get("key")):
        return Verdict("problem", "The key's limit at OpenRouter is used up.",
                       "Raise it at openrouter.ai, or use another key.")  # fmt: skip
    listed = [choice.id for choice in read_choices(await endpoint.get("models"))]
    wanted = [settings.model]
    if endpoint.is_openrouter:
        wanted += [settings.profiling_model, *settings.fallback_models]
    for model in wanted:
        if listed and not _is_listed(model, listed):
            names = ", ".join(sorted(listed)[:_NAMED])
            return Verdict("problem", f"{endpoint.provider} does not know the model {model}.",
                           f"Choose one that it lists, such as {names}.")  # fmt: skip
    return Verdict("ok", f"{settings.model} through {endpoint.provider}.")


def _is_used_up(key: Any) -> bool:
    """Of the limit that the key's owner gave it, none for many; credits are another matter."""
    data = key.get("data") if isinstance(key, Mapping) else None
    left = data.get("limit_remaining") if isinstance(data, Mapping) else None
    return isinstance(left, int | float) and left <= 0


def _is_listed(model: str, listed: list[str]) -> bool:
    """Ollama lists `name:latest` for `name`; OpenRouter takes variants such as `name:nitro`."""
    return model in listed or f"{model}:latest" in listed or model.rsplit(":", 1)[0] in listed


def _verdict_on(failure: Failure, endpoint: Endpoint, settings: Settings) -> Verdict:
    where = endpoint.provider
    match failure.status or failure.kind:
        case 401 | 403 if settings.openrouter_api_key is None:
            said = f"{where} wants a key."
            remedy = "Set OPENROUTER_API_KEY to a key of this endpoint."
        case 401 | 403:
            said = f"{where} refuses the key."
            remedy = "Make a new key there, and set OPENROUTER_API_KEY to it."
        case "ca_bundle":
            said = "The file of certificate authorities cannot be read."
            remedy = "Correct DATALENS_CA_BUNDLE, or SSL_CERT_FILE."
        case "untrusted":
            said = f"The certificate of {where} is not trusted."
            remedy = (
                "If your organisation has a certificate authority of its own, set "
                "DATALENS_CA_BUNDLE to its file."
            )
        case "proxy" | 407:
            said = f"The proxy does not let requests to {where} through."
            remedy = "Correct HTTPS_PROXY (or HTTP_PROXY), its name and password included."
        case "unreachable" | "timeout" if is_local(endpoint.base_url):
            said = f"Nothing answers at {shown(endpoint.base_url)}."
            remedy = "Start the model's server, or correct DATALENS_LLM_BASE_URL."
        case "unreachable" | "timeout":
            said = f"{where} cannot be reached."
            remedy = "Check the network; behind a proxy, set HTTPS_PROXY."
        case 404 | 405:
            said = f"{where} answers, but does not list its models."
            return Verdict("note", f"{said} {settings.model} could not be checked.",
                           "If questions fail: its address usually ends with /v1.")  # fmt: skip
        case 429 | 500 | 502 | 503 | 504:
            said = f"{where} answers, but is not available right now."
            remedy = "Try again in a minute."
        case _:
            said = f"What answers at {where} is no model's endpoint."
            remedy = "Correct DATALENS_LLM_BASE_URL; such addresses usually end with /v1."
    return Verdict("problem", said, remedy)


def _without_effect(endpoint: Endpoint, settings: Settings) -> Iterator[Verdict]:
    if endpoint.is_openrouter:
        return
    if settings.max_cost_per_run is not None or settings.max_cost_per_session is not None:
        yield Verdict(
            "note",
            "A limit in dollars works only where the endpoint reports what a call cost.",
            "Set DATALENS_MAX_TOKENS_PER_RUN or DATALENS_MAX_TOKENS_PER_SESSION as well.",
        )
    if settings.fallback_models:
        yield Verdict("note", "Fallback models are OpenRouter's and are not used here.")
