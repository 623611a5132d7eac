import React from 'react';

import { duration } from '../model/format';
import type { IExecutionState } from '../model/execution';
import { type IRunState, keptExecutions } from '../model/run';
import { CodeBlock } from './CodeBlock';
import { useDataLens } from './context';

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
  return (
    <div className="dl-attempt">
      <CodeBlock code={execution.code} />
      <p className={execution.status === 'failed' ? 'dl-warn' : 'dl-muted'}>
        Step {execution.step} · {outcomeOf(execution)}
      </p>
    </div>
  );
}

/** What became of an execution, in a few words. */
export function outcomeOf({ status, result, analysis }: IExecutionState): string {
  switch (status) {
    case 'written':
      return 'not run yet';
    case 'running':
      return 'running in the sandbox';
    case 'succeeded':
      return `ran in ${duration(result?.execution_time ?? 0)}`;
    case 'failed':
      return analysis ? `failed: ${analysis.hint}` : 'failed';
    case 'unfinished':
      return 'did not finish';
  }
}

function Repair({ execution }: { execution: IExecutionState }): JSX.Element {
  const attempts = (useDataLens().model.status?.limits.max_retry_attempts ?? 3) + 1;
  const error = execution.artifacts.find(a => a.type === 'error')?.content as
    { name: string; value: string } | undefined;
  const hint = execution.analysis?.hint || 'This attempt stopped with an error';
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
