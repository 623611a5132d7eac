import type { EventSocket } from '../api/eventsocket';
import type { Dataset, DatasetStatistics, RunEvent } from '../api/types';
import { runError } from './run';

export interface IMeasurementsOptions {
  socket: Pick<EventSocket, 'subscribe' | 'unsubscribe'>;
  onMeasured: (datasetId: string, statistics: DatasetStatistics) => void;
  onChange: () => void;
}

/** The figures of whole files, which come after an upload as the events of a run of their own. */
export class Measurements {
  constructor(private _options: IMeasurementsOptions) {}

  /** The runs that go on, with what they measure. */
  get underway(): Record<string, string> {
    return Object.fromEntries(this._runs);
  }

  follow(runId: string, datasetId: string): void {
    for (const [older, id] of this._runs) {
      if (id === datasetId) {
        this._drop(older); // its figures would be of how the file was read before
      }
    }
    this._runs.set(runId, datasetId);
    this._failures.delete(datasetId);
    this._options.socket.subscribe(runId, 0, {
      onEvent: event => this._onEvent(runId, event),
      onError: error => this._end(runId, error.message)
    });
  }

  /** Whether figures of this data set are still to come. */
  isUnderway(dataset: Dataset): boolean {
    return [...this._runs.values()].includes(dataset.id);
  }

  /** Why there are no figures of a data set, if that is known. */
  failureOf(dataset: Dataset): string | null {
    return this._failures.get(dataset.id) ?? null;
  }

  leave(): void {
    [...this._runs.keys()].forEach(runId => this._drop(runId));
    this._failures.clear();
  }

  private _onEvent(runId: string, event: RunEvent): void {
    // What the profile did on its way is on record elsewhere.
    if (event.type === 'dataset.statistics') {
      this._options.onMeasured(event.dataset_id, event.statistics);
      this._options.onChange();
    } else if (event.type === 'run.failed') {
      this._end(runId, runError(event.error).message);
    } else if (event.type === 'run.completed' || event.type === 'run.cancelled') {
      this._end(runId, null);
    }
  }

  private _end(runId: string, failure: string | null): void {
    const datasetId = this._runs.get(runId);
    this._runs.delete(runId);
    if (failure !== null && datasetId !== undefined) {
      this._failures.set(datasetId, failure);
    }
    this._options.onChange();
  }

  private _drop(runId: string): void {
    this._options.socket.unsubscribe(runId);
    this._runs.delete(runId);
  }

  private _runs = new Map<string, string>();
  private _failures = new Map<string, string>();
}
