import type { RunEvent } from '../api/types';
import { ApiError } from '../api/error';
import { Restoring } from '../model/restoring';

function setUp() {
  const followed = new Map<string, (event: RunEvent) => void>();
  const asked: [string, boolean][] = [];
  let refusal: ApiError | null = null;
  const restoring = new Restoring({
    client: {
      restore: async (id, replay) => {
        asked.push([id, replay]);
        if (refusal) {
          throw refusal;
        }
        return { run_id: `restoring ${id}` };
      }
    },
    socket: {
      subscribe: (runId, _, { onEvent }) => void followed.set(runId, onEvent),
      unsubscribe: runId => void followed.delete(runId)
    },
    onChange: () => undefined
  });
  const send = (runId: string, event: object) =>
    followed.get(runId)?.({ seq: 1, run_id: runId, at: '', ...event } as RunEvent);
  const refuse = (error: ApiError) => {
    refusal = error;
  };
  return { restoring, followed, asked, send, refuse };
}

describe('a sandbox that is made again', () => {
  it('is said to be on its way, then what is back and what is not', async () => {
    const { restoring, send } = setUp();
    await restoring.begin('s');
    expect(restoring.busy).toBe(true);
    const told = { reason: 'A new one.', restored: ['a.csv'], lost: ['execution 2'] };
    send('restoring s', { type: 'sandbox.replaced', ...told });
    expect(restoring.busy).toBe(true);
    send('restoring s', { type: 'run.completed' });
    expect(restoring.busy).toBe(false);
    expect(restoring.restored).toEqual(['a.csv']);
    expect(restoring.lost).toEqual(['execution 2']);
  });

  it('runs code that can reach the internet again once the user agrees, not before', async () => {
    const { restoring, asked, send } = setUp();
    const left = { restored: ['a.csv'], lost: ['executions'], agreement_needed: true };
    await restoring.begin('s');
    send('restoring s', { type: 'sandbox.replaced', reason: 'A new one.', ...left });
    send('restoring s', { type: 'run.completed' });
    expect([restoring.agreementNeeded, restoring.busy]).toEqual([true, false]);
    await restoring.begin('s', true);
    expect(restoring.agreementNeeded).toBe(false);
    expect(asked).toEqual([
      ['s', false],
      ['s', true]
    ]);
  });

  it('is offered as well where a question found the sandbox gone', () => {
    const { restoring } = setUp();
    const told = { type: 'sandbox.replaced', reason: 'Gone.', restored: [], lost: ['a'] };
    restoring.observe({ ...told, agreement_needed: false } as unknown as RunEvent);
    expect(restoring.lost).toEqual([]); // the run itself says it
    restoring.observe({ ...told, agreement_needed: true } as unknown as RunEvent);
    expect([restoring.agreementNeeded, restoring.lost]).toEqual([true, ['a']]);
  });

  it('says why it could not be made', async () => {
    const { restoring, send, refuse } = setUp();
    await restoring.begin('s');
    const error = { code: 'SANDBOX_UNAVAILABLE', message: 'None.', details: {} };
    send('restoring s', { type: 'run.failed', error });
    expect([restoring.busy, restoring.failure]).toEqual([false, 'None.']);
    refuse(new ApiError('RUN_IN_PROGRESS', 'Busy.'));
    await restoring.begin('s');
    expect([restoring.busy, restoring.failure]).toEqual([false, 'Busy.']);
  });

  it('is of no interest to a session that was opened meanwhile', async () => {
    const { restoring, followed, send } = setUp();
    const first = restoring.begin('one');
    const second = restoring.begin('two');
    await Promise.all([first, second]);
    expect([...followed.keys()]).toEqual(['restoring two']);
    restoring.leave();
    expect(followed.size).toBe(0);
    send('restoring two', { type: 'run.completed' });
    expect([restoring.busy, restoring.restored]).toEqual([false, []]);
  });
});
