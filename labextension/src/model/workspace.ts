import type { Artifact } from '../api/types';
import type { ITab } from './evidence';
import { count } from './format';
import type { IExecutionState } from './execution';
import { artifactsOf, type IRunState, keptExecutions } from './run';

/** Code, each chart by its own name, tables, logs and the data that they came from. */
export type WorkspaceTabName = 'code' | `chart-${string}` | 'tables' | 'logs' | 'data';

/** The workspace's tabs: what a run made, then the data it was made from. */
export function workspaceTabs(
  run: IRunState | null,
  datasets: number
): ITab<WorkspaceTabName>[] {
  const tabs: ITab<WorkspaceTabName>[] = [];
  if (run?.executions.length) {
    tabs.push({ name: 'code', label: 'Code' });
    picturesOf(run).forEach((artifact, index) =>
      tabs.push({ name: tabOf(artifact), label: chartTitle(artifact, index) })
    );
    const tables = artifactsOf(run, 'table').length;
    if (tables) {
      tabs.push({ name: 'tables', label: `Tables ${count(tables)}` });
    }
    tabs.push({ name: 'logs', label: 'Logs' });
  }
  if (datasets) {
    tabs.push({ name: 'data', label: datasets > 1 ? `Data ${count(datasets)}` : 'Data' });
  }
  return tabs;
}

/** What is looked at: interactive charts first, then pictures drawn by the code. */
export function picturesOf(run: IRunState): Artifact[] {
  return [...artifactsOf(run, 'chart'), ...artifactsOf(run, 'image')];
}

export function tabOf(artifact: Artifact): WorkspaceTabName {
  return `chart-${artifact.id}`;
}

export function chartTitle(artifact: Artifact, index: number): string {
  return artifact.metadata.title || `Chart ${index + 1}`;
}

/** The execution whose code made an artifact. */
export function makerOf(run: IRunState, artifact: Artifact): IExecutionState | undefined {
  return keptExecutions(run).find(e => e.artifacts.some(a => a.id === artifact.id));
}

/** Executions by what they tried: each list is one piece of work, its attempts in order. */
export function attemptsOf(run: IRunState): IExecutionState[][] {
  const chains: IExecutionState[][] = [];
  for (const execution of run.executions) {
    const chain = chains.find(c => c.some(e => e.id === execution.retries));
    if (chain) {
      chain.push(execution);
    } else {
      chains.push([execution]);
    }
  }
  return chains;
}
