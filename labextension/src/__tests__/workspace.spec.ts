import fc from 'fast-check';

import { evidenceTabs } from '../model/evidence';
import { logsOf } from '../model/logs';
import type { IExecutionState } from '../model/execution';
import { artifactsOf, type IRunState, newRun } from '../model/run';
import { attemptsOf, makerOf, tabOf, workspaceTabs } from '../model/workspace';
import { chart, result } from './events';

const words = fc.string({ maxLength: 12 });

/** An execution that succeeded or failed, with charts of any titles. */
function executions(): fc.Arbitrary<IExecutionState[]> {
  return fc
    .array(fc.tuple(fc.boolean(), words, fc.array(words, { maxLength: 3 })), {
      minLength: 1,
      maxLength: 4
    })
    .map(all =>
      all.map(([success, code, titles], n) => ({
        id: `e${n}`,
        step: n + 1,
        attempt: 1,
        retries: null,
        origin: 'agent' as const,
        code,
        sha256: '',
        status: success ? ('succeeded' as const) : ('failed' as const),
        output: [],
        artifacts: titles.map((title, i) => chart(`c${n}-${i}`, title)),
        result: result({ success }),
        analysis: null
      }))
    );
}

function runWith(all: IExecutionState[]): IRunState {
  return { ...newRun('r', 'how many?', '2026-11-23T12:00:00Z'), executions: all };
}

describe('the workspace of a run', () => {
  // Feature: glassbox-analyst, Property 12: For any session with multiple visualizations, each
  // should be displayed in a separate tab within the Workspace.
  it('has a tab for each chart, by its title', () => {
    fc.assert(
      fc.property(executions(), all => {
        const run = runWith(all);
        const tabs = workspaceTabs(run, 1);
        const charts = artifactsOf(run, 'chart');
        expect(tabs.filter(t => t.name.startsWith('chart-')).map(t => t.name)).toEqual(
          charts.map(tabOf)
        );
        charts.forEach((one, n) => {
          const label = tabs.find(t => t.name === tabOf(one))?.label;
          expect(label).toBe(one.metadata.title || `Chart ${n + 1}`);
        });
        expect(new Set(tabs.map(t => t.name)).size).toBe(tabs.length);
      }),
      { numRuns: 200 }
    );
  });

  // Feature: glassbox-analyst, Property 13: For any visualization displayed, the underlying code
  // that generated it should be available in a separate Code tab.
  it('has the code of each chart in its Code tab', () => {
    fc.assert(
      fc.property(executions(), all => {
        const run = runWith(all);
        const shown = attemptsOf(run).flat();
        expect(shown).toEqual(run.executions);
        for (const one of artifactsOf(run, 'chart')) {
          const maker = makerOf(run, one);
          expect(maker?.artifacts).toContain(one);
          expect(shown).toContain(maker);
        }
        expect(workspaceTabs(run, 0)[0]).toEqual({ name: 'code', label: 'Code' });
      }),
      { numRuns: 200 }
    );
  });

  it('puts the attempts at one piece of work side by side', () => {
    const [base] = fc.sample(executions(), 1)[0];
    const run = runWith([
      { ...base, id: 'a' },
      { ...base, id: 'b', retries: 'a' },
      { ...base, id: 'c' },
      { ...base, id: 'd', retries: 'b' }
    ]);
    expect(attemptsOf(run).map(chain => chain.map(e => e.id))).toEqual([
      ['a', 'b', 'd'],
      ['c']
    ]);
  });

  it('shows the data alone before anything was asked', () => {
    expect(workspaceTabs(null, 0)).toEqual([]);
    expect(workspaceTabs(null, 2)).toEqual([{ name: 'data', label: 'Data 2' }]);
  });
});

describe('the evidence of an answer', () => {
  // Feature: glassbox-analyst, Property 23: For any artifacts generated in the Workspace, tabs
  // should be labeled as "Code" and "Charts" according to artifact type.
  it('is in tabs that are named Code, and Charts if there are any', () => {
    fc.assert(
      fc.property(executions(), all => {
        const run = runWith(all);
        const labels = evidenceTabs(run).map(t => t.label.split(' ')[0]);
        const charts = artifactsOf(run, 'chart').length > 0;
        expect(labels).toEqual(charts ? ['Code', 'Charts', 'Logs'] : ['Code', 'Logs']);
      }),
      { numRuns: 200 }
    );
  });
});

describe('the logs of a run', () => {
  const [base] = fc.sample(executions(), 1)[0];
  const printed = (id: string, text: string): IExecutionState => ({
    ...base,
    id,
    step: 1,
    artifacts: [],
    output: [
      { stream: 'stdout', text },
      { stream: 'stderr', text: 'careful\n' }
    ]
  });

  it('tell stdout and stderr apart, and hold the error of code that failed', () => {
    const error = {
      id: 'x',
      type: 'error' as const,
      content: { name: 'KeyError', value: 'tips', traceback: '' },
      metadata: { execution_id: null, title: '' }
    };
    const run = runWith([{ ...printed('a', 'rows 3\n'), artifacts: [error] }]);
    expect(logsOf(run)).toEqual([
      {
        id: 'a',
        title: null,
        output: [
          { stream: 'stdout', text: 'rows 3\n' },
          { stream: 'stderr', text: 'careful\n' },
          { stream: 'stderr', text: 'KeyError: tips\n' }
        ]
      }
    ]);
  });

  it('are searched by line, whatever the case', () => {
    const run = runWith([printed('a', 'Rows 3\nother\n'), printed('b', 'none\n')]);
    expect(logsOf(run, 'rows')).toEqual([
      { id: 'a', title: 'Step 1', output: [{ stream: 'stdout', text: 'Rows 3\n' }] }
    ]);
  });

  it('keep the end of a flood', () => {
    const [log] = logsOf(runWith([printed('a', `${'x'.repeat(300_000)}end\n`)]));
    const text = log.output.map(o => o.text).join('');
    expect(text).toHaveLength(200_000);
    expect(text.endsWith('end\ncareful\n')).toBe(true);
  });
});
