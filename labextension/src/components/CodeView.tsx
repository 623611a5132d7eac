import React from 'react';

import { duration } from '../model/format';
import { type IExecutionState, type IRunState, keptExecutions } from '../model/run';
import { CodeBlock } from './CodeBlock';
import { usePanel } from './context';

/** The code of a run, in order. A failed attempt that was repaired is one line. */
export function CodeView({ run }: { run: IRunState }): JSX.Element {
  const kept = new Set(keptExecutions(run).map(e => e.id));
  const repaired = new Set(run.executions.map(e => e.retries));
  return (
    <>
      {run.executions.map(execution =>
        repaired.has(execution.id) ||
        (execution.status === 'failed' && !kept.has(execution.id)) ? (
          <Repair key={execution.id} execution={execution} />
        ) : (
          <Attempt key={execution.id} execution={execution} />
        )
      )}
    </>
  );
}

function Attempt({ execution }: { execution: IExecutionState }): JSX.Element {
  const { status, result, analysis } = execution;
  return (
    <div className="dl-attempt">
      <CodeBlock code={execution.code} />
      <p className={status === 'failed' ? 'dl-warn' : 'dl-muted'}>
        Step {execution.step}
        {status === 'written' && ' · not run yet'}
        {status === 'running' && ' · running in the sandbox'}
        {status === 'succeeded' && ` · ran in ${duration(result?.execution_time ?? 0)}`}
        {status === 'failed' && ` · failed${analysis ? `: ${analysis.hint}` : ''}`}
      </p>
    </div>
  );
}

function Repair({ execution }: { execution: IExecutionState }): JSX.Element {
  const attempts = (usePanel().model.status?.limits.max_retry_attempts ?? 3) + 1;
  const hint = execution.analysis?.hint ?? 'This attempt failed';
  const error = execution.artifacts.find(a => a.type === 'error')?.content as
    { name: string; value: string } | undefined;
  return (
    <details className="dl-repair">
      <summary>
        {hint} · attempt {Math.min(execution.attempt + 1, attempts)} of {attempts}
      </summary>
      <CodeBlock code={execution.code} />
      {error && (
        <p className="dl-warn">
          {error.name}: {error.value}
        </p>
      )}
    </details>
  );
}
