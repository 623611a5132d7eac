// Generated from datalens_jupyter/openapi.json by `jlpm generate`. Do not edit.

export interface paths {
  '/status': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What works here, and who set it. */
    get: operations['getStatus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the server answers. */
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Prometheus metrics. */
    get: operations['getMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This document. */
    get: operations['getOpenapi'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/models': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The models that a question can be asked of, with prices where they are listed. */
    get: operations['getModels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/auth': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether one has to sign in here, and who has. */
    get: operations['getAuth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/auth/sign-in': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign in to the team's history. */
    post: operations['postAuthSignIn'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/auth/sign-up': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Make an account there, and sign in. */
    post: operations['postAuthSignUp'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/auth/sign-out': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign out of it. */
    post: operations['postAuthSignOut'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/upload': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Add a data set to a session, or to a new one. */
    post: operations['postUpload'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/query': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask a question. `Prefer: respond-async` answers 202 at once, `Accept: application/x-ndjson` streams the events, otherwise the answer comes once done. */
    post: operations['postQuery'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The WebSocket of a page: it sends ClientMessage, and receives StreamLine. */
    get: operations['getEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The events of a run after one that was seen, then live, to its end. */
    get: operations['getRunsEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stop a run. */
    post: operations['postRunsCancel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/plan': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a run that waits for it go on with its plan, or with other steps, or end it. */
    post: operations['postRunsPlan'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/code': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The code of a run as cells keep it: with tokens for values, if the settings say so. */
    get: operations['getRunsCode'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What a run sent to a model, request by request, redacted as it went. */
    get: operations['getRunsRequests'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/runs/{run_id}/requests/{number}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a request that waits go to the model, or end its run. */
    post: operations['postRunsRequestsById'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The user's sessions, last used first. */
    get: operations['getSessions'];
    put?: never;
    /** Start a session. */
    post: operations['postSessions'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The whole session. */
    get: operations['getSessionsById'];
    put?: never;
    post?: never;
    /** Delete a session and its files. */
    delete: operations['deleteSessionsById'];
    options?: never;
    head?: never;
    /** Rename a session. */
    patch: operations['patchSessionsById'];
    trace?: never;
  };
  '/sessions/{session_id}/restore': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Make a live sandbox hold the session's data again. `Prefer: respond-async` answers 202 at once; questions that are asked meanwhile wait for it. */
    post: operations['postSessionsRestore'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/executions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Run code in the session's sandbox. Streams the events; `Prefer: respond-async` answers 202 at once, `Accept: application/json` answers once done. */
    post: operations['postSessionsExecutions'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Exactly what the first request to the model would hold. */
    post: operations['postSessionsPreview'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/privacy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What was replaced before it went to a model, counted, and what is in force. */
    get: operations['getSessionsPrivacy'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/privacy/columns': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Decide what may be sent of columns: send, tokenise, statistics or never. */
    put: operations['putSessionsPrivacyColumns'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/privacy/marks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Mark values as personal, for as long as the session is there, or as not personal. */
    put: operations['putSessionsPrivacyMarks'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The analysis as a file. */
    get: operations['getSessionsExport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/datasets/{dataset_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A data set, how it is read, and the code that loads it. */
    get: operations['getSessionsDatasetsById'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/datasets/{dataset_id}/plan': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Read a data set again as decided; what is left out is found again. */
    put: operations['putSessionsDatasetsPlan'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/sessions/{session_id}/tables/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A whole table of the session's sandbox, by the name of its variable. */
    get: operations['getSessionsTablesById'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/artifacts/{artifact_id}/png': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** A picture of a chart, drawn by a browser. */
    put: operations['putArtifactsPng'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * Alternative
     * @description Another reading of a question, as the question that asks for it.
     */
    Alternative: {
      /** @description What is read otherwise, in a few words. */
      label: string;
      query: string;
    };
    /**
     * AnswerCheck
     * @description One check of an answer against what was computed.
     */
    AnswerCheck: {
      name: string;
      passed: boolean;
      /** @default  */
      detail: string;
    };
    /** AnswerDelta */
    AnswerDelta: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'answer.delta';
      text: string;
    };
    /** AnswerFinal */
    AnswerFinal: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'answer.final';
      text: string;
      assumptions: string[];
      checks: components['schemas']['AnswerCheck'][];
      /**
       * @description Questions that mean what this one could have meant too.
       * @default []
       */
      alternatives: components['schemas']['Alternative'][];
    };
    /**
     * Artifact
     * @description Something to look at.
     *
     *     `content` by type: code, a string · chart, a plotly figure {data, layout} · table,
     *     {columns, rows, row_count} with at most 1,000 rows · image, {mime, data} with base64 data ·
     *     error, {name, value, traceback}.
     */
    Artifact: {
      id: string;
      type: components['schemas']['ArtifactType'];
      content: components['schemas']['JsonValue'];
      metadata: components['schemas']['ArtifactMetadata'];
    };
    /** ArtifactCreated */
    ArtifactCreated: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'artifact.created';
      artifact: components['schemas']['Artifact'];
    };
    /**
     * ArtifactMetadata
     * @description Where an artifact came from; kinds of artifact may add fields of their own.
     */
    ArtifactMetadata: {
      /** @default null */
      execution_id: string | null;
      /** @default  */
      title: string;
    } & {
      [key: string]: unknown;
    };
    /**
     * ArtifactType
     * @enum {string}
     */
    ArtifactType: 'code' | 'chart' | 'table' | 'image' | 'error';
    /**
     * AuthStatus
     * @description Whether one has to sign in here, and who has. Tokens never leave the server.
     */
    AuthStatus: {
      /** @description Whether the history is a team's, which one signs in to. */
      required: boolean;
      /**
       * @description None while nobody is signed in.
       * @default null
       */
      user_id: string | null;
      /** @default null */
      email: string | null;
      /**
       * @description Whether one has to sign in once more.
       * @default false
       */
      expired: boolean;
      /**
       * @description The new account waits for its email to be confirmed.
       * @default false
       */
      confirm: boolean;
    };
    ClientMessage:
      | components['schemas']['Subscribe']
      | components['schemas']['Unsubscribe']
      | components['schemas']['Watch'];
    /** CodeGenerated */
    CodeGenerated: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'code.generated';
      code: string;
      sha256: string;
      /**
       * @default agent
       * @enum {string}
       */
      origin: 'agent' | 'notebook';
    };
    /**
     * ColumnInfo
     * @description One column, as seen in the first five data rows (counts are of that sample).
     */
    ColumnInfo: {
      name: string;
      dtype: string;
      /** @description Missing values among the sampled rows. */
      null_count: number;
      /** @description Distinct values among the sampled rows. */
      unique_count: number;
      sample_values: components['schemas']['JsonValue'][];
      /** @default null */
      min_value: components['schemas']['JsonValue'] | null;
      /** @default null */
      max_value: components['schemas']['JsonValue'] | null;
    };
    /**
     * ColumnPolicies
     * @description What may be sent of columns; those that are not named stay as they are.
     */
    ColumnPolicies: {
      /** @default [] */
      columns: components['schemas']['ColumnPolicyChange'][];
      /**
       * @description The user's word on what a project's file loosens.
       * @default null
       */
      agree: boolean | null;
    };
    /**
     * ColumnPolicyChange
     * @description What the user decides about a column.
     */
    ColumnPolicyChange: {
      column: string;
      /** @description null: as it was detected. */
      policy: ('send' | 'tokenise' | 'statistics' | 'never') | null;
      /**
       * @description null: every data set with a column of this name.
       * @default null
       */
      dataset_id: string | null;
    };
    /**
     * ColumnPrivacy
     * @description What may be sent of a column, and who says so.
     */
    ColumnPrivacy: {
      dataset_id: string;
      column: string;
      /**
       * @description In force.
       * @enum {string}
       */
      policy: 'send' | 'tokenise' | 'statistics' | 'never';
      /**
       * @description What the project's file, or sending names and types alone, asks for at least.
       * @enum {string}
       */
      required: 'send' | 'tokenise' | 'statistics' | 'never';
      /** @enum {string} */
      source: 'detected' | 'user' | 'project' | 'setting';
    };
    /**
     * ColumnStatistics
     * @description One column of the whole file, computed in the sandbox.
     */
    ColumnStatistics: {
      name: string;
      dtype: string;
      null_count: number;
      /**
       * @description None where it was not counted.
       * @default null
       */
      unique_count: number | null;
      /** @default null */
      min_value: components['schemas']['JsonValue'] | null;
      /** @default null */
      max_value: components['schemas']['JsonValue'] | null;
      /** @default null */
      mean: number | null;
      /** @default [] */
      top_values: components['schemas']['ValueCount'][];
      /**
       * @description Every row has a value of its own here.
       * @default false
       */
      is_key: boolean;
    };
    /** Credentials */
    Credentials: {
      email: string;
      /** Format: password */
      password: string;
    };
    /**
     * Dataset
     * @description A file of a session: where it came from, how it is read, what its first rows show.
     */
    Dataset: {
      id: string;
      /** @description The file's name as the user knows it. */
      name: string;
      /** @description The name of its DataFrame in the sandbox; the first is df. */
      variable: string;
      size_bytes: number;
      sha256: string;
      plan: components['schemas']['LoadPlan'];
      dataset_schema: components['schemas']['DatasetSchema'];
      /** @default [] */
      warnings: string[];
      /**
       * @description The sheets of a workbook, in its order.
       * @default []
       */
      sheets: string[];
      /** @description What the user decided about reading it. */
      changes: components['schemas']['PlanChange'];
      /**
       * @description Of the whole file, once it was loaded; for the user.
       * @default null
       */
      statistics: components['schemas']['DatasetStatistics'] | null;
      privacy: components['schemas']['DatasetPrivacy'];
    };
    /**
     * DatasetDetail
     * @description One data set, and the code that loads it.
     */
    DatasetDetail: {
      dataset: components['schemas']['Dataset'];
      code: string;
    };
    /**
     * DatasetMeasured
     * @description Exact figures of a whole data set, after its upload; for the user.
     */
    DatasetMeasured: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'dataset.statistics';
      dataset_id: string;
      statistics: components['schemas']['DatasetStatistics'];
    };
    /**
     * DatasetPrivacy
     * @description What may be sent of a data set.
     */
    DatasetPrivacy: {
      /**
       * @description What the user decided.
       * @default {}
       */
      columns: {
        [key: string]: 'send' | 'tokenise' | 'statistics' | 'never';
      };
      project: components['schemas']['ProjectRules'];
      /**
       * @description To what the project's file loosens.
       * @default false
       */
      agreed: boolean;
    };
    /**
     * DatasetSchema
     * @description What is known of a data set without reading all of it: at most five rows of values.
     */
    DatasetSchema: {
      columns: components['schemas']['ColumnInfo'][];
      /** @description Data rows in the whole file, counted, not parsed. */
      row_count: number;
      sample_data: components['schemas']['JsonValue'][][];
    };
    /**
     * DatasetStatistics
     * @description Exact figures of the whole file, for the user; a model is told `ColumnFigures` of them.
     */
    DatasetStatistics: {
      row_count: number;
      /**
       * @description None where not counted.
       * @default null
       */
      duplicate_rows: number | null;
      columns: components['schemas']['ColumnStatistics'][];
      key_candidates: string[];
      /** @description What the first rows did not show, in plain words. */
      warnings: string[];
    };
    /**
     * ErrorAnalysis
     * @description Why an execution failed, and what is tried next.
     */
    ErrorAnalysis: {
      /** @description The exception's class, e.g. KeyError. */
      error_type: string;
      message: string;
      /** @default null */
      line: number | null;
      /** @description What probably went wrong, in plain words. */
      hint: string;
      /**
       * @description E.g. columns with a similar name.
       * @default []
       */
      suggestions: string[];
      /** @default true */
      recoverable: boolean;
    };
    /** ErrorAnalyzed */
    ErrorAnalyzed: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'error.analyzed';
      analysis: components['schemas']['ErrorAnalysis'];
    };
    /**
     * ErrorBody
     * @description Every call that fails answers this.
     */
    ErrorBody: {
      error: components['schemas']['ErrorDetail'];
    };
    /** @enum {string} */
    ErrorCode:
      | 'ACCESS_DENIED'
      | 'ANALYSIS_FAILED'
      | 'AUTHENTICATION_REQUIRED'
      | 'BUDGET_REACHED'
      | 'CONFIRMATION_REQUIRED'
      | 'CONTEXT_TOO_LONG'
      | 'DATASET_MISSING'
      | 'DATASET_NOT_FOUND'
      | 'EXECUTION_TIMEOUT'
      | 'FILE_EMPTY'
      | 'FILE_TOO_LARGE'
      | 'FILE_UNREADABLE'
      | 'GARBLED_CALL'
      | 'INTERNAL_ERROR'
      | 'INVALID_REQUEST'
      | 'LOCAL_ONLY'
      | 'MODEL_ERROR'
      | 'MODEL_RATE_LIMITED'
      | 'MODEL_UNAVAILABLE'
      | 'NOT_FOUND'
      | 'OUT_OF_MEMORY'
      | 'PLAN_NOT_WAITING'
      | 'PRIVACY_BLOCKED'
      | 'QUERY_EMPTY'
      | 'QUERY_TOO_LONG'
      | 'RATE_LIMITED'
      | 'REQUEST_NOT_WAITING'
      | 'RUN_ELSEWHERE'
      | 'RUN_INTERRUPTED'
      | 'RUN_IN_PROGRESS'
      | 'RUN_NOT_FOUND'
      | 'SANDBOX_LOST'
      | 'SANDBOX_UNAVAILABLE'
      | 'SERVICE_CONFIGURATION'
      | 'SESSION_EXPIRED'
      | 'SESSION_NOT_FOUND'
      | 'SIGN_IN_REFUSED'
      | 'STORE_FULL'
      | 'STORE_TIMEOUT'
      | 'STORE_UNAVAILABLE'
      | 'UNKNOWN_TOKEN'
      | 'UNSUPPORTED_FILE_TYPE';
    /** ErrorDetail */
    ErrorDetail: {
      /** @description One of the schema ErrorCode. */
      code: string;
      /** @description A sentence for the user. */
      message: string;
      details: {
        [key: string]: components['schemas']['JsonValue'];
      };
      timestamp: string;
      request_id: string;
    };
    Event:
      | components['schemas']['RunStarted']
      | components['schemas']['PrivacyRedacted']
      | components['schemas']['PlanCreated']
      | components['schemas']['PlanUpdated']
      | components['schemas']['PlanApproval']
      | components['schemas']['RequestReview']
      | components['schemas']['CodeGenerated']
      | components['schemas']['ExecutionStarted']
      | components['schemas']['ExecutionOutput']
      | components['schemas']['ArtifactCreated']
      | components['schemas']['ExecutionFinished']
      | components['schemas']['ErrorAnalyzed']
      | components['schemas']['SandboxReplaced']
      | components['schemas']['LlmRetrying']
      | components['schemas']['LlmUsage']
      | components['schemas']['AnswerDelta']
      | components['schemas']['AnswerFinal']
      | components['schemas']['DatasetMeasured']
      | components['schemas']['Notice']
      | components['schemas']['RunCompleted']
      | components['schemas']['RunFailed']
      | components['schemas']['RunCancelled'];
    /**
     * Execution
     * @description One execution kept in a session, in the order of `step`.
     */
    Execution: {
      id: string;
      session_id: string;
      run_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /**
       * @description The failed execution it repairs.
       * @default null
       */
      retries: string | null;
      /**
       * @default agent
       * @enum {string}
       */
      origin: 'agent' | 'notebook';
      code: string;
      sha256: string;
      /** @default null */
      result: components['schemas']['ExecutionResult'] | null;
      /**
       * @description Of one that failed.
       * @default null
       */
      analysis: components['schemas']['ErrorAnalysis'] | null;
      /** Format: date-time */
      created_at: string;
    };
    /** ExecutionFinished */
    ExecutionFinished: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'execution.finished';
      result: components['schemas']['ExecutionResult'];
    };
    /** ExecutionOutput */
    ExecutionOutput: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'execution.output';
      /** @enum {string} */
      stream: 'stdout' | 'stderr';
      text: string;
    };
    /** ExecutionPlan */
    ExecutionPlan: {
      steps: string[];
      estimated_complexity: string;
      required_libraries: string[];
      /**
       * @description What each step is to give, where that was said.
       * @default []
       */
      outputs: ('number' | 'table' | 'chart' | 'text' | '')[];
    };
    /**
     * ExecutionRequest
     * @description Code for the session's sandbox.
     *
     *     With the `step` and `sha256` of code that the session stored, it runs as that step. Anything
     *     else is refused with CONFIRMATION_REQUIRED until the user has seen it and `confirmed` is true.
     */
    ExecutionRequest: {
      code: string;
      /** @default null */
      step: number | null;
      /** @default null */
      sha256: string | null;
      /**
       * @default notebook
       * @constant
       */
      origin: 'notebook';
      /** @default false */
      confirmed: boolean;
    };
    /**
     * ExecutionResult
     * @description What the user sees of one execution; nothing of the sandbox's insides. Times in seconds.
     */
    ExecutionResult: {
      success: boolean;
      code: string;
      stdout: string;
      stderr: string;
      artifacts: components['schemas']['Artifact'][];
      execution_time: number;
      /** @default 0 */
      retry_count: number;
    };
    /** ExecutionStarted */
    ExecutionStarted: {
      execution_id: string;
      step: number;
      /** @default 1 */
      attempt: number;
      /** @default null */
      retries: string | null;
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'execution.started';
    };
    /** FetchedColumn */
    FetchedColumn: {
      name: string;
      /** @description The name of its pandas dtype. */
      dtype: string;
    };
    /**
     * FetchedTable
     * @description A whole table of a session's sandbox, for a kernel.
     */
    FetchedTable: {
      name: string;
      columns: components['schemas']['FetchedColumn'][];
      row_count: number;
      /** @description The rows as CSV without a header. */
      csv: string;
      /** @description The text that stands for a missing value in `csv`. */
      missing: string;
    };
    /** Health */
    Health: {
      /**
       * @default ok
       * @constant
       */
      status: 'ok';
      version: string;
    };
    /**
     * Heartbeat
     * @description Sent every 15 s on every stream, so that a silent one can be told from a dead one.
     */
    Heartbeat: {
      /**
       * @default heartbeat
       * @constant
       */
      type: 'heartbeat';
    };
    JsonValue: unknown;
    /** Limits */
    Limits: {
      max_file_size_mb: number;
      execution_timeout_seconds: number;
      sandbox_memory_mb: number;
      max_retry_attempts: number;
      max_query_characters: number;
      requests_per_minute: number;
      uploads_per_hour: number;
      executions_per_hour: number;
      /**
       * @description US dollars; None: no limit.
       * @default null
       */
      max_cost_per_run: number | null;
      /** @default null */
      max_cost_per_session: number | null;
      /** @default null */
      max_tokens_per_run: number | null;
      /** @default null */
      max_tokens_per_session: number | null;
    };
    /** LlmRetrying */
    LlmRetrying: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'llm.retrying';
      attempt: number;
      wait_seconds: number;
    };
    /** LlmStatus */
    LlmStatus: {
      provider: string;
      model: string;
      offline: boolean;
    };
    /** LlmUsage */
    LlmUsage: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'llm.usage';
      model: string;
      prompt_tokens: number;
      completion_tokens: number;
      /**
       * @description In US dollars; None if not reported.
       * @default null
       */
      cost: number | null;
      /**
       * @description The answer was kept from before: it is free.
       * @default false
       */
      cached: boolean;
      /**
       * @description The endpoint reported no tokens.
       * @default false
       */
      estimated: boolean;
      /** @description The run up to this call. */
      run: components['schemas']['ModelUsage'];
    };
    /**
     * LoadPlan
     * @description How a file is read; the sandbox's loader executes exactly this.
     *
     *     `header_row` counts physical records from 0; None means that the file has no header.
     */
    LoadPlan: {
      /** @enum {string} */
      format: 'csv' | 'xlsx' | 'xlsm' | 'xls' | 'xlsb' | 'ods';
      /** @default utf-8 */
      encoding: string;
      /** @default , */
      delimiter: string;
      /**
       * @description Empty where no character quotes.
       * @default "
       */
      quotechar: string;
      /**
       * @description Empty where quotes are doubled.
       * @default
       */
      escapechar: string;
      /** @default false */
      skip_initial_space: boolean;
      /**
       * @description A CR where lines end so; else found by pandas.
       * @default
       */
      line_end: string;
      /**
       * @description Quoted as a whole, or of columns of fixed width, before they are delimited.
       * @default delimited
       * @enum {string}
       */
      lines: 'delimited' | 'quoted' | 'fixed';
      /**
       * @description Where columns of fixed width begin.
       * @default []
       */
      cuts: number[];
      /** @default 0 */
      header_row: number | null;
      /**
       * @description How many lines the names stand in.
       * @default 1
       */
      header_lines: number;
      /**
       * @description More left out: a line of units.
       * @default []
       */
      skip_rows: number[];
      /**
       * @description The columns' names, where they are not simply the header's.
       * @default null
       */
      names: string[] | null;
      /**
       * @description The columns that are read, where not all are.
       * @default null
       */
      columns: string[] | null;
      /**
       * @description Records that are read: without totals, notes, a second table.
       * @default null
       */
      rows: number | null;
      /** @default false */
      drop_empty_rows: boolean;
      /** @default null */
      sheet: string | null;
      /**
       * @description The library that reads the workbook.
       * @default null
       */
      engine: ('calamine' | 'openpyxl' | 'xlrd') | null;
      /**
       * @description Columns kept as text: leading zeros, long ids.
       * @default []
       */
      text_columns: string[];
      /**
       * @description Date columns and their formats: ISO8601, or as strptime has it.
       * @default {}
       */
      dates: {
        [key: string]: string;
      };
      /**
       * @description Columns of numbers with signs or separators: the decimal mark.
       * @default {}
       */
      numbers: {
        [key: string]: string;
      };
      /**
       * @description Columns whose values are padded with spaces, which are cut off.
       * @default []
       */
      padded: string[];
      /**
       * @description Columns of merged cells: a gap has the value above it.
       * @default []
       */
      fill_down: string[];
      /**
       * @description Words for a missing value, besides those that pandas knows.
       * @default []
       */
      na_values: string[];
    };
    /**
     * Mark
     * @description A value that the user marked. A token of the session stands for its value.
     */
    Mark: {
      text: string;
      personal: boolean;
    };
    /**
     * Marks
     * @description All of the user's marks since the server was started; of each value the last one counts.
     */
    Marks: {
      marks: components['schemas']['Mark'][];
    };
    /** Message */
    Message: {
      id: string;
      /** @enum {string} */
      role: 'user' | 'assistant' | 'system';
      content: string;
      /** Format: date-time */
      timestamp: string;
      /** @default null */
      artifacts: components['schemas']['Artifact'][] | null;
      /** @default null */
      run_id: string | null;
    };
    /**
     * ModelChoice
     * @description A model that can be asked. Prices are US dollars per million tokens, None if not listed.
     */
    ModelChoice: {
      id: string;
      name: string;
      /**
       * @description In tokens; None if not listed.
       * @default null
       */
      context_length: number | null;
      /** @default null */
      prompt_price: number | null;
      /** @default null */
      completion_price: number | null;
    };
    /**
     * ModelChoices
     * @description What a question can be asked of; none with offline rules.
     */
    ModelChoices: {
      /** @description The one that answers if none is chosen. */
      default: string;
      offline: boolean;
      models: components['schemas']['ModelChoice'][];
    };
    /**
     * ModelUsage
     * @description What calls to a model used, summed up over a run or a session.
     */
    ModelUsage: {
      /** @default 0 */
      calls: number;
      /** @default 0 */
      prompt_tokens: number;
      /** @default 0 */
      completion_tokens: number;
      /**
       * @description In US dollars; None if no call reported any.
       * @default null
       */
      cost: number | null;
      /**
       * @description Calls answered from what was kept: free.
       * @default 0
       */
      cached: number;
      /**
       * @description Some tokens are an estimate: the endpoint reported none.
       * @default false
       */
      estimated: boolean;
      /**
       * @description What answered, in order: models, or offline rules, no AI model.
       * @default []
       */
      models: string[];
    };
    /** NewSession */
    NewSession: {
      /** @default  */
      title: string;
    };
    /** Notice */
    Notice: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'notice';
      text: string;
    };
    /**
     * PlanApproval
     * @description A run that waits for the user's word on its plan, and that word.
     *
     *     It waits from `waiting` to the next event. Steps that the user wrote come as `plan.updated`
     *     before `approved`; after `rejected` the run is cancelled.
     */
    PlanApproval: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'plan.approval';
      /** @enum {string} */
      state: 'waiting' | 'approved' | 'rejected';
    };
    /**
     * PlanChange
     * @description What somebody decided about reading a file; what is left out is found again.
     */
    PlanChange: {
      /** @default null */
      encoding: string | null;
      /** @default null */
      delimiter: string | null;
      /**
       * @description Empty for none.
       * @default null
       */
      quotechar: string | null;
      /**
       * @description Counted from 0; -1 says that there is none.
       * @default null
       */
      header_row: number | null;
      /**
       * @description Whatever stands below the names is a row: units, notes, totals, other tables.
       * @default null
       */
      every_line: boolean | null;
      /** @default null */
      sheet: string | null;
      /**
       * @description What columns are, by their names.
       * @default {}
       */
      types: {
        [key: string]: 'text' | 'number' | 'date' | 'day_first' | 'month_first';
      };
    };
    /** PlanCreated */
    PlanCreated: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'plan.created';
      plan: components['schemas']['ExecutionPlan'];
    };
    /**
     * PlanDecision
     * @description The user's word on a plan that waits; `steps` takes the place of the plan's.
     */
    PlanDecision: {
      approve: boolean;
      /** @default null */
      steps: string[] | null;
    };
    /**
     * PlanRequest
     * @description How a data set is to be read; what is left out is found again.
     */
    PlanRequest: {
      /** @default null */
      encoding: string | null;
      /** @default null */
      delimiter: string | null;
      /**
       * @description Empty for none.
       * @default null
       */
      quotechar: string | null;
      /**
       * @description Counted from 0; -1 says that there is none.
       * @default null
       */
      header_row: number | null;
      /**
       * @description Whatever stands below the names is a row: units, notes, totals, other tables.
       * @default null
       */
      every_line: boolean | null;
      /** @default null */
      sheet: string | null;
      /**
       * @description What columns are, by their names.
       * @default {}
       */
      types: {
        [key: string]: 'text' | 'number' | 'date' | 'day_first' | 'month_first';
      };
    };
    /** PlanUpdated */
    PlanUpdated: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'plan.updated';
      plan: components['schemas']['ExecutionPlan'];
      /**
       * @description How many steps are done, from the first.
       * @default 0
       */
      done: number;
    };
    /** Format: binary */
    Png: string;
    /**
     * Preview
     * @description Exactly what the first request to the model would hold.
     */
    Preview: {
      model: string;
      offline: boolean;
      parts: components['schemas']['PreviewPart'][];
      redaction_count: number;
      /**
       * @description The same by kind, channel and column.
       * @default []
       */
      redactions: components['schemas']['PrivacyCount'][];
    };
    /** PreviewPart */
    PreviewPart: {
      role: string;
      text: string;
      redactions: components['schemas']['PreviewSpan'][];
    };
    /** PreviewRequest */
    PreviewRequest: {
      query: string;
      /**
       * @description As in POST query.
       * @default null
       */
      model: string | null;
    };
    /**
     * PreviewSpan
     * @description A redacted place in the payload; offsets are into `PreviewPart.text`.
     */
    PreviewSpan: {
      start: number;
      end: number;
      entity_type: string;
    };
    /** PrivacyCount */
    PrivacyCount: {
      entity_type: string;
      channel: string;
      count: number;
      /**
       * @description Where it is known; itself redacted.
       * @default
       */
      column: string;
    };
    /** PrivacyRedacted */
    PrivacyRedacted: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'privacy.redacted';
      channel: string;
      entity_type: string;
      count: number;
      /**
       * @description Where it is known; itself redacted.
       * @default
       */
      column: string;
    };
    /**
     * PrivacyReport
     * @description What was replaced, counted, and what is in force.
     */
    PrivacyReport: {
      session_id: string;
      counts: components['schemas']['PrivacyCount'][];
      total: number;
      /** @default [] */
      columns: components['schemas']['ColumnPrivacy'][];
      /**
       * @description In memory, for the user alone.
       * @default []
       */
      marks: components['schemas']['Mark'][];
      /** @default false */
      schema_only: boolean;
      /** @default false */
      local_only: boolean;
      /** @default false */
      pause: boolean;
      /**
       * @description What a project's file asks for in vain.
       * @default []
       */
      notices: string[];
      /**
       * @description Whether the user's agreement would put some of that in force.
       * @default false
       */
      can_agree: boolean;
    };
    /**
     * ProfileResult
     * @description What the profiling agent makes of a schema.
     */
    ProfileResult: {
      summary: string;
      /** @description Column name to what it holds, e.g. identifier, date, category, measure. */
      semantics: {
        [key: string]: string;
      };
      issues: string[];
      /** @description Questions that can be asked of this data. */
      suggestions: string[];
      /** @enum {string} */
      source: 'rules' | 'model';
      /**
       * @description Why rules made it, where a model was to: for the user.
       * @default null
       */
      warning: string | null;
    };
    /**
     * ProjectRules
     * @description What the `.datalens/privacy.toml` beside a file asks for. It can only tighten.
     */
    ProjectRules: {
      /**
       * @description Names of columns, * and ? allowed, and what may be sent of them.
       * @default {}
       */
      columns: {
        [key: string]: 'send' | 'tokenise' | 'statistics' | 'never';
      };
      /** @default false */
      schema_only: boolean;
      /** @default false */
      local_only: boolean;
      /** @default false */
      pause: boolean;
      /** @default [] */
      entities: string[];
      /** @default [] */
      patterns: string[];
      /** @default [] */
      deny: string[];
      /** @default [] */
      phone_regions: string[];
      /**
       * @description Loosens: in force once the user agrees.
       * @default []
       */
      allow: string[];
      /**
       * @description What of the file is not in force, and why.
       * @default []
       */
      notices: string[];
    };
    /** QueryRequest */
    QueryRequest: {
      session_id: string;
      query: string;
      /**
       * @description Whether the run waits for POST runs/{run_id}/plan.
       * @default false
       */
      approve_plan: boolean;
      /**
       * @description One of GET models; None for the default.
       * @default null
       */
      model: string | null;
    };
    /** QueryResult */
    QueryResult: {
      run_id: string;
      status: components['schemas']['RunStatus'];
      /** @default null */
      plan: components['schemas']['ExecutionPlan'] | null;
      /** @default [] */
      executions: components['schemas']['Execution'][];
      /** @default null */
      result: components['schemas']['ExecutionResult'] | null;
      /** @default null */
      answer: string | null;
      /** @default [] */
      assumptions: string[];
      /** @default [] */
      checks: components['schemas']['AnswerCheck'][];
      /** @default [] */
      alternatives: components['schemas']['Alternative'][];
      /** @default [] */
      artifacts: components['schemas']['Artifact'][];
      /** @default null */
      error: {
        [key: string]: components['schemas']['JsonValue'];
      } | null;
      usage: components['schemas']['ModelUsage'];
    };
    /**
     * RequestDecision
     * @description Whether a request that waits goes to the model; its run ends if it does not.
     */
    RequestDecision: {
      send: boolean;
    };
    /**
     * RequestReview
     * @description A request that waits for the user's word before it goes to the model, and that word.
     */
    RequestReview: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'request.review';
      number: number;
      /** @enum {string} */
      state: 'waiting' | 'sent' | 'refused';
    };
    /** RestoreRequest */
    RestoreRequest: {
      /**
       * @description The user agrees that the session's own code is run again even in a sandbox with internet access, or for longer than a minute, which never happens by itself.
       * @default false
       */
      replay: boolean;
    };
    /**
     * RestoreResult
     * @description A session and what of its sandbox is back.
     */
    RestoreResult: {
      session: components['schemas']['SessionDetail'];
      /** @description Data sets and executions that are back, in words. */
      restored: string[];
      /** @description What could not be brought back, and why, in words. */
      lost: string[];
    };
    /** RunAccepted */
    RunAccepted: {
      run_id: string;
    };
    /** RunCancelled */
    RunCancelled: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'run.cancelled';
    };
    /** RunCompleted */
    RunCompleted: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'run.completed';
    };
    /** RunFailed */
    RunFailed: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'run.failed';
      /** @description {code, message, details} as in errors. */
      error: {
        [key: string]: components['schemas']['JsonValue'];
      };
    };
    /** RunStarted */
    RunStarted: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'run.started';
      session_id: string;
      /** @description None for code that was run from a notebook cell. */
      query: string | null;
      /**
       * @default question
       * @enum {string}
       */
      origin: 'question' | 'notebook' | 'upload' | 'restore';
      /**
       * @description The one that was chosen, if one was.
       * @default null
       */
      model: string | null;
    };
    /**
     * RunStatus
     * @enum {string}
     */
    RunStatus: 'running' | 'completed' | 'failed' | 'cancelled';
    /**
     * RunSummary
     * @description One run of a session, as its history shows it.
     */
    RunSummary: {
      run_id: string;
      query: string | null;
      status: components['schemas']['RunStatus'];
      /** @default null */
      plan: components['schemas']['ExecutionPlan'] | null;
      /** @default null */
      answer: string | null;
      /** @default [] */
      assumptions: string[];
      /** @default [] */
      checks: components['schemas']['AnswerCheck'][];
      /** @default [] */
      alternatives: components['schemas']['Alternative'][];
      /** Format: date-time */
      started_at: string;
      /** @default null */
      error: {
        [key: string]: components['schemas']['JsonValue'];
      } | null;
      usage: components['schemas']['ModelUsage'];
      /**
       * @description The one that was chosen; later questions are asked of it too.
       * @default null
       */
      model: string | null;
    };
    /** SandboxReplaced */
    SandboxReplaced: {
      /** @default 0 */
      seq: number;
      /** @default  */
      run_id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      type: 'sandbox.replaced';
      reason: string;
      restored: string[];
      lost: string[];
      /**
       * @description Code was left out that runs again once the user agrees: `restore` with `replay`.
       * @default false
       */
      agreement_needed: boolean;
    };
    /**
     * SandboxState
     * @description Which sandbox a watched session has. `reason` says why it has none any more, if it had one.
     *
     *     It is no event of a run, so it has no seq: it comes at once after `watch`, and with each change.
     */
    SandboxState: {
      /**
       * @default sandbox.state
       * @constant
       */
      type: 'sandbox.state';
      session_id: string;
      sandbox_id: string | null;
      reason: string;
    };
    /** SandboxStatus */
    SandboxStatus: {
      /** @enum {string} */
      backend: 'e2b' | 'embedded';
      /** @enum {string} */
      isolation: 'bubblewrap' | 'reduced' | 'e2b' | 'none';
      ready: boolean;
      /** @default  */
      message: string;
    };
    /**
     * SavedCode
     * @description An execution's code as it is kept in a notebook or an export.
     */
    SavedCode: {
      execution_id: string;
      /** @description With tokens for personal values, where the settings say so. */
      code: string;
      sha256: string;
    };
    /** SavedCodes */
    SavedCodes: {
      run_id: string;
      executions: components['schemas']['SavedCode'][];
    };
    /**
     * SentRequest
     * @description A request to a model, as it went or waits to go: redacted.
     */
    SentRequest: {
      /** @description Counted from 1 in its run. */
      number: number;
      /** Format: date-time */
      at: string;
      /** @enum {string} */
      state: 'waiting' | 'sent' | 'refused';
      preview: components['schemas']['Preview'];
    };
    /**
     * SentRequests
     * @description The requests of a run; of runs long ago, or before a restart, there are none.
     */
    SentRequests: {
      run_id: string;
      requests: components['schemas']['SentRequest'][];
    };
    /** Session */
    Session: {
      id: string;
      user_id: string;
      /** @default  */
      title: string;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      last_activity: string;
      /** @default null */
      sandbox_id: string | null;
      /** @default null */
      dataset_schema: components['schemas']['DatasetSchema'] | null;
      /** @default [] */
      dataset_names: string[];
      /** @default 0 */
      message_count: number;
    };
    /** SessionChange */
    SessionChange: {
      title: string;
    };
    /**
     * SessionDetail
     * @description The whole session, as it is shown again after a restart.
     */
    SessionDetail: {
      session: components['schemas']['Session'];
      datasets: components['schemas']['Dataset'][];
      messages: components['schemas']['Message'][];
      runs: components['schemas']['RunSummary'][];
      executions: components['schemas']['Execution'][];
      artifacts: components['schemas']['Artifact'][];
      /** @description Of all its runs, the profiles of files included. */
      usage: components['schemas']['ModelUsage'];
    };
    /** SessionPage */
    SessionPage: {
      sessions: components['schemas']['Session'][];
      /**
       * @description Pass as `after` for the next page.
       * @default null
       */
      next: string | null;
    };
    /** Status */
    Status: {
      version: string;
      llm: components['schemas']['LlmStatus'];
      sandbox: components['schemas']['SandboxStatus'];
      store: components['schemas']['StoreStatus'];
      user: string;
      limits: components['schemas']['Limits'];
      /** @description Model, sandbox and store are all on this machine. */
      local_only: boolean;
      /** @description Whether code is saved with tokens for personal values: see runs/{run_id}/code. */
      tokenised_code: boolean;
      /** @description Who set what, by name; never a value. */
      settings: {
        [key: string]: string;
      };
    };
    /** StoreStatus */
    StoreStatus: {
      /** @enum {string} */
      kind: 'sqlite' | 'supabase';
      local: boolean;
      /** @default  */
      message: string;
    };
    /**
     * StreamError
     * @description A stream cannot go on, or a message on the WebSocket could not be followed.
     */
    StreamError: {
      /**
       * @default stream.error
       * @constant
       */
      type: 'stream.error';
      /** @default null */
      run_id: string | null;
      error: components['schemas']['ErrorDetail'];
    };
    StreamLine:
      | components['schemas']['Event']
      | components['schemas']['SandboxState']
      | components['schemas']['Heartbeat']
      | components['schemas']['StreamError'];
    /**
     * Subscribe
     * @description Send the events of a run after the one numbered `after`, then live ones.
     */
    Subscribe: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      op: 'subscribe';
      run_id: string;
      /** @default 0 */
      after: number;
    };
    /** Unsubscribe */
    Unsubscribe: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      op: 'unsubscribe';
      run_id: string;
    };
    /**
     * UploadByPath
     * @description A file below the server's root, named as the file browser names it.
     */
    UploadByPath: {
      path: string;
      /**
       * @description None makes a new session.
       * @default null
       */
      session_id: string | null;
      /**
       * @description The data set that this is a newer version of.
       * @default null
       */
      replaces: string | null;
    };
    UploadForm: {
      /** Format: binary */
      file: string;
      session_id?: string;
      replaces?: string;
    };
    /** UploadResult */
    UploadResult: {
      session: components['schemas']['Session'];
      dataset: components['schemas']['DatasetSchema'];
      profile: components['schemas']['ProfileResult'];
      warnings: string[];
      /** @default  */
      dataset_id: string;
      /**
       * @description Its events end with the whole file's figures.
       * @default
       */
      run_id: string;
    };
    /** ValueCount */
    ValueCount: {
      value: components['schemas']['JsonValue'];
      count: number;
    };
    /**
     * Watch
     * @description Say which sandbox a session has, now and each time that it changes; the one before is left.
     *
     *     None leaves it.
     */
    Watch: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      op: 'watch';
      session_id: string | null;
    };
  };
  responses: {
    /** @description What happened, what is kept and what to do. */
    Error: {
      headers: {
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['ErrorBody'];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getStatus: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What works here, and who set it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Status'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getHealth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Whether the server answers. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getMetrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Prometheus metrics. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': unknown;
        };
      };
      default: components['responses']['Error'];
    };
  };
  getOpenapi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description This document. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': unknown;
        };
      };
      default: components['responses']['Error'];
    };
  };
  getModels: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The models that a question can be asked of, with prices where they are listed. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ModelChoices'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getAuth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Whether one has to sign in here, and who has. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuthStatus'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postAuthSignIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Credentials'];
      };
    };
    responses: {
      /** @description Sign in to the team's history. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuthStatus'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postAuthSignUp: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Credentials'];
      };
    };
    responses: {
      /** @description Make an account there, and sign in. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuthStatus'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postAuthSignOut: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Sign out of it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuthStatus'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postUpload: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'multipart/form-data': components['schemas']['UploadForm'];
        'application/json': components['schemas']['UploadByPath'];
      };
    };
    responses: {
      /** @description Add a data set to a session, or to a new one. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UploadResult'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postQuery: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['QueryRequest'];
      };
    };
    responses: {
      /** @description Ask a question. `Prefer: respond-async` answers 202 at once, `Accept: application/x-ndjson` streams the events, otherwise the answer comes once done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['QueryResult'];
          'application/x-ndjson': components['schemas']['StreamLine'];
        };
      };
      /** @description Ask a question. `Prefer: respond-async` answers 202 at once, `Accept: application/x-ndjson` streams the events, otherwise the answer comes once done. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getEvents: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The WebSocket of a page: it sends ClientMessage, and receives StreamLine. */
      101: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      default: components['responses']['Error'];
    };
  };
  getRunsEvents: {
    parameters: {
      query?: {
        after?: number;
      };
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The events of a run after one that was seen, then live, to its end. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': components['schemas']['StreamLine'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postRunsCancel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Stop a run. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postRunsPlan: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PlanDecision'];
      };
    };
    responses: {
      /** @description Let a run that waits for it go on with its plan, or with other steps, or end it. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getRunsCode: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The code of a run as cells keep it: with tokens for values, if the settings say so. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SavedCodes'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getRunsRequests: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What a run sent to a model, request by request, redacted as it went. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SentRequests'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postRunsRequestsById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        run_id: string;
        number: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RequestDecision'];
      };
    };
    responses: {
      /** @description Let a request that waits go to the model, or end its run. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessions: {
    parameters: {
      query?: {
        limit?: number;
        after?: string;
        search?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The user's sessions, last used first. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionPage'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postSessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewSession'];
      };
    };
    responses: {
      /** @description Start a session. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessionsById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The whole session. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionDetail'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  deleteSessionsById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Delete a session and its files. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      default: components['responses']['Error'];
    };
  };
  patchSessionsById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionChange'];
      };
    };
    responses: {
      /** @description Rename a session. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postSessionsRestore: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RestoreRequest'];
      };
    };
    responses: {
      /** @description Make a live sandbox hold the session's data again. `Prefer: respond-async` answers 202 at once; questions that are asked meanwhile wait for it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RestoreResult'];
        };
      };
      /** @description Make a live sandbox hold the session's data again. `Prefer: respond-async` answers 202 at once; questions that are asked meanwhile wait for it. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postSessionsExecutions: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ExecutionRequest'];
      };
    };
    responses: {
      /** @description Run code in the session's sandbox. Streams the events; `Prefer: respond-async` answers 202 at once, `Accept: application/json` answers once done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['QueryResult'];
          'application/x-ndjson': components['schemas']['StreamLine'];
        };
      };
      /** @description Run code in the session's sandbox. Streams the events; `Prefer: respond-async` answers 202 at once, `Accept: application/json` answers once done. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RunAccepted'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  postSessionsPreview: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PreviewRequest'];
      };
    };
    responses: {
      /** @description Exactly what the first request to the model would hold. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Preview'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessionsPrivacy: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What was replaced before it went to a model, counted, and what is in force. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PrivacyReport'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  putSessionsPrivacyColumns: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ColumnPolicies'];
      };
    };
    responses: {
      /** @description Decide what may be sent of columns: send, tokenise, statistics or never. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PrivacyReport'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  putSessionsPrivacyMarks: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Marks'];
      };
    };
    responses: {
      /** @description Mark values as personal, for as long as the session is there, or as not personal. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['PrivacyReport'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessionsExport: {
    parameters: {
      query?: {
        format?: 'ipynb' | 'html' | 'pdf';
      };
      header?: never;
      path: {
        session_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The analysis as a file. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/octet-stream': unknown;
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessionsDatasetsById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
        dataset_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A data set, how it is read, and the code that loads it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DatasetDetail'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  putSessionsDatasetsPlan: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
        dataset_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PlanRequest'];
      };
    };
    responses: {
      /** @description Read a data set again as decided; what is left out is found again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UploadResult'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  getSessionsTablesById: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        session_id: string;
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A whole table of the session's sandbox, by the name of its variable. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FetchedTable'];
        };
      };
      default: components['responses']['Error'];
    };
  };
  putArtifactsPng: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        artifact_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'image/png': components['schemas']['Png'];
      };
    };
    responses: {
      /** @description A picture of a chart, drawn by a browser. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      default: components['responses']['Error'];
    };
  };
}
