/**
 * What a browser tab remembers over a reload, at once: Lab writes a workspace's state to the server
 * a while later, and a page that is reloaded before that would open on what was there before.
 */
export class TabMemory<T extends object> {
  constructor(
    private _key: string,
    private _storage: Pick<Storage, 'getItem' | 'setItem'> = window.sessionStorage
  ) {}

  keep(value: T): void {
    try {
      this._storage.setItem(this._key, JSON.stringify(value));
    } catch {
      // Full, or forbidden by the browser: the workspace's state remains.
    }
  }

  /** What was kept last, or null; whatever else stands there counts as nothing. */
  recall(): Partial<T> | null {
    try {
      const held: unknown = JSON.parse(this._storage.getItem(this._key) ?? 'null');
      return typeof held === 'object' && !Array.isArray(held) ? held : null;
    } catch {
      return null;
    }
  }
}
