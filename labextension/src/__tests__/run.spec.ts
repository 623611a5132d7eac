import fc from 'fast-check';

import type { RunEvent } from '../api/types';
import { dollars, usageWords } from '../model/cost';
import {
  artifactsOf,
  awaitsApproval,
  type IRunState,
  keptExecutions,
  newRun,
  NOTHING_USED,
  reduce
} from '../model/run';
import { anyStep, chart, numbered, result } from './events';

const START = newRun('r', 'how many?', '2026-11-23T12:00:00Z');

function after(events: RunEvent[], run: IRunState = START): IRunState {
  return events.reduce(reduce, run);
}

function execution(id: string, more: object = {}): object {
  return { execution_id: id, step: 1, attempt: 1, retries: null, ...more };
}

describe('a run, reduced from its events', () => {
  it('shows the code before it runs, then its output, then its result', () => {
    const events = numbered('r', [
      {
        ...execution('e'),
        type: 'code.generated',
        code: 'print(1)',
        sha256: 'x',
        origin: 'agent'
      },
      { ...execution('e'), type: 'execution.started' },
      { ...execution('e'), type: 'execution.output', stream: 'stdout', text: '1' },
      { ...execution('e'), type: 'execution.output', stream: 'stdout', text: '\n' },
      { ...execution('e'), type: 'execution.finished', result: result({ stdout: '1\n' }) }
    ]);
    const written = after(events.slice(0, 1)).executions[0];
    expect(written).toMatchObject({ code: 'print(1)', status: 'written', output: [] });
    expect(after(events.slice(0, 2)).executions[0].status).toBe('running');
    const done = after(events).executions[0];
    expect(done.status).toBe('succeeded');
    expect(done.output).toEqual([{ stream: 'stdout', text: '1\n' }]);
  });

  it('waits for the word on its plan, and no longer once it is given', () => {
    const plan = { steps: ['a'], estimated_complexity: '', required_libraries: [] };
    const told = numbered('r', [
      { type: 'plan.created', plan },
      { type: 'plan.approval', state: 'waiting' },
      { type: 'plan.approval', state: 'rejected' },
      { type: 'run.cancelled' }
    ]);
    expect(awaitsApproval(after(told.slice(0, 1)))).toBe(false);
    expect(awaitsApproval(after(told.slice(0, 2)))).toBe(true);
    expect(awaitsApproval(after([told[0], told[1], told[3]]))).toBe(false); // it was stopped
    expect(after(told)).toMatchObject({ status: 'cancelled', approval: 'rejected' });
  });

  it('says the same words once, and how often they were said', () => {
    const notices = ['No.', 'Wait.', 'No.', 'No.'].map(text => ({
      type: 'notice',
      text
    }));
    expect(after(numbered('r', notices)).notices).toEqual([
      { text: 'No.', times: 3 },
      { text: 'Wait.', times: 1 }
    ]);
  });

  it('holds what it used up to its last call', () => {
    const call = (tokens: number) => ({
      type: 'llm.usage',
      model: 'm',
      prompt_tokens: 1,
      completion_tokens: 1,
      cost: 1,
      run: { ...NOTHING_USED, prompt_tokens: tokens, cost: 0.0123 }
    });
    const { usage } = after(numbered('r', [call(900), call(1900)]));
    expect(usageWords(usage)).toBe('1,900 tokens · $0.012');
    expect(usageWords({ ...usage, cost: null, estimated: true })).toBe(
      'about 1,900 tokens'
    );
    expect(usageWords(NOTHING_USED)).toBe('');
    const offline = { ...NOTHING_USED, models: ['offline rules, no AI model'] };
    expect(usageWords(offline)).toBe('offline rules, no AI model');
    expect(usageWords({ ...usage, models: ['m'] })).toBe('m · 1,900 tokens · $0.012');
    expect([4.1, 0, 0.00034, 0.00001].map(dollars)).toEqual([
      '$4.10',
      '$0.00',
      '$0.00034',
      'less than $0.0001'
    ]);
  });

  it('counts an artifact once, whether it was streamed, kept, or both', () => {
    const run = after(
      numbered('r', [
        { ...execution('e'), type: 'artifact.created', artifact: chart('c') },
        { ...execution('e'), type: 'artifact.created', artifact: chart('c') },
        {
          ...execution('e'),
          type: 'execution.finished',
          result: result({ artifacts: [chart('c'), chart('d')] })
        }
      ])
    );
    expect(artifactsOf(run, 'chart').map(a => a.id)).toEqual(['c', 'd']);
  });

  it('keeps the successful executions, or the last one if none was', () => {
    const failed = { type: 'execution.finished', result: result({ success: false }) };
    const first = { ...execution('a'), ...failed };
    const second = { ...execution('b', { retries: 'a', attempt: 2 }), ...failed };
    const third = { ...execution('c'), type: 'execution.finished', result: result() };
    const ids = (events: object[]) =>
      keptExecutions(after(numbered('r', events))).map(e => e.id);
    expect(ids([first, second])).toEqual(['b']);
    expect(ids([first, second, third])).toEqual(['c']);
  });

  it('says what happened when it fails, and keeps what was done', () => {
    const run = after(
      numbered('r', [
        { type: 'answer.delta', text: 'So far' },
        {
          type: 'run.failed',
          error: { code: 'SANDBOX_LOST', message: 'The sandbox stopped.' }
        }
      ])
    );
    expect(run).toMatchObject({
      status: 'failed',
      answer: 'So far',
      error: { message: 'The sandbox stopped.' }
    });
  });

  it('leaves no code running once it has ended', () => {
    for (const type of ['run.failed', 'run.cancelled', 'run.completed']) {
      const run = after(
        numbered('r', [
          { ...execution('e'), type: 'execution.started' },
          { type, error: { code: 'SANDBOX_LOST', message: 'The sandbox stopped.' } }
        ])
      );
      expect(run.executions[0].status).toBe('unfinished');
    }
  });

  it('does not change what it was given', () => {
    fc.assert(
      fc.property(fc.array(anyStep), steps => {
        let run = START;
        for (const event of numbered('r', steps)) {
          const before = JSON.stringify(run);
          const next = reduce(run, event);
          expect(JSON.stringify(run)).toBe(before);
          run = next;
        }
      })
    );
  });

  it('is the same after a reconnection that sends any of its events again', () => {
    fc.assert(
      fc.property(fc.array(anyStep), fc.nat(), (steps, cut) => {
        const events = numbered('r', steps);
        const seen = events.slice(0, cut % (events.length + 1));
        expect(after(events, after(seen))).toEqual(after(events));
      })
    );
  });

  it('leaves a run alone that an event is not about', () => {
    fc.assert(
      fc.property(fc.array(anyStep), steps => {
        expect(after(numbered('another', steps))).toBe(START);
      })
    );
  });
});
