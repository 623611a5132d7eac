import { EventSocket } from '../api/eventsocket';
import type { RunEvent } from '../api/types';
import { numbered } from './events';

/** A small real implementation of what EventSocket uses of a WebSocket. */
class Wire {
  static all: Wire[] = [];
  readyState: number = WebSocket.CONNECTING;
  sent: unknown[] = [];
  onopen: () => void = () => undefined;
  onclose: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;

  constructor(readonly url: string) {
    Wire.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose();
  }

  open(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen();
  }

  receive(line: object): void {
    this.onmessage({ data: JSON.stringify(line) });
  }
}

describe('the WebSocket of the page', () => {
  const settings = { wsUrl: 'ws://host/', token: 't', appendToken: true };
  let socket: EventSocket;
  let seen: RunEvent[];
  let errors: string[];
  let connected: boolean[];
  const last = () => Wire.all[Wire.all.length - 1];
  const reader = {
    onEvent: (event: RunEvent) => seen.push(event),
    onError: (error: Error) => errors.push(error.message)
  };
  const events = numbered('r', [
    { type: 'notice', text: 'one' },
    { type: 'notice', text: 'two' },
    { type: 'run.completed' }
  ]);

  beforeEach(() => {
    jest.useFakeTimers();
    Wire.all = [];
    seen = [];
    errors = [];
    connected = [];
    socket = new EventSocket({
      settings,
      connect: url => new Wire(url) as unknown as WebSocket,
      onConnectionChange: is => connected.push(is),
      onRefused: error => errors.push(`refused: ${error.code}`)
    });
  });
  afterEach(() => {
    socket.dispose();
    jest.useRealTimers();
  });

  it('carries all runs on one connection, and closes after the last has ended', () => {
    socket.subscribe('r', 0, reader);
    socket.subscribe('other', 4, reader);
    last().open();
    expect(Wire.all).toHaveLength(1);
    expect(last().url).toBe('ws://host/datalens/api/events?token=t');
    expect(last().sent).toEqual([
      { op: 'subscribe', run_id: 'r', after: 0 },
      { op: 'subscribe', run_id: 'other', after: 4 }
    ]);
    last().receive(events[2]);
    expect(last().readyState).toBe(WebSocket.OPEN);
    socket.unsubscribe('other');
    expect(last().readyState).toBe(WebSocket.CLOSED);
  });

  it('resumes after the last event that was seen, and drops those that come twice', () => {
    socket.subscribe('r', 0, reader);
    last().open();
    last().receive(events[0]);
    last().close();
    jest.advanceTimersByTime(1000);
    expect(Wire.all).toHaveLength(2);
    last().open();
    expect(last().sent).toEqual([{ op: 'subscribe', run_id: 'r', after: 1 }]);
    events.forEach(event => last().receive(event));
    expect(seen.map(event => event.seq)).toEqual([1, 2, 3]);
  });

  it('takes 45 s of silence for a lost connection; heartbeats are no silence', () => {
    socket.subscribe('r', 0, reader);
    last().open();
    jest.advanceTimersByTime(40_000);
    last().receive({ type: 'heartbeat' });
    jest.advanceTimersByTime(40_000);
    expect(Wire.all).toHaveLength(1);
    jest.advanceTimersByTime(6_000);
    expect(Wire.all).toHaveLength(2);
  });

  it('waits longer each time that the server cannot be reached', () => {
    socket.subscribe('r', 0, reader);
    for (let i = 0; i < 12; i++) {
      last().close();
      jest.advanceTimersByTime(400);
    }
    expect(Wire.all.length).toBeLessThan(7); // twelve, without a backoff
  });

  it('speaks of a lost connection only as long as a run is waited for', () => {
    socket.subscribe('r', 0, reader);
    last().open();
    last().close();
    expect(connected).toEqual([false]);
    socket.unsubscribe('r');
    expect(connected).toEqual([false, true]);
  });

  it('tells the reader when the server cannot follow a run', () => {
    socket.subscribe('r', 0, reader);
    last().open();
    const error = {
      code: 'RUN_NOT_FOUND',
      message: 'That run does not exist.',
      details: {}
    };
    last().receive({ type: 'stream.error', run_id: 'r', error });
    expect(errors).toEqual(['That run does not exist.']);
    expect(last().readyState).toBe(WebSocket.CLOSED);
  });

  it('watches one sandbox, and closes once neither it nor a run is wanted', () => {
    const states: (string | null)[] = [];
    const hear = (state: { sandbox_id: string | null }) => states.push(state.sandbox_id);
    const say = (session_id: string, sandbox_id: string | null) =>
      last().receive({ type: 'sandbox.state', session_id, sandbox_id, reason: '' });
    socket.watch('s', hear);
    last().open();
    expect(last().sent).toEqual([{ op: 'watch', session_id: 's' }]);
    say('s', 'box');
    say('another', null);
    const error = { code: 'AUTHENTICATION_REQUIRED', message: '', details: {} };
    last().receive({ type: 'stream.error', run_id: null, error });
    expect(errors).toEqual(['refused: AUTHENTICATION_REQUIRED']);
    expect(states).toEqual(['box']);
    last().close();
    expect(connected).toEqual([]); // no run is waited for
    jest.advanceTimersByTime(1000);
    last().open();
    expect(last().sent).toEqual([{ op: 'watch', session_id: 's' }]);
    socket.subscribe('r', 0, reader);
    events.forEach(event => last().receive(event));
    expect(last().readyState).toBe(WebSocket.OPEN);
    socket.watch(null, hear);
    expect(last().sent.slice(-1)).toEqual([{ op: 'watch', session_id: null }]);
    expect(last().readyState).toBe(WebSocket.CLOSED);
  });
});
