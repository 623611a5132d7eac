import type {
  AnswerCheck,
  Artifact,
  ErrorAnalysis,
  ExecutionPlan,
  ExecutionResult,
  RunEvent,
  RunStatus
} from '../api/types';

/** Lines that belong together: one stretch of stdout or of stderr. */
export interface IOutput {
  stream: 'stdout' | 'stderr';
  text: string;
}

/** One execution as it is seen: its code first, then what it printed and made. */
export interface IExecutionState {
  id: string;
  step: number;
  attempt: number;
  retries: string | null;
  origin: 'agent' | 'notebook';
  code: string;
  sha256: string;
  /** Unfinished: its run ended before it did. */
  status: 'written' | 'running' | 'succeeded' | 'failed' | 'unfinished';
  output: IOutput[];
  artifacts: Artifact[];
  result: ExecutionResult | null;
  analysis: ErrorAnalysis | null;
}

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
  executions: IExecutionState[];
  notices: string[];
  /** Values that were replaced before they were sent to a model. */
  redactions: number;
  /** Said while it is true: what the run waits for. */
  waiting: string | null;
  answer: string;
  assumptions: string[];
  checks: AnswerCheck[];
  error: IRunError | null;
}

export function newRun(id: string, query: string | null, startedAt: string): IRunState {
  return {
    id,
    query,
    status: 'running',
    seq: 0,
    startedAt,
    plan: null,
    planDone: 0,
    executions: [],
    notices: [],
    redactions: 0,
    waiting: null,
    answer: '',
    assumptions: [],
    checks: [],
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
      return { ...run, notices: [...run.notices, replacement(event)] };
    case 'llm.retrying':
      return {
        ...run,
        waiting: `The model is busy; trying again in ${event.wait_seconds} s`
      };
    case 'plan.approval':
    case 'llm.usage':
    case 'dataset.statistics':
      return run;
    case 'answer.delta':
      return { ...run, answer: run.answer + event.text };
    case 'answer.final':
      return {
        ...run,
        answer: event.text,
        assumptions: event.assumptions,
        checks: event.checks
      };
    case 'notice':
      return { ...run, notices: [...run.notices, event.text] };
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

/** No code of a run goes on once the run has ended. */
export function ended(run: IRunState): IRunState {
  const executions = run.executions.map((e): IExecutionState =>
    e.status === 'written' || e.status === 'running' ? { ...e, status: 'unfinished' } : e
  );
  return { ...run, executions };
}

type ExecutionEvent = Extract<RunEvent, { execution_id: string }>;

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

function newExecution(event: ExecutionEvent): IExecutionState {
  return {
    id: event.execution_id,
    step: event.step,
    attempt: event.attempt,
    retries: event.retries,
    origin: 'agent',
    code: '',
    sha256: '',
    status: 'written',
    output: [],
    artifacts: [],
    result: null,
    analysis: null
  };
}

function applyToExecution(
  execution: IExecutionState,
  event: ExecutionEvent
): IExecutionState {
  switch (event.type) {
    case 'code.generated':
      return {
        ...execution,
        code: event.code,
        sha256: event.sha256,
        origin: event.origin
      };
    case 'execution.started':
      return { ...execution, status: 'running' };
    case 'execution.output':
      return { ...execution, output: appendOutput(execution.output, event) };
    case 'artifact.created':
      return execution.artifacts.some(a => a.id === event.artifact.id)
        ? execution
        : { ...execution, artifacts: [...execution.artifacts, event.artifact] };
    case 'execution.finished':
      return finished(execution, event.result);
    case 'error.analyzed':
      return { ...execution, analysis: event.analysis };
  }
}

/** What was kept of an execution stands for what was streamed; both may hold artifacts. */
export function finished(
  execution: IExecutionState,
  result: ExecutionResult
): IExecutionState {
  const known = new Set(result.artifacts.map(a => a.id));
  return {
    ...execution,
    status: result.success ? 'succeeded' : 'failed',
    result,
    output: execution.output.length ? execution.output : outputOf(result),
    artifacts: [...execution.artifacts.filter(a => !known.has(a.id)), ...result.artifacts]
  };
}

function outputOf(result: ExecutionResult): IOutput[] {
  const both: IOutput[] = [
    { stream: 'stdout', text: result.stdout },
    { stream: 'stderr', text: result.stderr }
  ];
  return both.filter(o => o.text);
}

function appendOutput(output: IOutput[], { stream, text }: IOutput): IOutput[] {
  const last = output[output.length - 1];
  return last?.stream === stream
    ? [...output.slice(0, -1), { stream, text: last.text + text }]
    : [...output, { stream, text }];
}

function replacement(event: Extract<RunEvent, { type: 'sandbox.replaced' }>): string {
  const restored = event.restored.length
    ? ` Back again: ${event.restored.join(', ')}.`
    : '';
  const lost = event.lost.length ? ` Gone: ${event.lost.join(', ')}.` : '';
  return `The sandbox was replaced (${event.reason}).${restored}${lost}`;
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
