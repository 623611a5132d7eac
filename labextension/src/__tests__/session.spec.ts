import type { DataLensClient } from '../api/client';
import { ApiError } from '../api/error';
import type { IRunReader } from '../api/eventsocket';
import type { RunSummary, SessionDetail, Status } from '../api/types';
import { type IRunFinished, type ISavedState, SessionModel } from '../model/session';
import { numbered } from './events';

const SESSION = {
  id: 's',
  user_id: 'local',
  title: '',
  created_at: '2026-11-23T12:00:00Z',
  last_activity: '2026-11-23T12:00:00Z',
  sandbox_id: null,
  dataset_schema: null,
  dataset_names: [],
  message_count: 0
};

const USAGE = {
  calls: 3,
  prompt_tokens: 300,
  completion_tokens: 60,
  cost: 0.0009,
  cached: 0,
  estimated: false,
  models: []
};

function summary(fields: Partial<RunSummary>): RunSummary {
  return {
    run_id: 'r',
    query: 'how many?',
    status: 'completed',
    plan: null,
    answer: 'Eleven.',
    assumptions: [],
    checks: [],
    alternatives: [],
    started_at: '2026-11-23T12:00:00Z',
    error: null,
    usage: USAGE,
    model: null,
    ...fields
  };
}

/** A server in memory: what the model asks of the client, answered from `detail`. */
class Server {
  runs: RunSummary[] = [];
  refuse: ApiError | null = null;
  user = 'local';
  asked: unknown[][] = [];
  readers = new Map<string, IRunReader>();

  get detail(): SessionDetail {
    return {
      session: SESSION,
      datasets: [],
      messages: [],
      runs: this.runs,
      executions: [],
      artifacts: [],
      usage: USAGE
    };
  }

  client = {
    session: async () => this.detail,
    auth: async () => ({
      required: false,
      user_id: this.user,
      email: null,
      expired: false,
      confirm: false
    }),
    status: async () => Promise.reject(ApiError.offline()),
    query: async (...asked: unknown[]) => {
      this.asked.push(asked);
      if (this.refuse) {
        throw this.refuse;
      }
      return { run_id: 'r' };
    }
  } as unknown as DataLensClient;

  socket = {
    subscribe: (runId: string, _: number, reader: IRunReader) =>
      this.readers.set(runId, reader),
    unsubscribe: (runId: string) => this.readers.delete(runId),
    watch: () => undefined,
    dispose: () => undefined
  };
}

describe('a conversation', () => {
  let server: Server;
  let notebook: string | null;
  let saved: ISavedState | null;
  let finished: IRunFinished[];

  function model(): SessionModel {
    const made = new SessionModel({
      client: server.client,
      socket: server.socket as never,
      currentNotebook: () => notebook,
      save: state => (saved = state)
    });
    made.runFinished.connect((_, run) => finished.push(run));
    return made;
  }

  function end(): void {
    for (const event of numbered('r', [
      { type: 'answer.final', text: 'Eleven.', assumptions: [], checks: [] },
      { type: 'run.completed' }
    ])) {
      server.readers.get('r')?.onEvent(event);
    }
  }

  beforeEach(() => {
    server = new Server();
    notebook = 'a.ipynb';
    saved = null;
    finished = [];
  });

  it('is left when what is shown turns out to be somebody else’s', async () => {
    const session = model();
    await session.restore({ sessionId: 's' });
    server.refuse = new ApiError('ACCESS_DENIED', 'Access denied.');
    await session.conversation.ask('how many?');
    await Promise.resolve();
    expect([session.session?.id, session.error?.code]).toEqual(['s', 'ACCESS_DENIED']);
    server.user = 'another';
    await session.conversation.ask('how many?');
    for (let i = 0; i < 5; i++) {
      await Promise.resolve();
    }
    expect([session.session, session.conversation.runs]).toEqual([null, []]);
  });

  it('binds a question to the notebook that was open when it was asked', async () => {
    const session = model();
    await session.open('s');
    expect(await session.conversation.ask('how many?')).toBe(true);
    notebook = 'b.ipynb';
    end();
    expect(finished.map(f => f.notebook)).toEqual(['a.ipynb']);
    expect(session.conversation.runs[0]).toMatchObject({
      status: 'completed',
      answer: 'Eleven.'
    });
    expect(session.conversation.busy).toBe(false);
  });

  it('goes on after a reload with the run that goes on, and with its notebook', async () => {
    const before = model();
    await before.open('s');
    await before.conversation.ask('how many?');
    server.runs = [summary({ status: 'running', answer: null })];

    const after = model();
    await after.restore(JSON.parse(JSON.stringify(saved)));
    expect(after.conversation.running?.query).toBe('how many?');
    finished = [];
    end();
    expect(finished.map(f => f.notebook)).toEqual(['a.ipynb']);
  });

  it('keeps all of it for the reload after this one', async () => {
    const before = { sessionId: 's', suggestions: ['by month'], measuring: { m: 'd' } };
    await model().restore(before);
    expect(saved).toEqual({ ...before, bindings: {} });
  });

  it('finds a run that ended while the page was away', async () => {
    server.runs = [summary({})];
    const session = model();
    const bindings = { r: 'a.ipynb' };
    await session.restore({ sessionId: 's', suggestions: [], bindings });
    expect(finished).toMatchObject([{ notebook: 'a.ipynb', run: { answer: 'Eleven.' } }]);
    expect(saved?.bindings).toEqual({});
  });

  it('says why a question could not be asked, and lets it be asked again', async () => {
    const session = model();
    await session.open('s');
    server.refuse = new ApiError('RUN_IN_PROGRESS', 'Wait for it, or stop it first.');
    expect(await session.conversation.ask('how many?')).toBe(false);
    expect(session.error?.message).toBe('Wait for it, or stop it first.');
    expect(session.conversation.busy).toBe(false);
  });

  it('asks the model that was chosen, also once the session is opened again', async () => {
    server.client.status = async () =>
      ({
        llm: { provider: 'p', model: 'default', offline: false },
        sandbox: { ready: true }
      }) as Status;
    const session = model();
    await session.server.load();
    await session.open('s');
    session.models.choose('other');
    await session.open('s'); // it is here already: what was chosen in it holds
    await session.conversation.ask('how many?');
    expect(server.asked).toEqual([['s', 'how many?', false, 'other']]);

    session.startAnew();
    expect(session.models.current).toBe('default');
    server.runs = [summary({ model: 'other' })];
    await session.open('s');
    expect(session.models.current).toBe('other');
  });

  it('does not ask twice at once, nor nothing at all', async () => {
    const session = model();
    await session.open('s');
    const first = session.conversation.ask('how many?');
    expect(await session.conversation.ask('and now?')).toBe(false);
    expect(await first).toBe(true);
    end();
    expect(await session.conversation.ask('   ')).toBe(false);
    expect(session.conversation.runs).toHaveLength(1);
  });

  it('adds files one after the other, even when one of them is refused', async () => {
    const sent: string[] = [];
    server.client.upload = async source => {
      sent.push('path' in source ? source.path : source.file.name);
      if (sent.length === 1) {
        throw new ApiError('UNSUPPORTED_FILE', 'Unsupported file type.');
      }
      return { session: SESSION, profile: { suggestions: [] } } as never;
    };
    const session = model();
    await Promise.all([
      session.uploads.add({ path: 'a.gif' }),
      session.uploads.add({ path: 'b.csv' })
    ]);
    expect(sent).toEqual(['a.gif', 'b.csv']);
    expect(session).toMatchObject({ session: SESSION, uploads: { current: null } });
  });

  it('starts anew when the session of the last visit is gone', async () => {
    server.client.session = async () => {
      throw new ApiError(
        'SESSION_NOT_FOUND',
        'That session does not exist, or was deleted.'
      );
    };
    const session = model();
    await session.restore({ sessionId: 's' });
    expect(session).toMatchObject({ session: null, ready: true });
  });
});
