import type { EventSocket } from '../api/eventsocket';
import type { SandboxState } from '../api/types';

export interface ISandboxWatchOptions {
  socket: Pick<EventSocket, 'watch'>;
  onChange: () => void;
}

/** The sandbox of the session that is shown: that it was put away is known when it happens. */
export class SandboxWatch {
  constructor(private _options: ISandboxWatchOptions) {}

  /** Why there is none any more, in words; null while there is one, or nothing to say of it. */
  gone: string | null = null;

  begin(sessionId: string, sandboxId: string | null): void {
    this.gone = null;
    this._had = sandboxId !== null;
    this._options.socket.watch(sessionId, state => this._onState(state));
  }

  leave(): void {
    this.gone = null;
    this._options.socket.watch(null, () => undefined);
  }

  private _onState({ sandbox_id, reason }: SandboxState): void {
    const before = this.gone;
    if (sandbox_id !== null) {
      this._had = true;
      this.gone = null;
    } else if (reason || this._had) {
      this.gone = sentence(reason);
    }
    if (this.gone !== before) {
      this._options.onChange();
    }
  }

  private _had = false;
}

function sentence(reason: string): string {
  const why = reason.replace(/\.$/, '');
  const what = why
    ? `The sandbox was put away: ${why[0].toLowerCase()}${why.slice(1)}.`
    : 'The sandbox has ended.';
  return `${what} Everything shown is kept. Ask, and your data and variables come back first.`;
}
