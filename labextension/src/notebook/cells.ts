import type { IDisplayData, IMimeBundle, IOutput, IStream } from '@jupyterlab/nbformat';
import type { PartialJSONObject } from '@lumino/coreutils';

import type { Artifact, IImageContent, ITableContent, SavedCodes } from '../api/types';
import { cell, count } from '../model/format';
import type { IExecutionState } from '../model/execution';
import { type IRunState, keptExecutions } from '../model/run';
import { neutralFigure } from '../model/figure';
import { PLOTLY_MIME, safeFigure } from '../safety/figure';
import { escapeAnswer, escapeInline } from '../safety/markdown';

export const TABLE_MIME = 'application/vnd.datalens.table+json';
export const TAG = 'datalens';
const IMAGES = new Set(['image/png', 'image/jpeg']);
const TABLE_TEXT_ROWS = 20;

export interface ICellContext {
  version: string;
  sessionId: string;
  /** Pictures of charts that were drawn: artifact id to base64 PNG. */
  pictures: ReadonlyMap<string, string>;
}

/** A type, not an interface: only those fit the index signatures of the notebook format. */
export type DataLensCell = {
  cell_type: 'code' | 'markdown';
  source: string;
  metadata: PartialJSONObject;
  outputs?: IOutput[];
};

/** A run as cells; `code` false leaves the code cells out (not a Python notebook). */
export function cellsOf(
  run: IRunState,
  context: ICellContext,
  code: boolean
): DataLensCell[] {
  const cells: DataLensCell[] = [];
  if (run.query !== null) {
    cells.push({
      cell_type: 'markdown',
      source: markdownOf(run),
      metadata: metadataOf(run, context)
    });
  }
  if (code) {
    cells.push(...keptExecutions(run).map(e => codeCell(run, e, context)));
  }
  return cells;
}

/** The run with its code as it is saved: an execution of which that is not known is left out. */
export function savedAs(run: IRunState, { executions }: SavedCodes): IRunState {
  const saved = new Map(executions.map(e => [e.execution_id, e]));
  return {
    ...run,
    executions: run.executions.flatMap(e => {
      const held = saved.get(e.id);
      return held ? [{ ...e, code: held.code, sha256: held.sha256 }] : [];
    })
  };
}

/** Whether cells of a run are there already, by the metadata of a notebook's cells. */
export function holdsRun(metadata: Iterable<PartialJSONObject>, runId: string): boolean {
  for (const item of metadata) {
    const mark = item.datalens as PartialJSONObject | undefined;
    if (mark?.run_id === runId) {
      return true;
    }
  }
  return false;
}

function markdownOf(run: IRunState): string {
  const parts = [`## ${escapeInline(run.query ?? '')}`, escapeAnswer(outcome(run))];
  if (run.plan) {
    parts.push(
      run.plan.steps.map((step, n) => `${n + 1}. ${escapeInline(step)}`).join('\n')
    );
  }
  if (run.assumptions.length) {
    const list = run.assumptions.map(a => `- ${escapeInline(a)}`);
    parts.push(['Assumptions:', '', ...list].join('\n'));
  }
  return parts.filter(Boolean).join('\n\n');
}

function outcome(run: IRunState): string {
  if (run.answer) {
    return run.answer;
  }
  if (run.status === 'cancelled') {
    return 'Stopped before there was an answer.';
  }
  return run.error?.message ?? '';
}

function metadataOf(
  run: IRunState,
  context: ICellContext,
  extra: PartialJSONObject = {}
): PartialJSONObject {
  return {
    editable: false,
    deletable: false,
    tags: [TAG],
    datalens: {
      version: context.version,
      session_id: context.sessionId,
      run_id: run.id,
      ...extra
    }
  };
}

function codeCell(
  run: IRunState,
  execution: IExecutionState,
  context: ICellContext
): DataLensCell {
  const { step, sha256, code } = execution;
  const first = `%%datalens run --session ${context.sessionId} --step ${step} --sha256 ${sha256}`;
  return {
    cell_type: 'code',
    source: `${first}\n${code}`,
    metadata: metadataOf(run, context, { step, sha256 }),
    outputs: outputsOf(execution, context.pictures)
  };
}

export function outputsOf(
  execution: IExecutionState,
  pictures: ReadonlyMap<string, string>
): IOutput[] {
  const streams: IStream[] = execution.output.map(({ stream, text }) => ({
    output_type: 'stream',
    name: stream,
    text
  }));
  const shown = execution.artifacts.flatMap((artifact): IOutput[] => {
    const data = bundleOf(artifact, pictures);
    const display: IDisplayData = {
      output_type: 'display_data',
      data: data ?? {},
      metadata: {}
    };
    return data ? [display] : [];
  });
  return [...streams, ...shown];
}

/**
 * Outputs with a PNG beside each plotly figure that has none; the same array if nothing is missing.
 * The n-th figure of the outputs is the n-th chart of the execution.
 */
export function withPictures(
  outputs: IOutput[],
  execution: IExecutionState,
  pictures: ReadonlyMap<string, string>
): IOutput[] {
  const charts = execution.artifacts.filter(a => a.type === 'chart');
  let place = 0;
  let changed = false;
  const after = outputs.map(output => {
    const data = output.data as IMimeBundle | undefined;
    if (output.output_type !== 'display_data' || !data?.[PLOTLY_MIME]) {
      return output;
    }
    const png = pictures.get(charts[place++]?.id ?? '');
    if (!png || data['image/png']) {
      return output;
    }
    changed = true;
    return { ...output, data: { ...data, 'image/png': png } };
  });
  return changed ? after : outputs;
}

/** The MIME bundle of an artifact: allowed types only, always with text; null for none. */
export function bundleOf(
  artifact: Artifact,
  pictures: ReadonlyMap<string, string>
): IMimeBundle | null {
  const title = artifact.metadata.title;
  switch (artifact.type) {
    case 'chart': {
      const figure = safeFigure(artifact.content);
      const png = pictures.get(artifact.id);
      return figure
        ? {
            [PLOTLY_MIME]: neutralFigure(figure) as unknown as PartialJSONObject,
            ...(png ? { 'image/png': png } : {}),
            'text/plain': title ? `Chart: ${title}` : 'Chart'
          }
        : null;
    }
    case 'table': {
      const table = artifact.content as ITableContent;
      return {
        [TABLE_MIME]: { ...table } as PartialJSONObject,
        'text/plain': plainTable(table)
      };
    }
    case 'image': {
      const { mime, data } = artifact.content as IImageContent;
      return IMAGES.has(mime)
        ? { [mime]: data, 'text/plain': title ? `Image: ${title}` : 'Image' }
        : null;
    }
    case 'error': {
      const { name, value } = artifact.content as { name: string; value: string };
      return { 'text/plain': `${name}: ${value}` };
    }
    case 'code':
      return null;
  }
}

/** A table as text, for readers that know no better. */
export function plainTable({ columns, rows, row_count }: ITableContent): string {
  const shown = [columns, ...rows.slice(0, TABLE_TEXT_ROWS)].map(row => row.map(cell));
  const widths = columns.map((_, i) =>
    Math.max(...shown.map(row => (row[i] ?? '').length))
  );
  const text = shown.map(row => row.map((v, i) => v.padStart(widths[i] ?? 0)).join('  '));
  const more = row_count - (shown.length - 1);
  return [...text, ...(more > 0 ? [`… ${count(more)} more rows`] : [])].join('\n');
}
