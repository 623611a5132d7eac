import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { ITableContent } from '../api/types';
import { DataTable } from '../components/DataTable';
import { TABLE_MIME } from '../notebook/cells';

/** Draws result tables in notebooks: text only. */
class TableRenderer extends ReactWidget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('dl-rendered-table');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const value = model.data[TABLE_MIME] as unknown;
    this._table = isTable(value) ? value : null;
    this.update();
    await this.renderPromise;
  }

  protected render(): JSX.Element {
    return this._table ? <DataTable table={this._table} /> : <p>This is not a table.</p>;
  }

  private _table: ITableContent | null = null;
}

function isTable(value: unknown): value is ITableContent {
  const table = value as Partial<ITableContent> | null;
  return (
    Array.isArray(table?.columns) &&
    Array.isArray(table.rows) &&
    table.rows.every(row => Array.isArray(row))
  );
}

export const tablePlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:table',
  description: 'Draws the result tables of DataLens.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (_: JupyterFrontEnd, rendermime: IRenderMimeRegistry): void => {
    rendermime.addFactory(
      { safe: true, mimeTypes: [TABLE_MIME], createRenderer: () => new TableRenderer() },
      0
    );
  }
};
