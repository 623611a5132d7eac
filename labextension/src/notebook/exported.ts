import type { NotebookPanel } from '@jupyterlab/notebook';
import type { PartialJSONObject } from '@lumino/coreutils';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The session that a notebook was exported from, by its metadata; null for any other notebook. */
export function exportedFrom(panel: NotebookPanel): string | null {
  const mark = panel.content.model?.sharedModel.getMetadata('datalens') as unknown;
  const id = (mark as PartialJSONObject | null | undefined)?.session_id;
  return typeof id === 'string' && ID.test(id) ? id : null;
}
