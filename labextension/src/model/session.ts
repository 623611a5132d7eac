import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { DataLensClient, UploadSource } from '../api/client';
import { ApiError } from '../api/error';
import type { EventSocket } from '../api/eventsocket';
import type { Dataset, RunEvent, Session, Status } from '../api/types';
import { runsOf } from './history';
import { ended, type IRunState, isRunning, newRun, reduce } from './run';
import { suggestionsFor } from './suggestions';

const STATUS_MS = 1500;
const STATUS_ATTEMPTS = 20;

export interface IUploadState {
  name: string;
  /** 0 to 1 while it is sent, then null while it is read. */
  fraction: number | null;
  cancel: () => void;
}

/** What survives a reload of the page. */
export interface ISavedState {
  sessionId: string | null;
  suggestions: string[];
  /** Notebooks that wait for a run: run id to path. */
  bindings: Record<string, string>;
}

export interface IRunFinished {
  sessionId: string;
  run: IRunState;
  /** The notebook that was bound when the question was asked. */
  notebook: string | null;
}

export interface ISessionModelOptions {
  client: DataLensClient;
  socket: Pick<EventSocket, 'subscribe' | 'unsubscribe' | 'dispose'>;
  /** The notebook to bind a question to, asked for at the moment of asking. */
  currentNotebook?: () => string | null;
  save?: (state: ISavedState) => void;
}

/** One conversation: its data sets, its runs and what is going on right now. No React here. */
export class SessionModel implements IDisposable {
  constructor(private _options: ISessionModelOptions) {}

  readonly client = this._options.client;

  session: Session | null = null;
  datasets: Dataset[] = [];
  runs: IRunState[] = [];
  status: Status | null = null;
  sessions: Session[] = [];
  upload: IUploadState | null = null;
  /** The question that is on its way to the server. */
  asking: string | null = null;
  /** False before what was there at the last visit is shown again. */
  ready = false;
  error: ApiError | null = null;
  connected = true;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runFinished(): ISignal<this, IRunFinished> {
    return this._runFinished;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get running(): IRunState | null {
    return this.runs.find(isRunning) ?? null;
  }

  get busy(): boolean {
    return this.asking !== null || this.running !== null;
  }

  get suggestions(): string[] {
    if (this._suggestions.length) {
      return this._suggestions.slice(0, 3);
    }
    return this.datasets.length ? suggestionsFor(this.datasets[0]) : [];
  }

  // -- what is there ------------------------------------------------------------------------------

  /** Show again what the page showed before it was reloaded. */
  async restore(saved: Partial<ISavedState> | null): Promise<void> {
    void this.loadStatus();
    if (saved?.sessionId) {
      this._bindings = new Map(Object.entries(saved.bindings ?? {}));
      try {
        await this.open(saved.sessionId);
        this._suggestions = saved.suggestions ?? [];
      } catch (reason) {
        // Deleted meanwhile, or someone else signed in: start anew. Anything else is said.
        if (!(reason instanceof ApiError) || !/NOT_FOUND|DENIED/.test(reason.code)) {
          this._fail(reason);
        }
      }
    }
    this.ready = true;
    this._emit();
  }

  async loadStatus(): Promise<void> {
    try {
      this.status = await this.client.status();
      this._awaitSandbox();
    } catch (reason) {
      this._fail(reason);
    }
    this._emit();
  }

  /** The sandbox starts in the background; what it turned out to be is shown then. */
  private _awaitSandbox(): void {
    window.clearTimeout(this._statusTimer);
    if (
      this.status &&
      !this.status.sandbox.ready &&
      this._statusAttempts < STATUS_ATTEMPTS
    ) {
      this._statusAttempts += 1;
      this._statusTimer = window.setTimeout(() => void this.loadStatus(), STATUS_MS);
    }
  }

  async loadSessions(): Promise<void> {
    await this._guard(async () => {
      this.sessions = (await this.client.sessions()).sessions;
    });
  }

  /** Open a stored session; follows its run if one goes on. */
  async open(id: string): Promise<void> {
    const detail = await this.client.session(id);
    this._leave();
    this.session = detail.session;
    this.datasets = detail.datasets;
    this.runs = runsOf(detail);
    this._suggestions = [];
    for (const run of this.runs) {
      if (isRunning(run)) {
        this._follow(run.id);
      } else if (this._bindings.has(run.id)) {
        this._finish(run);
      }
    }
    this._save();
    this._emit();
  }

  startAnew(): void {
    this._leave();
    this.session = null;
    this.datasets = [];
    this.runs = [];
    this._suggestions = [];
    this._save();
    this._emit();
  }

  async rename(id: string, title: string): Promise<void> {
    await this._guard(async () => {
      const session = await this.client.rename(id, title);
      this.sessions = this.sessions.map(s => (s.id === id ? session : s));
      this.session = this.session?.id === id ? session : this.session;
    });
  }

  /** Says whether the session is gone; why not is in `error`. */
  async delete(id: string): Promise<boolean> {
    return this._guard(async () => {
      await this.client.delete(id);
      this.sessions = this.sessions.filter(s => s.id !== id);
      if (this.session?.id === id) {
        this.startAnew();
      }
    });
  }

  // -- data ---------------------------------------------------------------------------------------

  /** Adds a file once those that were added before it are there. */
  addData(source: UploadSource): Promise<void> {
    this._uploads = this._uploads.then(() => this._addData(source));
    return this._uploads;
  }

  private async _addData(source: UploadSource): Promise<void> {
    const abort = new AbortController();
    const name = 'file' in source ? source.file.name : source.path.split('/').pop() || '';
    this.upload = {
      name,
      fraction: 'file' in source ? 0 : null,
      cancel: () => abort.abort()
    };
    this.error = null;
    this._emit();
    try {
      const result = await this.client.upload(source, {
        sessionId: this.session?.id,
        signal: abort.signal,
        onProgress: fraction => this._progress(fraction)
      });
      const detail = await this.client.session(result.session.id);
      this.session = detail.session;
      this.datasets = detail.datasets;
      this._suggestions = result.profile.suggestions;
      this._save();
    } catch (reason) {
      if (!abort.signal.aborted) {
        this._fail(reason);
      }
    } finally {
      this.upload = null;
      this._emit();
    }
  }

  private _progress(fraction: number): void {
    if (this.upload) {
      this.upload = { ...this.upload, fraction: fraction < 1 ? fraction : null };
      this._emit();
    }
  }

  // -- questions ----------------------------------------------------------------------------------

  /** Ask; the answer comes as events. False if it could not be asked: the words are kept then. */
  async ask(query: string): Promise<boolean> {
    const session = this.session;
    if (!session || this.busy || !query.trim()) {
      return false;
    }
    const notebook = this._options.currentNotebook?.() ?? null;
    this.asking = query;
    this.error = null;
    this._emit();
    try {
      const { run_id } = await this.client.query(session.id, query);
      if (this.session?.id !== session.id) {
        return true;
      }
      if (notebook !== null) {
        this._bindings.set(run_id, notebook);
      }
      this.runs = [...this.runs, newRun(run_id, query, new Date().toISOString())];
      this._save();
      this._follow(run_id);
      return true;
    } catch (reason) {
      this._fail(reason);
      return false;
    } finally {
      this.asking = null;
      this._emit();
    }
  }

  async stop(): Promise<void> {
    const run = this.running;
    if (run) {
      await this._guard(async () => {
        await this.client.cancel(run.id);
      });
    }
  }

  dismissError(): void {
    this.error = null;
    this._emit();
  }

  fail(reason: unknown): void {
    this._fail(reason);
    this._emit();
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    this._emit();
  }

  dispose(): void {
    this._isDisposed = true;
    window.clearTimeout(this._statusTimer);
    this._options.socket.dispose();
    Signal.clearData(this);
  }

  // -- events -------------------------------------------------------------------------------------

  private _follow(runId: string): void {
    this._options.socket.subscribe(runId, 0, {
      onEvent: event => this._onEvent(event),
      onError: error => this._onLost(runId, error)
    });
  }

  private _onEvent(event: RunEvent): void {
    this.connected = true;
    this.runs = this.runs.map(run => reduce(run, event));
    const run = this.runs.find(r => r.id === event.run_id);
    if (run && !isRunning(run)) {
      this._finish(run);
      void this._refreshSession();
    }
    this._emit();
  }

  private _onLost(runId: string, error: ApiError): void {
    this.runs = this.runs.map(run =>
      run.id === runId && isRunning(run)
        ? { ...ended(run), status: 'failed', error }
        : run
    );
    this._emit();
  }

  private _finish(run: IRunState): void {
    const notebook = this._bindings.get(run.id) ?? null;
    this._bindings.delete(run.id);
    this._save();
    if (this.session) {
      this._runFinished.emit({ sessionId: this.session.id, run, notebook });
    }
  }

  /** The server names a session after its first question; a sandbox runs since its first code. */
  private async _refreshSession(): Promise<void> {
    if (this.status && !this.status.sandbox.ready) {
      void this.loadStatus();
    }
    const id = this.session?.id;
    if (id) {
      await this._guard(async () => {
        const { session } = await this.client.session(id);
        this.session = this.session?.id === id ? session : this.session;
      });
    }
  }

  private _leave(): void {
    for (const run of this.runs.filter(isRunning)) {
      this._options.socket.unsubscribe(run.id);
    }
    this.error = null;
  }

  private async _guard(work: () => Promise<void>): Promise<boolean> {
    let done = true;
    try {
      await work();
    } catch (reason) {
      done = false;
      this._fail(reason);
    }
    this._emit();
    return done;
  }

  private _fail(reason: unknown): void {
    this.error =
      reason instanceof ApiError
        ? reason
        : new ApiError(
            'PAGE_ERROR',
            'Something went wrong in this page. Your data and history are kept. Reload it.'
          );
    if (!(reason instanceof ApiError)) {
      console.error('DataLens:', reason);
    }
  }

  private _save(): void {
    this._options.save?.({
      sessionId: this.session?.id ?? null,
      suggestions: this._suggestions,
      bindings: Object.fromEntries(this._bindings)
    });
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _uploads = Promise.resolve();
  private _suggestions: string[] = [];
  private _bindings = new Map<string, string>();
  private _isDisposed = false;
  private _statusTimer = 0;
  private _statusAttempts = 0;
  private _changed = new Signal<this, void>(this);
  private _runFinished = new Signal<this, IRunFinished>(this);
}
