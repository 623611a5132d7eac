import fc from 'fast-check';

import type { Artifact, ExecutionResult, RunEvent } from '../api/types';

/** Events of a run as the server would send them, numbered from 1. */
export function numbered(runId: string, events: object[]): RunEvent[] {
  return events.map(
    (event, index) =>
      ({
        seq: index + 1,
        run_id: runId,
        at: '2026-11-23T12:00:00Z',
        ...event
      }) as RunEvent
  );
}

export function chart(id: string, title = ''): Artifact {
  const figure = { data: [{ type: 'bar', x: ['a', 'b'], y: [1, 2] }], layout: {} };
  return { id, type: 'chart', content: figure, metadata: { execution_id: null, title } };
}

export function result(fields: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    success: true,
    code: 'print(1)',
    stdout: '',
    stderr: '',
    artifacts: [],
    execution_time: 0.4,
    retry_count: 0,
    ...fields
  };
}

const execution = fc
  .constantFrom('e1', 'e2')
  .map(id => ({ execution_id: id, step: 1, attempt: 1, retries: null }));
const plan = fc.array(fc.string(), { minLength: 1, maxLength: 3 }).map(steps => ({
  steps,
  estimated_complexity: 'low',
  required_libraries: [],
  outputs: []
}));

/** Any event that a run can hold before it ends. */
export const anyStep: fc.Arbitrary<object> = fc.oneof(
  plan.map(p => ({ type: 'plan.created', plan: p })),
  fc.record({ type: fc.constant('plan.updated'), plan, done: fc.nat(3) }),
  fc.tuple(execution, fc.string()).map(([e, code]) => ({
    ...e,
    type: 'code.generated',
    code,
    sha256: '',
    origin: 'agent'
  })),
  execution.map(e => ({ ...e, type: 'execution.started' })),
  fc
    .tuple(execution, fc.constantFrom('stdout', 'stderr'), fc.string())
    .map(([e, stream, text]) => ({ ...e, type: 'execution.output', stream, text })),
  fc
    .tuple(execution, fc.constantFrom('c1', 'c2'))
    .map(([e, id]) => ({ ...e, type: 'artifact.created', artifact: chart(id) })),
  fc.tuple(execution, fc.boolean()).map(([e, success]) => ({
    ...e,
    type: 'execution.finished',
    result: result({ success })
  })),
  fc.string().map(text => ({ type: 'answer.delta', text })),
  fc.string().map(text => ({ type: 'notice', text }))
);
