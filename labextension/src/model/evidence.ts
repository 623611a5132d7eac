import { count, duration, lines, plural } from './format';
import { artifactsOf, executionSeconds, type IRunState, keptExecutions } from './run';

/** A tab: what it is called, and how much there is behind it. */
export interface ITab<Name extends string = string> {
  name: Name;
  label: string;
}

export type EvidenceName = 'code' | 'charts' | 'logs';

/** The tabs of an answer, named by what was made: Code, Charts, Logs. */
export function evidenceTabs(run: IRunState): ITab<EvidenceName>[] {
  if (!run.executions.length) {
    return [];
  }
  const charts = artifactsOf(run, 'chart').length;
  const tabs: ITab<EvidenceName>[] = [{ name: 'code', label: `Code ${codeLines(run)}` }];
  if (charts) {
    tabs.push({ name: 'charts', label: `Charts ${count(charts)}` });
  }
  const seconds = executionSeconds(run);
  tabs.push({ name: 'logs', label: seconds > 0 ? `Logs ${duration(seconds)}` : 'Logs' });
  return tabs;
}

export function codeLines(run: IRunState): string {
  return plural(
    keptExecutions(run).reduce((sum, e) => sum + lines(e.code), 0),
    'line'
  );
}
