"""What crosses rooms: the data models of DataLens, in JSON as snake_case.

Field names are a contract with clients, tests and stored sessions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, get_args
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, JsonValue


def new_id() -> str:
    """A random id (UUID 4) for anything that is stored."""
    return str(uuid4())


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Model(BaseModel):
    """Base of all models: unknown fields are an error, so that a typo never passes silently."""

    model_config = ConfigDict(extra="forbid")


# -- data sets ---------------------------------------------------------------------------------


class ColumnInfo(Model):
    """One column, as seen in the first five data rows (counts are of that sample)."""

    name: str
    dtype: str
    null_count: int = Field(ge=0, description="Missing values among the sampled rows.")
    unique_count: int = Field(ge=0, description="Distinct values among the sampled rows.")
    sample_values: list[JsonValue]
    min_value: JsonValue | None = None
    max_value: JsonValue | None = None


class DatasetSchema(Model):
    """What is known of a data set without reading all of it: at most five rows of values."""

    columns: list[ColumnInfo]
    row_count: int = Field(ge=0, description="Data rows in the whole file, counted, not parsed.")
    sample_data: list[list[JsonValue]]


class LoadPlan(Model):
    """How a file is read; the sandbox's loader executes exactly this.

    `header_row` counts physical records from 0; None means that the file has no header.
    """

    format: Literal["csv", "xlsx", "xlsm", "xls", "xlsb", "ods"]
    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = Field(default='"', description="Empty where no character quotes.")
    escapechar: str = Field(default="", description="Empty where quotes are doubled.")
    skip_initial_space: bool = False
    line_end: str = Field(default="", description="A CR where lines end so; else found by pandas.")
    lines: Literal["delimited", "quoted", "fixed"] = Field(
        default="delimited",
        description="Quoted as a whole, or of columns of fixed width, before they are delimited.",
    )
    cuts: list[int] = Field(default=[], description="Where columns of fixed width begin.")
    header_row: int | None = 0
    header_lines: int = Field(default=1, description="How many lines the names stand in.")
    skip_rows: list[int] = Field(default=[], description="More left out: a line of units.")
    names: list[str] | None = Field(
        default=None, description="The columns' names, where they are not simply the header's."
    )
    columns: list[str] | None = Field(
        default=None, description="The columns that are read, where not all are."
    )
    rows: int | None = Field(
        default=None, description="Records that are read: without totals, notes, a second table."
    )
    drop_empty_rows: bool = False
    sheet: str | None = None
    engine: Literal["calamine", "openpyxl", "xlrd"] | None = Field(
        default=None, description="The library that reads the workbook."
    )
    text_columns: list[str] = Field(
        default=[], description="Columns kept as text: leading zeros, long ids."
    )
    dates: dict[str, str] = Field(
        default={}, description="Date columns and their formats: ISO8601, or as strptime has it."
    )
    numbers: dict[str, str] = Field(
        default={}, description="Columns of numbers with signs or separators: the decimal mark."
    )
    padded: list[str] = Field(
        default=[], description="Columns whose values are padded with spaces, which are cut off."
    )
    fill_down: list[str] = Field(
        default=[], description="Columns of merged cells: a gap has the value above it."
    )
    na_values: list[str] = Field(
        default=[], description="Words for a missing value, besides those that pandas knows."
    )


class ValueCount(Model):
    value: JsonValue
    count: int = Field(ge=1)


class ColumnStatistics(Model):
    """One column of the whole file, computed in the sandbox."""

    name: str
    dtype: str
    null_count: int = Field(ge=0)
    unique_count: int | None = Field(default=None, description="None where it was not counted.")
    min_value: JsonValue | None = None
    max_value: JsonValue | None = None
    mean: float | None = None
    top_values: list[ValueCount] = []
    is_key: bool = Field(default=False, description="Every row has a value of its own here.")


class DatasetStatistics(Model):
    """Exact figures of the whole file, for the user; a model is told `ColumnFigures` of them."""

    row_count: int = Field(ge=0)
    duplicate_rows: int | None = Field(default=None, description="None where not counted.")
    columns: list[ColumnStatistics]
    key_candidates: list[str]
    warnings: list[str] = Field(description="What the first rows did not show, in plain words.")


class ColumnFigures(Model):
    """One column of the whole file, as far as a model is told of it."""

    name: str
    dtype: str
    null_count: int
    unique_count: int | None = None
    lowest: JsonValue | None = None
    highest: JsonValue | None = None


ColumnKind = Literal["text", "number", "date", "day_first", "month_first"]


class PlanChange(Model):
    """What somebody decided about reading a file; what is left out is found again."""

    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quotechar: str | None = Field(default=None, max_length=1, description="Empty for none.")
    header_row: int | None = Field(
        default=None, ge=-1, le=100, description="Counted from 0; -1 says that there is none."
    )
    every_line: bool | None = Field(
        default=None,
        description="Whatever stands below the names is a row: units, notes, totals, other tables.",
    )
    sheet: str | None = Field(default=None, max_length=255)
    types: dict[str, ColumnKind] = Field(
        default={}, max_length=16_384, description="What columns are, by their names."
    )


ColumnPolicy = Literal["send", "tokenise", "statistics", "never"]


class ProjectRules(Model):
    """What the `.datalens/privacy.toml` beside a file asks for. It can only tighten."""

    columns: dict[str, ColumnPolicy] = Field(
        default={}, description="Names of columns, * and ? allowed, and what may be sent of them."
    )
    schema_only: bool = False
    local_only: bool = False
    pause: bool = False
    entities: list[str] = []
    patterns: list[str] = []
    deny: list[str] = []
    phone_regions: list[str] = []
    allow: list[str] = Field(default=[], description="Loosens: in force once the user agrees.")
    notices: list[str] = Field(default=[], description="What of the file is not in force, and why.")


class DatasetPrivacy(Model):
    """What may be sent of a data set."""

    columns: dict[str, ColumnPolicy] = Field(default={}, description="What the user decided.")
    project: ProjectRules = Field(default_factory=ProjectRules)
    agreed: bool = Field(default=False, description="To what the project's file loosens.")


class Dataset(Model):
    """A file of a session: where it came from, how it is read, what its first rows show."""

    id: str = Field(default_factory=new_id)
    name: str = Field(description="The file's name as the user knows it.")
    variable: str = Field(description="The name of its DataFrame in the sandbox; the first is df.")
    size_bytes: int = Field(ge=0)
    sha256: str
    plan: LoadPlan
    dataset_schema: DatasetSchema
    warnings: list[str] = []
    sheets: list[str] = Field(default=[], description="The sheets of a workbook, in its order.")
    changes: PlanChange = Field(
        default_factory=PlanChange, description="What the user decided about reading it."
    )
    statistics: DatasetStatistics | None = Field(
        default=None, description="Of the whole file, once it was loaded; for the user."
    )
    privacy: DatasetPrivacy = Field(default_factory=DatasetPrivacy)


class ProfileResult(Model):
    """What the profiling agent makes of a schema."""

    summary: str
    semantics: dict[str, str] = Field(
        description="Column name to what it holds, e.g. identifier, date, category, measure."
    )
    issues: list[str]
    suggestions: list[str] = Field(description="Questions that can be asked of this data.")
    source: Literal["rules", "model"]
    warning: str | None = Field(
        default=None, description="Why rules made it, where a model was to: for the user."
    )


# -- plans, code and results -------------------------------------------------------------------


MAX_PLAN_STEPS, MAX_STEP_CHARACTERS = 12, 400


StepOutput = Literal["number", "table", "chart", "text", ""]
STEP_OUTPUTS: tuple[StepOutput, ...] = get_args(StepOutput)


class ExecutionPlan(Model):
    steps: list[str] = Field(min_length=1)
    estimated_complexity: str
    required_libraries: list[str]
    outputs: list[StepOutput] = Field(
        default=[], description="What each step is to give, where that was said."
    )


class ArtifactType(StrEnum):
    CODE = "code"
    CHART = "chart"
    TABLE = "table"
    IMAGE = "image"
    ERROR = "error"


class ArtifactMetadata(BaseModel):
    """Where an artifact came from; kinds of artifact may add fields of their own."""

    model_config = ConfigDict(extra="allow")

    execution_id: str | None = None
    title: str = ""


class Artifact(Model):
    """Something to look at.

    `content` by type: code, a string · chart, a plotly figure {data, layout} · table,
    {columns, rows, row_count} with at most 1,000 rows · image, {mime, data} with base64 data ·
    error, {name, value, traceback}.
    """

    id: str = Field(default_factory=new_id)
    type: ArtifactType
    content: JsonValue
    metadata: ArtifactMetadata = Field(default_factory=ArtifactMetadata)


class ExecutionResult(Model):
    """What the user sees of one execution; nothing of the sandbox's insides. Times in seconds."""

    success: bool
    code: str
    stdout: str
    stderr: str
    artifacts: list[Artifact]
    execution_time: float = Field(ge=0)
    retry_count: int = Field(default=0, ge=0)

    @property
    def error_name(self) -> str:
        """The class of the error that it holds, "" if it holds none."""
        held = [a.content for a in self.artifacts if a.type is ArtifactType.ERROR]
        return str(held[0].get("name", "")) if held and isinstance(held[0], dict) else ""


class FetchedColumn(Model):
    name: str
    dtype: str = Field(description="The name of its pandas dtype.")


class FetchedTable(Model):
    """A whole table of a session's sandbox, for a kernel."""

    name: str
    columns: list[FetchedColumn]
    row_count: int = Field(ge=0)
    csv: str = Field(description="The rows as CSV without a header.")
    missing: str = Field(description="The text that stands for a missing value in `csv`.")


class ErrorAnalysis(Model):
    """Why an execution failed, and what is tried next."""

    error_type: str = Field(description="The exception's class, e.g. KeyError.")
    message: str
    line: int | None = None
    hint: str = Field(description="What probably went wrong, in plain words.")
    suggestions: list[str] = Field(default=[], description="E.g. columns with a similar name.")
    recoverable: bool = True


class AnswerCheck(Model):
    """One check of an answer against what was computed."""

    name: str
    passed: bool
    detail: str = ""


class Alternative(Model):
    """Another reading of a question, as the question that asks for it."""

    label: str = Field(description="What is read otherwise, in a few words.")
    query: str


class Execution(Model):
    """One execution kept in a session, in the order of `step`."""

    id: str
    session_id: str
    run_id: str
    step: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)
    retries: str | None = Field(default=None, description="The failed execution it repairs.")
    origin: Literal["agent", "notebook"] = "agent"
    code: str
    sha256: str
    result: ExecutionResult | None = None
    analysis: ErrorAnalysis | None = Field(default=None, description="Of one that failed.")
    created_at: datetime = Field(default_factory=now)


class SavedCode(Model):
    """An execution's code as it is kept in a notebook or an export."""

    execution_id: str
    code: str = Field(description="With tokens for personal values, where the settings say so.")
    sha256: str


class SavedCodes(Model):
    run_id: str
    executions: list[SavedCode]


class ModelUsage(Model):
    """What calls to a model used, summed up over a run or a session."""

    calls: int = Field(default=0, ge=0)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cost: float | None = Field(
        default=None, description="In US dollars; None if no call reported any."
    )
    cached: int = Field(default=0, ge=0, description="Calls answered from what was kept: free.")
    estimated: bool = Field(
        default=False, description="Some tokens are an estimate: the endpoint reported none."
    )
    models: list[str] = Field(
        default=[], description="What answered, in order: models, or offline rules, no AI model."
    )

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: ModelUsage) -> ModelUsage:
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return ModelUsage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=sum(costs) if costs else None,
            cached=self.cached + other.cached,
            estimated=self.estimated or other.estimated,
            models=list(dict.fromkeys((*self.models, *other.models))),
        )


# -- conversation ------------------------------------------------------------------------------


class Message(Model):
    id: str = Field(default_factory=new_id)
    role: Literal["user", "assistant", "system"]
    content: str
    timestamp: datetime = Field(default_factory=now)
    artifacts: list[Artifact] | None = None
    run_id: str | None = None


class Session(Model):
    id: str = Field(default_factory=new_id)
    user_id: str
    title: str = ""
    created_at: datetime = Field(default_factory=now)
    last_activity: datetime = Field(default_factory=now)
    sandbox_id: str | None = None
    dataset_schema: DatasetSchema | None = None
    dataset_names: list[str] = []
    message_count: int = Field(default=0, ge=0)


class RunStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunSummary(Model):
    """One run of a session, as its history shows it."""

    run_id: str
    query: str | None
    status: RunStatus
    plan: ExecutionPlan | None = None
    answer: str | None = None
    assumptions: list[str] = []
    checks: list[AnswerCheck] = []
    alternatives: list[Alternative] = []
    started_at: datetime
    error: dict[str, JsonValue] | None = None
    usage: ModelUsage = Field(default_factory=ModelUsage)
    model: str | None = Field(
        default=None, description="The one that was chosen; later questions are asked of it too."
    )


class SessionDetail(Model):
    """The whole session, as it is shown again after a restart."""

    session: Session
    datasets: list[Dataset]
    messages: list[Message]
    runs: list[RunSummary]
    executions: list[Execution]
    artifacts: list[Artifact]
    usage: ModelUsage = Field(
        default_factory=ModelUsage, description="Of all its runs, the profiles of files included."
    )


class SessionPage(Model):
    sessions: list[Session]
    next: str | None = Field(default=None, description="Pass as `after` for the next page.")


# -- requests and answers of the REST interface --------------------------------------------------


class UploadResult(Model):
    session: Session
    dataset: DatasetSchema
    profile: ProfileResult
    warnings: list[str]
    dataset_id: str = ""
    run_id: str = Field(default="", description="Its events end with the whole file's figures.")


class DatasetDetail(Model):
    """One data set, and the code that loads it."""

    dataset: Dataset
    code: str


class QueryResult(Model):
    run_id: str
    status: RunStatus
    plan: ExecutionPlan | None = None
    executions: list[Execution] = []
    result: ExecutionResult | None = None
    answer: str | None = None
    assumptions: list[str] = []
    checks: list[AnswerCheck] = []
    alternatives: list[Alternative] = []
    artifacts: list[Artifact] = []
    error: dict[str, JsonValue] | None = None
    usage: ModelUsage = Field(default_factory=ModelUsage)


class RestoreResult(Model):
    """A session and what of its sandbox is back."""

    session: SessionDetail
    restored: list[str] = Field(description="Data sets and executions that are back, in words.")
    lost: list[str] = Field(description="What could not be brought back, and why, in words.")


class PrivacyCount(Model):
    entity_type: str
    channel: str
    count: int
    column: str = Field(default="", description="Where it is known; itself redacted.")


class PreviewSpan(Model):
    """A redacted place in the payload; offsets are into `PreviewPart.text`."""

    start: int
    end: int
    entity_type: str


class PreviewPart(Model):
    role: str
    text: str
    redactions: list[PreviewSpan]


class Preview(Model):
    """Exactly what the first request to the model would hold."""

    model: str
    offline: bool
    parts: list[PreviewPart]
    redaction_count: int
    redactions: list[PrivacyCount] = Field(
        default=[], description="The same by kind, channel and column."
    )


class SentRequest(Model):
    """A request to a model, as it went or waits to go: redacted."""

    number: int = Field(ge=1, description="Counted from 1 in its run.")
    at: datetime = Field(default_factory=now)
    state: Literal["waiting", "sent", "refused"]
    preview: Preview


class SentRequests(Model):
    """The requests of a run; of runs long ago, or before a restart, there are none."""

    run_id: str
    requests: list[SentRequest]


class ColumnPrivacy(Model):
    """What may be sent of a column, and who says so."""

    dataset_id: str
    column: str
    policy: ColumnPolicy = Field(description="In force.")
    required: ColumnPolicy = Field(
        description="What the project's file, or sending names and types alone, asks for at least."
    )
    source: Literal["detected", "user", "project", "setting"]


class ColumnPolicyChange(Model):
    """What the user decides about a column."""

    column: str
    policy: ColumnPolicy | None = Field(description="null: as it was detected.")
    dataset_id: str | None = Field(
        default=None, description="null: every data set with a column of this name."
    )


class Mark(Model):
    """A value that the user marked. A token of the session stands for its value."""

    text: str = Field(min_length=2, max_length=200)
    personal: bool


class PrivacyReport(Model):
    """What was replaced, counted, and what is in force."""

    session_id: str
    counts: list[PrivacyCount]
    total: int
    columns: list[ColumnPrivacy] = []
    marks: list[Mark] = Field(default=[], description="In memory, for the user alone.")
    schema_only: bool = False
    local_only: bool = False
    pause: bool = False
    notices: list[str] = Field(default=[], description="What a project's file asks for in vain.")
    can_agree: bool = Field(
        default=False, description="Whether the user's agreement would put some of that in force."
    )


class RedactionRecord(Model):
    """A row of the redaction audit: no value and no hash of one."""

    session_id: str
    run_id: str
    seq: int
    entity_type: str
    channel: str
    count: int
    redacted_at: datetime


class LlmStatus(Model):
    provider: str
    model: str
    offline: bool


class ModelChoice(Model):
    """A model that can be asked. Prices are US dollars per million tokens, None if not listed."""

    id: str
    name: str
    context_length: int | None = Field(default=None, description="In tokens; None if not listed.")
    prompt_price: float | None = None
    completion_price: float | None = None


class ModelChoices(Model):
    """What a question can be asked of; none with offline rules."""

    default: str = Field(description="The one that answers if none is chosen.")
    offline: bool
    models: list[ModelChoice]


class SandboxStatus(Model):
    backend: Literal["e2b", "embedded"]
    isolation: Literal["bubblewrap", "reduced", "e2b", "none"]
    ready: bool
    message: str = ""


class StoreStatus(Model):
    kind: Literal["sqlite", "supabase"]
    local: bool
    message: str = ""


class Limits(Model):
    max_file_size_mb: int
    execution_timeout_seconds: int
    sandbox_memory_mb: int
    max_retry_attempts: int
    max_query_characters: int
    requests_per_minute: int
    uploads_per_hour: int
    executions_per_hour: int
    max_cost_per_run: float | None = Field(default=None, description="US dollars; None: no limit.")
    max_cost_per_session: float | None = None
    max_tokens_per_run: int | None = None
    max_tokens_per_session: int | None = None


class Status(Model):
    version: str
    llm: LlmStatus
    sandbox: SandboxStatus
    store: StoreStatus
    user: str
    limits: Limits
    local_only: bool = Field(description="Model, sandbox and store are all on this machine.")
    tokenised_code: bool = Field(
        description="Whether code is saved with tokens for personal values: see runs/{run_id}/code."
    )
    settings: dict[str, str] = Field(description="Who set what, by name; never a value.")


class AuthStatus(Model):
    """Whether one has to sign in here, and who has. Tokens never leave the server."""

    required: bool = Field(description="Whether the history is a team's, which one signs in to.")
    user_id: str | None = Field(default=None, description="None while nobody is signed in.")
    email: str | None = None
    expired: bool = Field(default=False, description="Whether one has to sign in once more.")
    confirm: bool = Field(
        default=False, description="The new account waits for its email to be confirmed."
    )


# -- privacy -----------------------------------------------------------------------------------


class Redaction(Model):
    """One value that was replaced. Offsets are in the original text."""

    entity_type: str
    start: int
    end: int
    original_text: str = Field(exclude=True, repr=False)
    replacement: str
    column: str = Field(default="", exclude=True, repr=False)
