import type { DataLensClient } from '../api/client';
import type { Session } from '../api/types';

export interface ISessionListOptions {
  client: Pick<DataLensClient, 'sessions'>;
  onChange: () => void;
}

/** The user's sessions, last used first: those that hold all words of a search, page by page. */
export class SessionList {
  constructor(private _options: ISessionListOptions) {}

  sessions: Session[] = [];
  search = '';
  loading = false;

  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Look again from the first page. An answer to an older search is dropped. */
  async load(search: string): Promise<void> {
    this.search = search;
    await this._fetch(undefined, []);
  }

  async more(): Promise<void> {
    if (this._next !== null && !this.loading) {
      await this._fetch(this._next, this.sessions);
    }
  }

  /** Somebody else may be next. */
  clear(): void {
    this._asked += 1;
    this._next = null;
    this.loading = false;
    this.sessions = [];
  }

  replace(session: Session): void {
    this.sessions = this.sessions.map(s => (s.id === session.id ? session : s));
  }

  remove(id: string): void {
    this.sessions = this.sessions.filter(s => s.id !== id);
  }

  private async _fetch(after: string | undefined, before: Session[]): Promise<void> {
    const asked = ++this._asked;
    this.loading = true;
    this._options.onChange();
    try {
      const page = await this._options.client.sessions(this.search.trim(), after);
      if (asked === this._asked) {
        // One that was used meanwhile moved up, and may come twice.
        const known = new Set(before.map(s => s.id));
        this.sessions = [...before, ...page.sessions.filter(s => !known.has(s.id))];
        this._next = page.next;
      }
    } finally {
      if (asked === this._asked) {
        this.loading = false;
        this._options.onChange();
      }
    }
  }

  private _next: string | null = null;
  private _asked = 0;
}

export interface ISessionGroup {
  title: string;
  sessions: Session[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Sessions by when they were used last, in days as the user's calendar has them. */
export function byDate(sessions: Session[], now = new Date()): ISessionGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const title = ({ last_activity }: Session): string => {
    const at = Date.parse(last_activity);
    if (at >= midnight) {
      return 'Today';
    }
    if (at >= midnight - DAY_MS) {
      return 'Yesterday';
    }
    return at >= midnight - 6 * DAY_MS ? 'This week' : monthOf(new Date(at), now);
  };
  const groups: ISessionGroup[] = [];
  for (const session of sessions) {
    const last = groups[groups.length - 1];
    if (last?.title === title(session)) {
      last.sessions.push(session);
    } else {
      groups.push({ title: title(session), sessions: [session] });
    }
  }
  return groups;
}

function monthOf(at: Date, now: Date): string {
  const month = at.toLocaleString('en-US', { month: 'long' });
  return at.getFullYear() === now.getFullYear() ? month : `${month} ${at.getFullYear()}`;
}
