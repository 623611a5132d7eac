import type { DataLensClient } from '../api/client';
import { ApiError } from '../api/error';
import type { AuthStatus } from '../api/types';

export type Way = 'sign-in' | 'sign-up';

export interface IAccountOptions {
  client: Pick<DataLensClient, 'auth' | 'enter' | 'signOut'>;
  onEntered: () => Promise<void>;
  onChange: () => void;
}

/** Who is signed in, where the history is a team's. No token comes this far. */
export class Account {
  constructor(private _options: IAccountOptions) {}

  status: AuthStatus | null = null;
  busy = false;
  /** Why it did not work, in the server's words. */
  error: ApiError | null = null;

  /** Whether one has to sign in before anything else. */
  get needed(): boolean {
    return this.status !== null && this.status.required && !this.status.user_id;
  }

  get canLeave(): boolean {
    return this.status !== null && this.status.required && !!this.status.user_id;
  }

  /** Whether an error says that one has to sign in. */
  static isMissing(error: ApiError | null): boolean {
    return error?.code === 'AUTHENTICATION_REQUIRED' || error?.code === 'SESSION_EXPIRED';
  }

  /** Somebody may have signed in or out in another tab, or at another server. */
  async load(): Promise<void> {
    const waited = this.needed;
    try {
      this.status = await this._options.client.auth();
      if (waited && this.status.user_id) {
        await this._options.onEntered();
      }
    } catch {
      // Whatever is wrong is said by the call that needs more than this.
    }
    this._options.onChange();
  }

  async enter(way: Way, email: string, password: string): Promise<boolean> {
    return this._try(async () => {
      this.status = await this._options.client.enter(way, email, password);
      if (this.status.user_id) {
        await this._options.onEntered();
      }
    });
  }

  async leave(): Promise<boolean> {
    return this._try(async () => {
      this.status = await this._options.client.signOut();
    });
  }

  private async _try(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.error = null;
    this._options.onChange();
    try {
      await work();
      return true;
    } catch (reason) {
      this.error = ApiError.from(reason);
      return false;
    } finally {
      this.busy = false;
      this._options.onChange();
    }
  }
}
