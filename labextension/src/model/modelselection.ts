import type { DataLensClient } from '../api/client';
import { ApiError } from '../api/error';
import type { ModelChoice, ModelChoices, RunSummary, Status } from '../api/types';

export interface IModelSelectionOptions {
  client: Pick<DataLensClient, 'models'>;
  /** Null where it is not known yet. */
  status: () => Status | null;
  onChange: () => void;
}

/** Which model the next questions of a session are asked of. */
export class ModelSelection {
  constructor(private _options: IModelSelectionOptions) {}

  /** Null before they were read for the first time. */
  choices: ModelChoices | null = null;
  loading = false;
  /** Why the choices cannot be had. */
  error: ApiError | null = null;

  /** The model that goes along with a question; null for the one that the server takes. */
  get asked(): string | null {
    return this._options.status()?.llm.offline === false ? this._chosen : null;
  }

  /** The model that answers the next question. */
  get current(): string | null {
    return this.asked ?? this._options.status()?.llm.model ?? null;
  }

  /** Whether there is, as far as is known, another model than the one that answers. */
  get offered(): boolean {
    if (this._options.status()?.llm.offline !== false) {
      return false;
    }
    return this.choices?.models.some(model => model.id !== this.current) ?? true;
  }

  /** Reads the choices; those that were read before are there meanwhile. */
  async load(): Promise<void> {
    if (this.loading) {
      return;
    }
    this.loading = true;
    this.error = null;
    this._options.onChange();
    try {
      this.choices = await this._options.client.models();
    } catch (reason) {
      this.error = ApiError.from(reason);
    } finally {
      this.loading = false;
      this._options.onChange();
    }
  }

  choose(id: string): void {
    this._chosen = id;
    this._options.onChange();
  }

  /** A session was opened: later questions are asked of the model that was chosen last in it. */
  show(runs: RunSummary[]): void {
    this._chosen = [...runs].reverse().find(run => run.model)?.model ?? null;
  }

  /** The next session starts from the default. */
  leave(): void {
    this._chosen = null;
  }

  private _chosen: string | null = null;
}

/** The models whose name or id holds all words of a search. */
export function modelsThatHold(models: ModelChoice[], search: string): ModelChoice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter(({ id, name }) => {
    const named = `${name} ${id}`.toLowerCase();
    return words.every(word => named.includes(word));
  });
}
