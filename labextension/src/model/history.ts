import type { Execution, RunSummary, SessionDetail } from '../api/types';
import { finished, type IExecutionState } from './execution';
import { type IRunState, newRun, runError } from './run';

/**
 * The runs of a stored session, as if their events had been seen. A run that still goes on
 * starts empty: its events are read again from the first.
 */
export function runsOf(detail: SessionDetail): IRunState[] {
  return detail.runs
    .map(summary => runOf(summary, detail.executions))
    .filter(run => run.query !== null || run.executions.length > 0);
}

function runOf(summary: RunSummary, executions: Execution[]): IRunState {
  const run = newRun(summary.run_id, summary.query, summary.started_at);
  if (summary.status === 'running') {
    return run;
  }
  return {
    ...run,
    status: summary.status,
    plan: summary.plan,
    planDone: summary.status === 'completed' ? (summary.plan?.steps.length ?? 0) : 0,
    answer: summary.answer ?? '',
    assumptions: summary.assumptions,
    checks: summary.checks,
    alternatives: summary.alternatives,
    usage: summary.usage,
    error: summary.error ? runError(summary.error) : null,
    executions: executions.filter(e => e.run_id === summary.run_id).map(executionOf)
  };
}

function executionOf(stored: Execution): IExecutionState {
  const { id, step, attempt, retries, origin, code, sha256, analysis } = stored;
  const execution: IExecutionState = {
    id,
    step,
    attempt,
    retries,
    origin,
    code,
    sha256,
    status: 'unfinished',
    output: [],
    artifacts: [],
    result: null,
    analysis
  };
  return stored.result ? finished(execution, stored.result) : execution;
}
