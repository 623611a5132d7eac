import type { IErrorContent } from '../api/types';
import type { IExecutionState, IOutput } from './execution';
import { type IRunState } from './run';

const SHOWN_CHARACTERS = 200_000;

/** What one execution printed, and what it is called where there are several. */
export interface ILog {
  id: string;
  title: string | null;
  output: IOutput[];
}

/** The output of a run, an entry for each execution that printed something. */
export function logsOf(run: IRunState, search = ''): ILog[] {
  const several = run.executions.length > 1;
  const logs = run.executions.map(execution => ({
    id: execution.id,
    title: several ? `Step ${execution.step}` : null,
    output: outputOf(execution)
  }));
  return capped(logs)
    .map(log => ({ ...log, output: matching(log.output, search) }))
    .filter(log => log.output.length > 0);
}

function outputOf(execution: IExecutionState): IOutput[] {
  const errors = execution.artifacts
    .filter(artifact => artifact.type === 'error')
    .map((artifact): IOutput => {
      const { name, value, traceback } = artifact.content as IErrorContent;
      return { stream: 'stderr', text: `${traceback || `${name}: ${value}`}\n` };
    });
  return [...execution.output, ...errors];
}

/** The end of a flood is what people look for. */
function capped(logs: ILog[]): ILog[] {
  let left = SHOWN_CHARACTERS;
  const endOf = ({ stream, text }: IOutput): IOutput => {
    const kept = left > 0 ? text.slice(-left) : '';
    left -= kept.length;
    return { stream, text: kept };
  };
  return [...logs]
    .reverse()
    .map(log => ({ ...log, output: [...log.output].reverse().map(endOf).reverse() }))
    .reverse();
}

function matching(output: IOutput[], search: string): IOutput[] {
  const wanted = search.toLowerCase();
  return output
    .map(({ stream, text }) => ({
      stream,
      text: wanted
        ? text
            .split(/(?<=\n)/)
            .filter(line => line.toLowerCase().includes(wanted))
            .join('')
        : text
    }))
    .filter(({ text }) => text);
}
