import type { DataLensClient } from '../api/client';
import type { Status } from '../api/types';

const AGAIN_MS = 1500;
const ATTEMPTS = 20;

export interface IServerStatusOptions {
  client: Pick<DataLensClient, 'status'>;
  onError: (reason: unknown) => void;
  onChange: () => void;
}

/** What works on the server. Its sandbox starts in the background; what it became is shown then. */
export class ServerStatus {
  constructor(private _options: IServerStatusOptions) {}

  current: Status | null = null;

  async load(): Promise<void> {
    try {
      this.current = await this._options.client.status();
      this._awaitSandbox();
    } catch (reason) {
      this._options.onError(reason);
    }
    this._options.onChange();
  }

  /** Read it again if the sandbox was still to come when it was read. */
  refresh(): void {
    if (this.current && !this.current.sandbox.ready) {
      void this.load();
    }
  }

  leave(): void {
    window.clearTimeout(this._timer);
  }

  private _awaitSandbox(): void {
    window.clearTimeout(this._timer);
    if (!this.current?.sandbox.ready && this._attempts < ATTEMPTS) {
      this._attempts += 1;
      this._timer = window.setTimeout(() => void this.load(), AGAIN_MS);
    }
  }

  private _timer = 0;
  private _attempts = 0;
}
