import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';
import type {
  AuthStatus,
  DatasetDetail,
  ExportFormat,
  PlanChange,
  ColumnPolicyChange,
  Mark,
  ModelChoices,
  Preview,
  PrivacyReport,
  SavedCodes,
  SentRequests,
  RunAccepted,
  Session,
  SessionDetail,
  SessionPage,
  Status,
  UploadResult
} from './types';
import { uploadForm, type IUploadOptions, type UploadSource } from './upload';

/** The REST interface. Every call rejects with an ApiError. */
export class DataLensClient {
  constructor(readonly serverSettings: ServerConnection.ISettings) {}

  status(): Promise<Status> {
    return this._json('GET', 'status');
  }

  /** The models that a question can be asked of. */
  models(): Promise<ModelChoices> {
    return this._json('GET', 'models');
  }

  auth(): Promise<AuthStatus> {
    return this._json('GET', 'auth');
  }

  enter(
    way: 'sign-in' | 'sign-up',
    email: string,
    password: string
  ): Promise<AuthStatus> {
    return this._json('POST', `auth/${way}`, { email, password });
  }

  signOut(): Promise<AuthStatus> {
    return this._json('POST', 'auth/sign-out', {});
  }

  upload(source: UploadSource, options: IUploadOptions = {}): Promise<UploadResult> {
    const { sessionId = null, replaces = null } = options;
    if ('path' in source) {
      return this._json(
        'POST',
        'upload',
        { path: source.path, session_id: sessionId, replaces },
        { signal: options.signal }
      );
    }
    const form = new FormData();
    if (sessionId !== null) {
      form.append('session_id', sessionId);
    }
    if (replaces !== null) {
      form.append('replaces', replaces);
    }
    form.append('file', source.file, source.file.name);
    return uploadForm(this.serverSettings, this.url('upload'), form, options);
  }

  /** A data set, and the code that loads it. */
  dataset(sessionId: string, datasetId: string): Promise<DatasetDetail> {
    return this._json('GET', datasetPath(sessionId, datasetId));
  }

  /** Read a data set again as decided; what is left open is found again. */
  changePlan(
    sessionId: string,
    datasetId: string,
    changes: PlanChange
  ): Promise<UploadResult> {
    return this._json('PUT', `${datasetPath(sessionId, datasetId)}/plan`, changes);
  }

  /**
   * `approvePlan`: no code runs before `decidePlan` says so. `model`: null for the one that the
   * session asked last, or else the default.
   */
  query(
    sessionId: string,
    query: string,
    approvePlan: boolean,
    model: string | null
  ): Promise<RunAccepted> {
    return this._json(
      'POST',
      'query',
      { session_id: sessionId, query, approve_plan: approvePlan, model },
      { headers: { Prefer: 'respond-async' } }
    );
  }

  /** The code of a run as cells keep it. */
  savedCode(runId: string): Promise<SavedCodes> {
    return this._json('GET', `runs/${encodeURIComponent(runId)}/code`);
  }

  /** What a run sent to the model, request by request. */
  requests(runId: string): Promise<SentRequests> {
    return this._json('GET', `runs/${encodeURIComponent(runId)}/requests`);
  }

  decideRequest(runId: string, number: number, send: boolean): Promise<RunAccepted> {
    const path = `runs/${encodeURIComponent(runId)}/requests/${number}`;
    return this._json('POST', path, { send });
  }

  privacy(id: string): Promise<PrivacyReport> {
    return this._json('GET', `sessions/${encodeURIComponent(id)}/privacy`);
  }

  /** `agree`: the user's word on what a project's file loosens. */
  setPolicies(
    id: string,
    columns: ColumnPolicyChange[],
    agree?: boolean
  ): Promise<PrivacyReport> {
    const path = `sessions/${encodeURIComponent(id)}/privacy/columns`;
    return this._json('PUT', path, {
      columns,
      ...(agree === undefined ? {} : { agree })
    });
  }

  setMarks(id: string, marks: Mark[]): Promise<PrivacyReport> {
    const path = `sessions/${encodeURIComponent(id)}/privacy/marks`;
    return this._json('PUT', path, { marks });
  }

  /** `steps` take the place of the plan's. */
  decidePlan(
    runId: string,
    approve: boolean,
    steps: string[] | null
  ): Promise<RunAccepted> {
    const path = `runs/${encodeURIComponent(runId)}/plan`;
    return this._json('POST', path, { approve, steps });
  }

  cancel(runId: string): Promise<RunAccepted> {
    return this._json('POST', `runs/${encodeURIComponent(runId)}/cancel`, {});
  }

  /** A page of the sessions that hold all words of `search`, last used first. */
  sessions(search = '', after?: string): Promise<SessionPage> {
    const query = URLExt.objectToQueryString({
      limit: 50,
      ...(search ? { search } : {}),
      ...(after ? { after } : {})
    });
    return this._json('GET', `sessions${query}`);
  }

  session(id: string): Promise<SessionDetail> {
    return this._json('GET', `sessions/${encodeURIComponent(id)}`);
  }

  rename(id: string, title: string): Promise<Session> {
    return this._json('PATCH', `sessions/${encodeURIComponent(id)}`, { title });
  }

  async delete(id: string): Promise<void> {
    await this._request('DELETE', `sessions/${encodeURIComponent(id)}`);
  }

  /**
   * Make the session's sandbox again in the background; the run that does. `replay`: its code is
   * run again even where it can reach the internet.
   */
  restore(id: string, replay: boolean): Promise<RunAccepted> {
    const headers = { Prefer: 'respond-async' };
    return this._json(
      'POST',
      `sessions/${encodeURIComponent(id)}/restore`,
      { replay },
      { headers }
    );
  }

  /** `model`: as in `query`. */
  preview(id: string, query: string, model: string | null): Promise<Preview> {
    const path = `sessions/${encodeURIComponent(id)}/preview`;
    return this._json('POST', path, { query, model });
  }

  async export(
    id: string,
    format: ExportFormat
  ): Promise<{ name: string; content: Blob }> {
    const path = `sessions/${encodeURIComponent(id)}/export?format=${format}`;
    const response = await this._request('GET', path);
    const named = /filename\*?=(?:UTF-8'')?"?([^";]+)"?/i.exec(
      response.headers.get('Content-Disposition') ?? ''
    );
    return {
      name: named ? decodeURIComponent(named[1]) : `analysis.${format}`,
      content: await response.blob()
    };
  }

  async savePng(artifactId: string, png: Blob): Promise<void> {
    await this._request('PUT', `artifacts/${encodeURIComponent(artifactId)}/png`, {
      body: png,
      headers: { 'Content-Type': 'image/png' }
    });
  }

  url(path: string): string {
    return URLExt.join(this.serverSettings.baseUrl, 'datalens/api', path);
  }

  private async _json<T>(
    method: string,
    path: string,
    body?: object,
    init: RequestInit = {}
  ): Promise<T> {
    const response = await this._request(method, path, {
      ...init,
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: { 'Content-Type': 'application/json', ...init.headers }
    });
    return (await response.json()) as T;
  }

  private async _request(
    method: string,
    path: string,
    init: RequestInit = {}
  ): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        this.url(path),
        { ...init, method },
        this.serverSettings
      );
    } catch (reason) {
      if (init.signal?.aborted) {
        throw reason;
      }
      throw ApiError.offline();
    }
    if (!response.ok) {
      throw ApiError.of(response.status, await response.text());
    }
    return response;
  }
}

function datasetPath(sessionId: string, datasetId: string): string {
  return `sessions/${encodeURIComponent(sessionId)}/datasets/${encodeURIComponent(datasetId)}`;
}
