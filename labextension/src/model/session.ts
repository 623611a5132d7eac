import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { DataLensClient } from '../api/client';
import { ApiError } from '../api/error';
import type { EventSocket } from '../api/eventsocket';
import type {
  Dataset,
  DatasetStatistics,
  ModelUsage,
  PlanChange,
  Session,
  Status,
  UploadResult
} from '../api/types';
import { Account } from './account';
import { Conversation } from './conversation';
import { runsOf } from './history';
import { Measurements } from './measurements';
import { ModelSelection } from './modelselection';
import { Restoring } from './restoring';
import { type IRunState, NOTHING_USED } from './run';
import { SandboxWatch } from './sandboxwatch';
import { ServerStatus } from './serverstatus';
import { SessionList } from './sessionlist';
import { suggestionsFor } from './suggestions';
import { Uploads } from './uploads';

/** What survives a reload of the page. */
export interface ISavedState {
  sessionId: string | null;
  suggestions: string[];
  /** Runs that measure a data set: run id to data set. */
  measuring: Record<string, string>;
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
  socket: Pick<EventSocket, 'subscribe' | 'unsubscribe' | 'watch' | 'dispose'>;
  /** The notebook to bind a question to, asked for at the moment of asking. */
  currentNotebook?: () => string | null;
  save?: (state: ISavedState) => void;
}

/** One conversation: its data sets, its runs and what is going on right now. No React here. */
export class SessionModel implements IDisposable {
  constructor(private _options: ISessionModelOptions) {}

  readonly client = this._options.client;

  readonly account = new Account({
    client: this.client,
    onEntered: () => this._entered(),
    onChange: () => this._emit()
  });

  readonly list = new SessionList({
    client: this.client,
    onChange: () => this._emit()
  });

  readonly uploads = new Uploads({
    client: this.client,
    sessionId: () => this.session?.id ?? null,
    datasets: () => this.datasets,
    limitMb: () => this.status?.limits.max_file_size_mb ?? null,
    onUploaded: (result, into) => this._take(result, into),
    onChange: () => this._emit()
  });

  readonly measurements = new Measurements({
    socket: this._options.socket,
    onMeasured: (datasetId, statistics) => this._measured(datasetId, statistics),
    onChange: () => this._emit()
  });

  readonly restoring = new Restoring({
    client: this.client,
    socket: this._options.socket,
    onChange: () => this._emit()
  });

  readonly sandbox = new SandboxWatch({
    socket: this._options.socket,
    onChange: () => this._emit()
  });

  readonly conversation = new Conversation({
    client: this.client,
    socket: this._options.socket,
    sessionId: () => this.session?.id ?? null,
    model: () => this.models.asked,
    currentNotebook: () => this._options.currentNotebook?.() ?? null,
    onAsking: () => this._asked(),
    onEvent: event => this.restoring.observe(event),
    onKept: () => this._save(),
    onEnded: (run, notebook) => this._ended(run, notebook),
    onError: reason => this._fail(reason),
    onChange: () => this._emit()
  });

  readonly server = new ServerStatus({
    client: this.client,
    onError: reason => this._fail(reason),
    onChange: () => this._emit()
  });

  readonly models = new ModelSelection({
    client: this.client,
    status: () => this.status,
    onChange: () => this._emit()
  });

  session: Session | null = null;
  datasets: Dataset[] = [];
  /** False before what was there at the last visit is shown again. */
  ready = false;
  error: ApiError | null = null;
  connected = true;
  /** What all of the session used of a model. */
  usage: ModelUsage = NOTHING_USED;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runFinished(): ISignal<this, IRunFinished> {
    return this._runFinished;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get status(): Status | null {
    return this.server.current;
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
    void this.server.load();
    this._saved = saved;
    await this.account.load();
    if (saved?.sessionId && !this.account.needed) {
      this.conversation.bind(saved.bindings ?? {});
      try {
        await this.open(saved.sessionId);
        this._suggestions = saved.suggestions ?? [];
        Object.entries(saved.measuring ?? {}).forEach(([runId, datasetId]) =>
          this.measurements.follow(runId, datasetId)
        );
        this._save();
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

  /** Somebody signed in: what was there goes on, unless it is somebody else's. */
  private async _entered(): Promise<void> {
    const id = this.session?.id;
    if (id === undefined) {
      await this.restore(this._saved);
      return;
    }
    void this.server.load();
    try {
      await this.open(id);
    } catch {
      this.startAnew();
    }
  }

  async signOut(): Promise<void> {
    if (await this.account.leave()) {
      this._saved = null;
      this.list.clear();
      this.startAnew();
      void this.server.load();
    }
  }

  /** The user's sessions that hold all words of a search. */
  async loadSessions(search = ''): Promise<void> {
    await this._guard(() => this.list.load(search));
  }

  async loadMoreSessions(): Promise<void> {
    await this._guard(() => this.list.more());
  }

  /** Open a stored session; follows its run if one goes on. */
  async open(id: string): Promise<void> {
    const detail = await this.client.session(id);
    if (this.session?.id !== id) {
      this.models.show(detail.runs);
    }
    this._leave();
    this.session = detail.session;
    this.sandbox.begin(id, this.session.sandbox_id);
    this.datasets = detail.datasets;
    this.usage = detail.usage;
    this._suggestions = [];
    this.conversation.show(runsOf(detail));
    this._save();
    this._emit();
    if (!this.session.sandbox_id && this.datasets.length && !this.conversation.running) {
      void this.restoring.begin(id);
    }
  }

  /** The user agrees that the session's code is run again where it can reach the internet. */
  async replay(): Promise<void> {
    if (this.session) {
      await this.restoring.begin(this.session.id, true);
    }
  }

  /** What was said of a sandbox that was made again was read. */
  leaveRestored(): void {
    this.restoring.leave();
    this._emit();
  }

  startAnew(): void {
    this._leave();
    this.models.leave();
    this.session = null;
    this.datasets = [];
    this.usage = NOTHING_USED;
    this._suggestions = [];
    this._save();
    this._emit();
  }

  async rename(id: string, title: string): Promise<void> {
    await this._guard(async () => {
      const session = await this.client.rename(id, title);
      this.list.replace(session);
      this.session = this.session?.id === id ? session : this.session;
    });
  }

  /** Says whether the session is gone; why not is in `error`. */
  async delete(id: string): Promise<boolean> {
    return this._guard(async () => {
      await this.client.delete(id);
      this.list.remove(id);
      if (this.session?.id === id) {
        this.startAnew();
      }
    });
  }

  // -- data ---------------------------------------------------------------------------------------

  /** Read a data set as decided. Why not, if it cannot be read so: it stays as it was then. */
  async readAgain(dataset: Dataset, changes: PlanChange): Promise<ApiError | null> {
    const id = this.session?.id;
    if (id === undefined) {
      return null;
    }
    try {
      await this._take(await this.client.changePlan(id, dataset.id, changes), id);
      return null;
    } catch (reason) {
      return ApiError.from(reason);
    } finally {
      this._emit();
    }
  }

  /** The code that loads a data set. */
  async loaderCode(dataset: Dataset): Promise<string> {
    return (await this.client.dataset(this.session!.id, dataset.id)).code;
  }

  /** What an upload changed, unless another session is shown by now. */
  private async _take(result: UploadResult, into: string | null): Promise<void> {
    if ((this.session?.id ?? null) !== into) {
      return;
    }
    const detail = await this.client.session(result.session.id);
    if ((this.session?.id ?? null) !== into) {
      return;
    }
    if (into === null) {
      this.sandbox.begin(detail.session.id, detail.session.sandbox_id);
    }
    this.session = detail.session;
    this.datasets = detail.datasets;
    this.usage = detail.usage;
    this._suggestions = result.profile.suggestions;
    const dataset = this.datasets.find(d => d.id === result.dataset_id);
    if (dataset && !dataset.statistics && result.run_id) {
      this.measurements.follow(result.run_id, dataset.id);
    }
    this._save();
  }

  private _measured(datasetId: string, statistics: DatasetStatistics): void {
    this.datasets = this.datasets.map(dataset =>
      dataset.id === datasetId ? { ...dataset, statistics } : dataset
    );
  }

  // -- what is said ------------------------------------------------------------------------------

  dismissError(): void {
    this.error = null;
    this._emit();
  }

  fail(reason: unknown): void {
    this._fail(reason);
    this._emit();
  }

  /** Signing out in another tab is signing out here. What else is refused shows what was known. */
  refused(error: ApiError): void {
    if (Account.isMissing(error)) {
      this.fail(error);
    }
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    this._emit();
  }

  dispose(): void {
    this._isDisposed = true;
    this.server.leave();
    this._options.socket.dispose();
    Signal.clearData(this);
  }

  /** A question goes out: what was said before it has been read. */
  private _asked(): void {
    this.error = null;
    if (!this.restoring.busy) {
      this.restoring.leave();
    }
  }

  private _ended(run: IRunState, notebook: string | null): void {
    if (this.session) {
      this._runFinished.emit({ sessionId: this.session.id, run, notebook });
    }
    this.server.refresh();
    void this._refreshSession();
  }

  /** The server names a session after its first question; a sandbox runs since its first code. */
  private async _refreshSession(): Promise<void> {
    const id = this.session?.id;
    if (id) {
      await this._guard(async () => {
        const { session, usage } = await this.client.session(id);
        if (this.session?.id === id) {
          this.session = session;
          this.usage = usage;
        }
      });
    }
  }

  private _leave(): void {
    this.conversation.leave();
    this.uploads.leave();
    this.measurements.leave();
    this.restoring.leave();
    this.sandbox.leave();
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
    const error = ApiError.from(reason);
    if (Account.isMissing(error)) {
      void this.account.load(); // the form says it
      return;
    }
    this.error = error;
    if (error.code === 'ACCESS_DENIED') {
      void this._whoIsIt();
    }
  }

  /** Somebody else may have signed in at another server: what is shown is not theirs. */
  private async _whoIsIt(): Promise<void> {
    const before = this.account.status?.user_id;
    await this.account.load();
    if (this.account.status?.user_id !== before) {
      this.startAnew();
    }
  }

  private _save(): void {
    this._options.save?.({
      sessionId: this.session?.id ?? null,
      suggestions: this._suggestions,
      measuring: this.measurements.underway,
      bindings: this.conversation.bindings
    });
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _suggestions: string[] = [];
  private _saved: Partial<ISavedState> | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
  private _runFinished = new Signal<this, IRunFinished>(this);
}
