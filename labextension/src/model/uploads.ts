import type { DataLensClient } from '../api/client';
import type { UploadSource } from '../api/upload';
import { ApiError } from '../api/error';
import type { Dataset, UploadResult } from '../api/types';

const MEGABYTE = 1024 * 1024;

export interface IUploadState {
  name: string;
  /** 0 to 1 while it is sent, then null while it is read. */
  fraction: number | null;
  cancel: () => void;
}

/** A file that was not taken, and why; others of the same drop may have been. */
export interface IRefusedFile {
  id: number;
  name: string;
  error: ApiError;
  /** Given where another try may help: it was not the file that was wrong. */
  retry: (() => void) | null;
}

export type SameName = 'replace' | 'both' | 'neither';

/** A file whose name is taken already: a newer version, or another file? */
export interface ISameNameQuestion {
  dataset: Dataset;
  decide: (decision: SameName) => void;
}

export interface IUploadsOptions {
  client: DataLensClient;
  sessionId: () => string | null;
  datasets: () => Dataset[];
  /** Null where it is not known yet; the server has the last word. */
  limitMb: () => number | null;
  onUploaded: (result: UploadResult, intoSession: string | null) => Promise<void>;
  onChange: () => void;
}

/** Files on their way in, one after the other. */
export class Uploads {
  constructor(private _options: IUploadsOptions) {}

  current: IUploadState | null = null;
  /** How many more wait for their turn. */
  waiting = 0;
  refused: IRefusedFile[] = [];
  sameName: ISameNameQuestion | null = null;

  /** Adds a file once those before it are there. `replaces`: the data set it is a newer version of. */
  add(source: UploadSource, replaces: string | null = null): Promise<void> {
    this.waiting += 1;
    this._queue = this._queue.then(async () => {
      this.waiting -= 1;
      await this._add(source, replaces);
    });
    this._options.onChange();
    return this._queue;
  }

  dismiss(id: number): void {
    this.refused = this.refused.filter(file => file.id !== id);
    this._options.onChange();
  }

  /** Another session is shown: what was said and asked of this one is over. */
  leave(): void {
    this.refused = [];
    this.sameName?.decide('neither');
  }

  private async _add(source: UploadSource, replaces: string | null): Promise<void> {
    const name = nameOf(source);
    const taken = this._options.datasets().find(dataset => dataset.name === name);
    if (taken && replaces === null) {
      const decision = await this._ask(taken);
      if (decision === 'neither') {
        return;
      }
      replaces = decision === 'replace' ? taken.id : null;
    }
    const abort = new AbortController();
    this.current = {
      name,
      fraction: 'file' in source ? 0 : null,
      cancel: () => abort.abort()
    };
    this._options.onChange();
    try {
      this._checkSize(source);
      const sessionId = this._options.sessionId();
      const result = await this._options.client.upload(source, {
        sessionId,
        replaces,
        signal: abort.signal,
        onProgress: fraction => this._progress(fraction)
      });
      await this._options.onUploaded(result, sessionId);
    } catch (reason) {
      if (!abort.signal.aborted) {
        this._refuse(name, ApiError.from(reason), () => void this.add(source, replaces));
      }
    } finally {
      this.current = null;
      this._options.onChange();
    }
  }

  private _ask(dataset: Dataset): Promise<SameName> {
    return new Promise(resolve => {
      this.sameName = {
        dataset,
        decide: decision => {
          this.sameName = null;
          this._options.onChange();
          resolve(decision);
        }
      };
      this._options.onChange();
    });
  }

  /** Said at once, not after all of it was sent. */
  private _checkSize(source: UploadSource): void {
    const limit = this._options.limitMb();
    if ('file' in source && limit !== null && source.file.size > limit * MEGABYTE) {
      throw new ApiError('FILE_TOO_LARGE', `File size exceeds ${limit}MB limit.`);
    }
  }

  private _refuse(name: string, error: ApiError, again: () => void): void {
    const id = this._nextId++;
    const retry = () => {
      this.dismiss(id);
      again();
    };
    this.refused = [
      ...this.refused.filter(file => file.name !== name),
      { id, name, error, retry: error.passing ? retry : null }
    ];
  }

  private _progress(fraction: number): void {
    if (this.current) {
      this.current = { ...this.current, fraction: fraction < 1 ? fraction : null };
      this._options.onChange();
    }
  }

  private _queue = Promise.resolve();
  private _nextId = 1;
}

function nameOf(source: UploadSource): string {
  return 'file' in source ? source.file.name : source.path.split('/').pop() || '';
}
