import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

import { ApiError } from './error';
import type {
  ClientMessage,
  RunEvent,
  SandboxState,
  StreamError,
  StreamLine
} from './types';

const SILENCE_MS = 45_000;
const BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000];
const TERMINAL = new Set(['run.completed', 'run.failed', 'run.cancelled']);

export interface IRunReader {
  onEvent(event: RunEvent): void;
  /** The server cannot follow this run (any more). */
  onError(error: ApiError): void;
}

interface ISubscription {
  reader: IRunReader;
  seen: number;
}

export interface IEventSocketOptions {
  settings: Pick<ServerConnection.ISettings, 'wsUrl' | 'token' | 'appendToken'>;
  /** Makes the connection; ServerConnection's own WebSocket in the page. */
  connect: (url: string) => WebSocket;
  onConnectionChange?: (connected: boolean) => void;
  /** Something that was asked for, and is no run, is refused, or not told any more. */
  onRefused?: (error: ApiError) => void;
}

/**
 * The one WebSocket of the page. All runs travel on it; a run is resumed after the last event
 * that was seen, and an event that comes twice is dropped. It is open only while a run is read or
 * a session's sandbox is watched.
 */
export class EventSocket implements IDisposable {
  constructor(private _options: IEventSocketOptions) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Read a run from the event after `after` to its terminal one. */
  subscribe(runId: string, after: number, reader: IRunReader): void {
    this._runs.set(runId, { reader, seen: after });
    if (this._socket?.readyState === WebSocket.OPEN) {
      this._send({ op: 'subscribe', run_id: runId, after });
    } else {
      this._connect();
    }
  }

  unsubscribe(runId: string): void {
    if (this._runs.delete(runId)) {
      this._send({ op: 'unsubscribe', run_id: runId });
      this._closeIfIdle();
    }
  }

  /** Hear which sandbox a session has, now and each time that it changes; null for no session. */
  watch(sessionId: string | null, onState: (state: SandboxState) => void): void {
    const before = this._watched;
    this._watched = sessionId === null ? null : { sessionId, onState };
    if (this._socket?.readyState === WebSocket.OPEN) {
      if (before || this._watched) {
        this._send({ op: 'watch', session_id: sessionId });
      }
      this._closeIfIdle();
    } else if (this._watched) {
      this._connect();
    } else {
      this._closeIfIdle();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._watched = null;
    this._runs.clear();
    this._closeIfIdle();
  }

  private _connect(): void {
    if (this._socket || this._isDisposed) {
      return;
    }
    window.clearTimeout(this._retry);
    const { settings } = this._options;
    let url = URLExt.join(settings.wsUrl, 'datalens/api/events');
    if (settings.appendToken && settings.token) {
      url += `?token=${encodeURIComponent(settings.token)}`;
    }
    const socket = this._options.connect(url);
    this._socket = socket;
    this._watch();
    socket.onopen = () => {
      this._watch();
      this._say(true);
      for (const [run_id, { seen }] of this._runs) {
        this._send({ op: 'subscribe', run_id, after: seen });
      }
      if (this._watched) {
        this._send({ op: 'watch', session_id: this._watched.sessionId });
      }
    };
    socket.onmessage = message => {
      this._attempt = 0;
      this._watch();
      this._receive(String(message.data));
    };
    socket.onclose = () => this._lost(socket);
  }

  private _receive(text: string): void {
    const line = JSON.parse(text) as StreamLine;
    if (line.type === 'heartbeat') {
      return;
    }
    if (line.type === 'sandbox.state') {
      if (line.session_id === this._watched?.sessionId) {
        this._watched.onState(line);
      }
      return;
    }
    if (line.type === 'stream.error') {
      this._refused(line);
      return;
    }
    const subscription = this._runs.get(line.run_id);
    if (!subscription) {
      return;
    }
    if (line.seq <= subscription.seen) {
      return;
    }
    subscription.seen = line.seq;
    if (TERMINAL.has(line.type)) {
      this._finish(line.run_id);
    }
    subscription.reader.onEvent(line);
  }

  private _refused({ run_id, error }: StreamError): void {
    const { code, message, request_id, details } = error;
    const refusal = new ApiError(code, message, request_id, details);
    if (run_id === null) {
      this._options.onRefused?.(refusal);
      return;
    }
    const reader = this._runs.get(run_id)?.reader;
    if (reader) {
      this._finish(run_id);
      reader.onError(refusal);
    }
  }

  private _finish(runId: string): void {
    this._runs.delete(runId);
    this._closeIfIdle();
  }

  private _lost(socket: WebSocket): void {
    if (this._socket !== socket) {
      return;
    }
    this._socket = null;
    window.clearTimeout(this._silence);
    if (this._isIdle || this._isDisposed) {
      return;
    }
    if (this._runs.size > 0) {
      this._say(false);
    }
    const wait = BACKOFF_MS[Math.min(this._attempt++, BACKOFF_MS.length - 1)];
    this._retry = window.setTimeout(
      () => this._connect(),
      wait * (0.75 + Math.random() / 2)
    );
  }

  /** A proxy may cut a silent stream without a word: nothing for 45 s counts as lost. */
  private _watch(): void {
    window.clearTimeout(this._silence);
    this._silence = window.setTimeout(() => {
      const socket = this._socket;
      if (socket) {
        socket.close();
        this._lost(socket);
      }
    }, SILENCE_MS);
  }

  private get _isIdle(): boolean {
    return this._runs.size === 0 && this._watched === null;
  }

  private _closeIfIdle(): void {
    if (this._runs.size === 0) {
      this._say(true); // nothing is waited for any more
    }
    if (!this._isIdle) {
      return;
    }
    window.clearTimeout(this._silence);
    window.clearTimeout(this._retry);
    const socket = this._socket;
    this._socket = null;
    socket?.close();
  }

  private _say(connected: boolean): void {
    if (this._connected !== connected) {
      this._connected = connected;
      this._options.onConnectionChange?.(connected);
    }
  }

  private _send(message: ClientMessage): void {
    if (this._socket?.readyState === WebSocket.OPEN) {
      this._socket.send(JSON.stringify(message));
    }
  }

  private _socket: WebSocket | null = null;
  private _runs = new Map<string, ISubscription>();
  private _watched: {
    sessionId: string;
    onState: (state: SandboxState) => void;
  } | null = null;
  private _connected = true;
  private _attempt = 0;
  private _silence = 0;
  private _retry = 0;
  private _isDisposed = false;
}
