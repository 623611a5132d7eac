"""Settings, and who set them.

Precedence: traitlets of the server extension > environment > config file > defaults. The names
of the environment variables are the contract; the fields below are their Python names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

MAX_QUERY_CHARACTERS = 10_000
DEFAULT_MODEL = "anthropic/claude-sonnet-4.5"
DEFAULT_PROFILING_MODEL = "openai/gpt-4o-mini"
OPENROUTER_URL = "https://openrouter.ai/api/v1"
SERVICES = frozenset(
    {
        "openrouter_api_key",
        "model",
        "profiling_model",
        "llm_base_url",
        "models",
        "fallback_models",
        "ca_bundle",
        "e2b_api_key",
        "e2b_domain",
        "supabase_url",
        "supabase_anon_key",
    }
)

LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


def default_data_dir() -> Path:
    """Where journal, history and uploaded files live, per user (0700)."""
    return Path(platformdirs.user_data_dir("datalens", appauthor=False))


def default_config_file() -> Path:
    return Path.home() / ".jupyter" / "datalens" / "config.json"


class Settings(BaseModel):
    """All settings of one workbench. Build with `from_env`, `offline` or field by field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    openrouter_api_key: SecretStr | None = None
    model: str = DEFAULT_MODEL
    profiling_model: str = DEFAULT_PROFILING_MODEL
    llm_base_url: str | None = Field(
        default=None, description="Any OpenAI-compatible endpoint; OpenRouter if not set."
    )
    models: tuple[str, ...] = Field(
        default=(), description="The models one may choose from; if empty, any."
    )
    fallback_models: tuple[str, ...] = Field(
        default=(), max_length=2, description="OpenRouter's, in turn, if the model cannot answer."
    )
    ca_bundle: Path | None = Field(
        default=None, description="Further certificate authorities (PEM) for the model's endpoint."
    )
    e2b_api_key: SecretStr | None = None
    e2b_domain: str | None = None
    supabase_url: str | None = None
    supabase_anon_key: SecretStr | None = None

    max_file_size_mb: int = Field(default=100, ge=1)
    sandbox_timeout_seconds: int = Field(default=300, ge=10, description="Keep-alive.")
    execution_timeout_seconds: int = Field(default=60, ge=1)
    sandbox_memory_mb: int = Field(default=2048, ge=256)
    max_sandboxes: int = Field(default=100, ge=1, description="Alive at once, for each user.")
    sandbox_internet_access: bool = Field(
        default=False, description="For E2B; the embedded sandbox never has any."
    )
    sandbox_packages: tuple[str, ...] = Field(
        default=(), description="Installed in each sandbox of E2B's that has internet access."
    )
    max_retry_attempts: int = Field(default=3, ge=0, le=10)
    max_cost_per_run: float | None = Field(default=None, gt=0, description="In US dollars.")
    max_cost_per_session: float | None = Field(default=None, gt=0)
    max_tokens_per_run: int | None = Field(
        default=None, gt=0, description="For endpoints that report no cost."
    )
    max_tokens_per_session: int | None = Field(default=None, gt=0)
    approve_plan: bool = Field(
        default=False, description="Whether every plan waits for the user's approval."
    )
    rate_limit_requests_per_minute: int | None = Field(default=None, ge=0)
    rate_limit_uploads_per_hour: int | None = Field(default=None, ge=0)
    rate_limit_executions_per_hour: int | None = Field(default=None, ge=0)
    retention_days: int = Field(
        default=0, ge=0, description="How long an unused session is kept; 0 for ever."
    )
    log_level: LogLevel = "INFO"
    privacy_entities: tuple[str, ...] = Field(
        default=(), description="Further kinds of values to replace, such as CREDIT_CARD."
    )
    privacy_patterns: tuple[str, ...] = ()
    privacy_deny: tuple[str, ...] = ()
    privacy_allow: tuple[str, ...] = ()
    spacy_model: str = Field(
        default="en_core_web_sm", description="Finds names and places, if they are looked for."
    )
    phone_regions: tuple[str, ...] = ()
    schema_only: bool = Field(
        default=False, description="Whether a model sees names and types alone, and no value."
    )
    local_only: bool = Field(
        default=False, description="Whether what is not on this machine is refused."
    )
    pause_before_sending: bool = Field(
        default=False, description="Whether each request to a model waits for the user's word."
    )
    tokenised_code: bool = Field(
        default=False, description="Whether saved cells and exports hold tokens for values in code."
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    sources: dict[str, str] = Field(
        default={}, description="Field to who set it: traitlets, environment or config file."
    )

    @field_validator("llm_base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("an address begins with http:// or https://")
        return value

    @field_validator(
        "models", "fallback_models", "privacy_entities", "privacy_patterns", "privacy_deny",
        "privacy_allow", "phone_regions", "sandbox_packages",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _split(cls, value: Any) -> Any:
        """A list in an environment variable: a JSON array, or parted by commas."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @classmethod
    def offline(cls, **fields: Any) -> Self:
        """No key, no network: the offline analyst, the embedded sandbox, SQLite."""
        return cls(**fields)

    @classmethod
    def from_env(
        cls,
        env: Mapping[str, str] | None = None,
        *,
        config_file: Path | None = None,
        traitlets: Mapping[str, Any] | None = None,
    ) -> Self:
        """Read all layers.

        Raises:
            ValueError: a value is not usable; the message names the setting and its source,
                never the value (it may be a key).
        """
        env = os.environ if env is None else env
        layers = (
            ("config file", _read_config(config_file or default_config_file())),
            ("environment", {f: env[v] for f, v in ENVIRONMENT.items() if env.get(v)}),
            ("traitlets", {k: v for k, v in (traitlets or {}).items() if v not in (None, "")}),
        )
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for source, layer in layers:
            for field, value in layer.items():
                values[field] = value
                sources[field] = source
        try:
            return cls(**values, sources=sources)
        except ValidationError as error:
            places = sorted({str(e["loc"][0]) for e in error.errors()})
            named = ", ".join(f"{p} ({sources.get(p, 'unknown')})" for p in places)
            raise ValueError(f"Settings that cannot be used: {named}") from None

    def without_services(self) -> Self:
        """The same data folder and limits, and nothing that is not on this machine."""
        kept = {f: getattr(self, f) for f in self.model_fields_set - SERVICES}
        sources = {f: source for f, source in self.sources.items() if f not in SERVICES}
        return type(self)(**kept | {"sources": sources})

    # -- what follows from the settings ---------------------------------------------------------

    @property
    def uses_offline_analyst(self) -> bool:
        return self.openrouter_api_key is None and self.llm_base_url is None

    @property
    def uses_embedded_sandbox(self) -> bool:
        return self.e2b_api_key is None

    @property
    def uses_supabase(self) -> bool:
        return self.supabase_url is not None or self.supabase_anon_key is not None

    @property
    def is_here_alone(self) -> bool:
        """Whether there is nothing that data could leave this process's own services for."""
        return self.uses_offline_analyst and self.uses_embedded_sandbox and not self.uses_supabase

    def with_history_here(self) -> Self:
        """The same, with the history in SQLite: nobody can be signed in."""
        return self.model_copy(update={"supabase_url": None, "supabase_anon_key": None})

    @property
    def shares_cost(self) -> bool:
        """Whether somebody pays per use, so that rate limits apply by default."""
        return not self.uses_embedded_sandbox or self.supabase_url is not None

    @property
    def requests_per_minute(self) -> int:
        return self._limit(self.rate_limit_requests_per_minute, 100)

    @property
    def uploads_per_hour(self) -> int:
        return self._limit(self.rate_limit_uploads_per_hour, 10)

    @property
    def executions_per_hour(self) -> int:
        return self._limit(self.rate_limit_executions_per_hour, 50)

    def _limit(self, chosen: int | None, shared_default: int) -> int:
        if chosen is not None:
            return chosen
        return shared_default if self.shares_cost else 0

    def secrets(self) -> list[str]:
        """The values that no log, error, event or file may ever hold."""
        held = (self.openrouter_api_key, self.e2b_api_key, self.supabase_anon_key)
        values = [s.get_secret_value() for s in held if s is not None]
        password = urlsplit(self.llm_base_url or "").password
        return [*values, password] if password else values


ENVIRONMENT: dict[str, str] = {
    "openrouter_api_key": "OPENROUTER_API_KEY",
    "model": "DATALENS_MODEL",
    "profiling_model": "DATALENS_PROFILING_MODEL",
    "llm_base_url": "DATALENS_LLM_BASE_URL",
    "models": "DATALENS_MODELS",
    "fallback_models": "DATALENS_FALLBACK_MODELS",
    "ca_bundle": "DATALENS_CA_BUNDLE",
    "e2b_api_key": "E2B_API_KEY",
    "e2b_domain": "E2B_DOMAIN",
    "supabase_url": "SUPABASE_URL",
    "supabase_anon_key": "SUPABASE_ANON_KEY",
    "max_file_size_mb": "MAX_FILE_SIZE_MB",
    "sandbox_timeout_seconds": "SANDBOX_TIMEOUT_SECONDS",
    "execution_timeout_seconds": "DATALENS_EXECUTION_TIMEOUT_SECONDS",
    "sandbox_memory_mb": "DATALENS_SANDBOX_MEMORY_MB",
    "max_sandboxes": "DATALENS_MAX_SANDBOXES",
    "sandbox_internet_access": "DATALENS_SANDBOX_INTERNET_ACCESS",
    "sandbox_packages": "DATALENS_SANDBOX_PACKAGES",
    "max_retry_attempts": "MAX_RETRY_ATTEMPTS",
    "max_cost_per_run": "DATALENS_MAX_COST_PER_RUN",
    "max_cost_per_session": "DATALENS_MAX_COST_PER_SESSION",
    "max_tokens_per_run": "DATALENS_MAX_TOKENS_PER_RUN",
    "max_tokens_per_session": "DATALENS_MAX_TOKENS_PER_SESSION",
    "approve_plan": "DATALENS_APPROVE_PLAN",
    "rate_limit_requests_per_minute": "RATE_LIMIT_REQUESTS_PER_MINUTE",
    "rate_limit_uploads_per_hour": "RATE_LIMIT_UPLOADS_PER_HOUR",
    "rate_limit_executions_per_hour": "RATE_LIMIT_EXECUTIONS_PER_HOUR",
    "retention_days": "DATALENS_RETENTION_DAYS",
    "log_level": "LOG_LEVEL",
    "privacy_entities": "DATALENS_PRIVACY_ENTITIES",
    "privacy_patterns": "DATALENS_PRIVACY_PATTERNS",
    "privacy_deny": "DATALENS_PRIVACY_DENY",
    "privacy_allow": "DATALENS_PRIVACY_ALLOW",
    "spacy_model": "DATALENS_SPACY_MODEL",
    "phone_regions": "DATALENS_PHONE_REGIONS",
    "schema_only": "DATALENS_SCHEMA_ONLY",
    "local_only": "DATALENS_LOCAL_ONLY",
    "pause_before_sending": "DATALENS_PAUSE_BEFORE_SENDING",
    "tokenised_code": "DATALENS_TOKENISED_CODE",
    "data_dir": "DATALENS_DATA_DIR",
}


def _read_config(path: Path) -> dict[str, Any]:
    """The config file's settings, keyed by environment name or field name."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The config file cannot be read ({type(error).__name__}).") from None
    try:
        held = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"The config file is not JSON (line {error.lineno}).") from None
    if not isinstance(held, dict):
        raise ValueError("The config file must hold a JSON object.")
    fields = {variable: field for field, variable in ENVIRONMENT.items()}
    return {fields.get(str(name), str(name)): value for name, value in held.items()}
