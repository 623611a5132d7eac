import type { DataLensClient } from '../api/client';
import type { ApiError } from '../api/error';
import type { EventSocket } from '../api/eventsocket';
import type { RunEvent } from '../api/types';
import { ended, type IRunState, isRunning, newRun, reduce } from './run';

export interface IConversationOptions {
  client: Pick<DataLensClient, 'query' | 'cancel' | 'decidePlan'>;
  socket: Pick<EventSocket, 'subscribe' | 'unsubscribe'>;
  sessionId: () => string | null;
  /** The model to ask, null for the one that the server takes. */
  model: () => string | null;
  /** The notebook to bind a question to, asked for at the moment of asking. */
  currentNotebook: () => string | null;
  onAsking: () => void;
  /** Each event of a run, once it has been taken in. */
  onEvent: (event: RunEvent) => void;
  /** A question was taken, or the notebook that waited for its run no longer does. */
  onKept: () => void;
  /** A run that had not ended when it was last seen has, with the notebook bound to it. */
  onEnded: (run: IRunState, notebook: string | null) => void;
  onError: (reason: unknown) => void;
  onChange: () => void;
}

/** The questions of a session and their runs, each followed to its end. */
export class Conversation {
  constructor(private _options: IConversationOptions) {}

  runs: IRunState[] = [];
  /** The question that is on its way to the server. */
  asking: string | null = null;
  /** Whether each plan waits for the user's approval before code runs. */
  approvePlans = false;

  get running(): IRunState | null {
    return this.runs.find(isRunning) ?? null;
  }

  get busy(): boolean {
    return this.asking !== null || this.running !== null;
  }

  /** The notebooks that wait for a run: run id to path. */
  get bindings(): Record<string, string> {
    return Object.fromEntries(this._bindings);
  }

  bind(bindings: Record<string, string>): void {
    this._bindings = new Map(Object.entries(bindings));
  }

  /** Show the runs of a session that was opened; those that go on are followed. */
  show(runs: IRunState[]): void {
    this.runs = runs;
    for (const run of runs) {
      if (isRunning(run)) {
        this._follow(run.id);
      } else if (this._bindings.has(run.id)) {
        this._end(run); // it ended while the page was away
      }
    }
  }

  leave(): void {
    for (const run of this.runs.filter(isRunning)) {
      this._options.socket.unsubscribe(run.id);
    }
    this.runs = [];
  }

  /** Ask; the answer comes as events. False if it could not be asked: the words are kept then. */
  async ask(query: string): Promise<boolean> {
    const id = this._options.sessionId();
    if (id === null || this.busy || !query.trim()) {
      return false;
    }
    const notebook = this._options.currentNotebook();
    this.asking = query;
    this._options.onAsking();
    this._options.onChange();
    try {
      const { client, model } = this._options;
      const { run_id } = await client.query(id, query, this.approvePlans, model());
      if (this._options.sessionId() !== id) {
        return true;
      }
      if (notebook !== null) {
        this._bindings.set(run_id, notebook);
      }
      this.runs = [...this.runs, newRun(run_id, query, new Date().toISOString())];
      this._options.onKept();
      this._follow(run_id);
      return true;
    } catch (reason) {
      this._options.onError(reason);
      return false;
    } finally {
      this.asking = null;
      this._options.onChange();
    }
  }

  async stop(): Promise<void> {
    const run = this.running;
    if (run) {
      await this._try(() => this._options.client.cancel(run.id));
    }
  }

  /** The user's word on a plan that waits, with steps of their own. Says whether it was taken. */
  decidePlan(
    run: IRunState,
    approve: boolean,
    steps: string[] | null = null
  ): Promise<boolean> {
    return this._try(() => this._options.client.decidePlan(run.id, approve, steps));
  }

  private _follow(runId: string): void {
    this._options.socket.subscribe(runId, 0, {
      onEvent: event => this._onEvent(event),
      onError: error => this._onLost(runId, error)
    });
  }

  private _onEvent(event: RunEvent): void {
    this.runs = this.runs.map(run => reduce(run, event));
    this._options.onEvent(event);
    const run = this.runs.find(r => r.id === event.run_id);
    if (run && !isRunning(run)) {
      this._end(run);
    }
    this._options.onChange();
  }

  private _onLost(runId: string, error: ApiError): void {
    this.runs = this.runs.map(run =>
      run.id === runId && isRunning(run)
        ? { ...ended(run), status: 'failed', error }
        : run
    );
    this._options.onChange();
  }

  private _end(run: IRunState): void {
    const notebook = this._bindings.get(run.id) ?? null;
    if (this._bindings.delete(run.id)) {
      this._options.onKept();
    }
    this._options.onEnded(run, notebook);
  }

  private async _try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (reason) {
      this._options.onError(reason);
      return false;
    } finally {
      this._options.onChange();
    }
  }

  private _bindings = new Map<string, string>();
}
