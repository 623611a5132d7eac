import type { CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { PartialJSONObject } from '@lumino/coreutils';

import { cellsOf, holdsRun, type ICellContext, withPictures } from './cells';
import type { IRunState } from '../model/run';

/**
 * Adds a run to a notebook as read-only cells, once, in a way that Ctrl+Z does not undo.
 * Code goes only into Python notebooks: another kernel might run the body.
 */
export function insertRun(
  panel: NotebookPanel,
  run: IRunState,
  context: ICellContext
): boolean {
  const notebook = panel.content;
  const model = notebook.model;
  if (!model || model.readOnly || holdsRun(cellMetadata(panel), run.id)) {
    return false;
  }
  const cells = cellsOf(run, context, isPython(panel));
  if (!cells.length) {
    return false;
  }
  const index = placeFor(panel);
  const shared = model.sharedModel;
  shared.transact(() => {
    shared.insertCells(index, cells);
  }, false);
  return true;
}

/** Puts the pictures of a run's charts beside those of its charts that have none yet. */
export function insertPictures(
  panel: NotebookPanel,
  run: IRunState,
  pictures: ReadonlyMap<string, string>
): void {
  const shared = panel.content.model?.sharedModel;
  for (const { model } of panel.content.widgets) {
    const mark = model.getMetadata('datalens') as PartialJSONObject | undefined;
    if (model.type !== 'code' || mark?.run_id !== run.id) {
      continue;
    }
    const code = (model as ICodeCellModel).sharedModel;
    const execution = run.executions.find(
      e => e.step === mark.step && e.sha256 === mark.sha256
    );
    const before = code.getOutputs();
    const after = execution ? withPictures(before, execution, pictures) : before;
    if (after !== before) {
      shared?.transact(() => code.setOutputs(after), false);
    }
  }
}

export function* cellMetadata(panel: NotebookPanel): Iterable<PartialJSONObject> {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  for (const cell of cells) {
    yield cell.getMetadata() as PartialJSONObject;
  }
}

/** Below the active cell and whatever of ours follows it; above it if it is empty. */
function placeFor(panel: NotebookPanel): number {
  const notebook = panel.content;
  const active = notebook.activeCell;
  const widgets = notebook.widgets;
  if (!active) {
    return widgets.length;
  }
  if (active.model.type === 'code' && !active.model.sharedModel.getSource().trim()) {
    const outputs = (active as CodeCell).model.outputs;
    if (outputs.length === 0) {
      return notebook.activeCellIndex;
    }
  }
  let index = notebook.activeCellIndex + 1;
  while (index < widgets.length && widgets[index].model.getMetadata('datalens')) {
    index += 1;
  }
  return index;
}

/** By its language, or, before a kernel has said one, by the kernel that it asks for. */
export function isPython(panel: NotebookPanel): boolean {
  const metadata = panel.content.model?.sharedModel.metadata;
  const { language_info: info, kernelspec } = metadata ?? {};
  const language = info?.name || kernelspec?.language;
  if (typeof language === 'string' && language) {
    return language.toLowerCase() === 'python';
  }
  const name = kernelspec?.name || panel.sessionContext.kernelPreference.name;
  return /^python\d*$/i.test(String(name ?? ''));
}
