import type {
  Alternative,
  AnswerCheck,
  Artifact,
  ExecutionPlan,
  ModelUsage,
  RunEvent,
  RunStatus
} from '../api/types';
import {
  applyToExecution,
  type ExecutionEvent,
  type IExecutionState,
  newExecution
} from './execution';

/** Something that was said of a run; the same words again are counted, not repeated. */
export interface INotice {
  text: string;
  times: number;
}

/** The user's word on a plan: asked for, given, or not asked for at all. */
export type Approval = 'waiting' | 'approved' | 'rejected' | null;

export interface IRunError {
  code: string;
  message: string;
}

/** Everything the panel shows of one run: the sum of its events. */
export interface IRunState {
  id: string;
  query: string | null;
  status: RunStatus;
  /** The last event that was seen; 0 for none. */
  seq: number;
  startedAt: string;
  plan: ExecutionPlan | null;
  planDone: number;
  approval: Approval;
  /** The request that waits for the user's word, if one does. */
  review: number | null;
  executions: IExecutionState[];
  notices: INotice[];
  /** Values that were replaced before they were sent to a model. */
  redactions: number;
  /** Said while it is true: what the run waits for. */
  waiting: string | null;
  answer: string;
  assumptions: string[];
  checks: AnswerCheck[];
  /** What the question could have meant, too. */
  alternatives: Alternative[];
  usage: ModelUsage;
  error: IRunError | null;
}

export const NOTHING_USED: ModelUsage = {
  calls: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cost: null,
  cached: 0,
  estimated: false,
  models: []
};

export function newRun(id: string, query: string | null, startedAt: string): IRunState {
  return {
    id,
    query,
    status: 'running',
    seq: 0,
    startedAt,
    plan: null,
    planDone: 0,
    approval: null,
    review: null,
    executions: [],
    notices: [],
    redactions: 0,
    waiting: null,
    answer: '',
    assumptions: [],
    checks: [],
    alternatives: [],
    usage: NOTHING_USED,
    error: null
  };
}

/** The run after one more event. Pure; an event that was seen before changes nothing. */
export function reduce(run: IRunState, event: RunEvent): IRunState {
  if (event.run_id !== run.id || event.seq <= run.seq) {
    return run;
  }
  return apply({ ...run, seq: event.seq, waiting: null }, event);
}

function apply(run: IRunState, event: RunEvent): IRunState {
  switch (event.type) {
    case 'run.started':
      return { ...run, query: event.query, startedAt: event.at };
    case 'privacy.redacted':
      return { ...run, redactions: run.redactions + event.count };
    case 'plan.created':
      return { ...run, plan: event.plan, planDone: 0 };
    case 'plan.updated':
      return { ...run, plan: event.plan, planDone: event.done };
    case 'code.generated':
    case 'execution.started':
    case 'execution.output':
    case 'artifact.created':
    case 'execution.finished':
    case 'error.analyzed':
      return withExecution(run, event);
    case 'sandbox.replaced':
      return withNotice(run, replacement(event));
    case 'llm.retrying':
      return {
        ...run,
        waiting: `The model is busy; trying again in ${event.wait_seconds} s`
      };
    case 'plan.approval':
      return { ...run, approval: event.state };
    case 'request.review':
      return { ...run, review: event.state === 'waiting' ? event.number : null };
    case 'llm.usage':
      return { ...run, usage: event.run };
    case 'dataset.statistics':
      return run;
    case 'answer.delta':
      return { ...run, answer: run.answer + event.text };
    case 'answer.final':
      return {
        ...run,
        answer: event.text,
        assumptions: event.assumptions,
        checks: event.checks,
        alternatives: event.alternatives
      };
    case 'notice':
      return withNotice(run, event.text);
    case 'run.completed':
      return {
        ...ended(run),
        status: 'completed',
        planDone: run.plan?.steps.length ?? 0
      };
    case 'run.cancelled':
      return { ...ended(run), status: 'cancelled' };
    case 'run.failed':
      return { ...ended(run), status: 'failed', error: runError(event.error) };
    default:
      // A newer server may send what this page does not know yet.
      return run;
  }
}

function withNotice(run: IRunState, text: string): IRunState {
  const said = run.notices.some(notice => notice.text === text);
  return {
    ...run,
    notices: said
      ? run.notices.map(notice =>
          notice.text === text ? { text, times: notice.times + 1 } : notice
        )
      : [...run.notices, { text, times: 1 }]
  };
}

/** No code of a run goes on once the run has ended. */
export function ended(run: IRunState): IRunState {
  const executions = run.executions.map((e): IExecutionState =>
    e.status === 'written' || e.status === 'running' ? { ...e, status: 'unfinished' } : e
  );
  return { ...run, executions };
}

function withExecution(run: IRunState, event: ExecutionEvent): IRunState {
  const at = run.executions.findIndex(e => e.id === event.execution_id);
  const before = at < 0 ? newExecution(event) : run.executions[at];
  const after = applyToExecution(before, event);
  const executions =
    at < 0
      ? [...run.executions, after]
      : run.executions.map((e, index) => (index === at ? after : e));
  return { ...run, executions };
}

function replacement(event: Extract<RunEvent, { type: 'sandbox.replaced' }>): string {
  const restored = event.restored.length
    ? ` Back again: ${event.restored.join(', ')}.`
    : '';
  const lost = event.lost.length ? ` Gone: ${event.lost.join(', ')}.` : '';
  return `The sandbox was replaced. ${event.reason}${restored}${lost}`;
}

export function runError(error: Record<string, unknown>): IRunError {
  return {
    code: String(error.code ?? ''),
    message: String(
      error.message ??
        'The run did not finish. Your data and history are kept. Ask again.'
    )
  };
}

// -- what is asked of a run ---------------------------------------------------------------------

export function isRunning(run: IRunState): boolean {
  return run.status === 'running';
}

/** Whether the run goes on only once its plan is approved. */
export function awaitsApproval(run: IRunState): boolean {
  return isRunning(run) && run.approval === 'waiting';
}

/** Executions that count: failed ones that were repaired are left out, the last never is. */
export function keptExecutions(run: IRunState): IExecutionState[] {
  const good = run.executions.filter(e => e.status === 'succeeded');
  return good.length ? good : run.executions.slice(-1);
}

export function artifactsOf(run: IRunState, type: Artifact['type']): Artifact[] {
  return keptExecutions(run).flatMap(e => e.artifacts.filter(a => a.type === type));
}

export function executionSeconds(run: IRunState): number {
  return run.executions.reduce((sum, e) => sum + (e.result?.execution_time ?? 0), 0);
}
