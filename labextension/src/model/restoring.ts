import type { DataLensClient } from '../api/client';
import { ApiError } from '../api/error';
import type { EventSocket } from '../api/eventsocket';
import type { RunEvent } from '../api/types';
import { runError } from './run';

export interface IRestoringOptions {
  client: Pick<DataLensClient, 'restore'>;
  socket: Pick<EventSocket, 'subscribe' | 'unsubscribe'>;
  onChange: () => void;
}

/**
 * The sandbox of a session that was opened again: its data are loaded and its code is run again
 * in the background. A question that is asked meanwhile waits for it, on the server.
 */
export class Restoring {
  constructor(private _options: IRestoringOptions) {}

  busy = false;
  /** What is back, in words, once that is known. */
  restored: string[] = [];
  /** What could not be brought back, in words. */
  lost: string[] = [];
  failure: string | null = null;
  /** Code waits for the user's word: it can reach the internet, or takes long. */
  agreementNeeded = false;

  /** `replay`: the user agrees that code is run again although it waited for that word. */
  async begin(sessionId: string, replay = false): Promise<void> {
    this.leave();
    const turn = ++this._turn;
    this.busy = true;
    this._options.onChange();
    try {
      const { run_id } = await this._options.client.restore(sessionId, replay);
      if (turn !== this._turn) {
        return;
      }
      this._runId = run_id;
      this._options.socket.subscribe(run_id, 0, {
        onEvent: event => this._onEvent(event),
        onError: error => this._end(error.message)
      });
    } catch (reason) {
      if (turn === this._turn) {
        this._end(ApiError.from(reason).message);
      }
    }
  }

  /** What was said of it was read, or is of another session. */
  leave(): void {
    this._turn += 1;
    if (this._runId !== null) {
      this._options.socket.unsubscribe(this._runId);
    }
    this._runId = null;
    this.busy = false;
    this.restored = [];
    this.lost = [];
    this.failure = null;
    this.agreementNeeded = false;
  }

  /** An event of a question's run, whose sandbox may have been made again for it. */
  observe(event: RunEvent): void {
    if (event.type === 'sandbox.replaced' && event.agreement_needed) {
      this._replaced(event);
    }
  }

  private _onEvent(event: RunEvent): void {
    if (event.type === 'sandbox.replaced') {
      this._replaced(event);
      this._options.onChange();
    } else if (event.type === 'run.failed') {
      this._end(runError(event.error).message);
    } else if (event.type === 'run.completed' || event.type === 'run.cancelled') {
      this._end(null);
    }
  }

  private _replaced(event: Extract<RunEvent, { type: 'sandbox.replaced' }>): void {
    this.restored = event.restored;
    this.lost = event.lost;
    this.agreementNeeded = event.agreement_needed;
  }

  private _end(failure: string | null): void {
    this._runId = null;
    this.busy = false;
    this.failure = failure;
    this._options.onChange();
  }

  private _runId: string | null = null;
  private _turn = 0;
}
