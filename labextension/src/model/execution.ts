import type { Artifact, ErrorAnalysis, ExecutionResult, RunEvent } from '../api/types';

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

export type ExecutionEvent = Extract<RunEvent, { execution_id: string }>;

export function newExecution(event: ExecutionEvent): IExecutionState {
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

/** The execution after one more event of its own. Pure. */
export function applyToExecution(
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
