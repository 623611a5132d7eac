import {
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  spreadsheetIcon
} from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import type { Dataset } from '../api/types';
import { cell, count, fileSize, plural } from '../model/format';

/** A data set: its name and size; opened, its columns and what is odd about them. */
export function DatasetCard({ dataset }: { dataset: Dataset }): JSX.Element {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { columns, row_count } = dataset.dataset_schema;
  const Caret = open ? caretUpEmptyThinIcon : caretDownEmptyThinIcon;
  return (
    <section
      className="dl-dataset"
      data-testid="datalens-dataset"
      aria-label={dataset.name}
    >
      <button
        type="button"
        className="dl-dataset-head"
        aria-expanded={open}
        aria-controls={id}
        title={`${dataset.name}, ${fileSize(dataset.size_bytes)}; in code it is ${dataset.variable}`}
        onClick={() => setOpen(!open)}
      >
        <spreadsheetIcon.react tag="span" width="16px" height="16px" />
        <span className="dl-dataset-name">{dataset.name}</span>
        <span className="dl-muted">
          {plural(row_count, 'row')} × {plural(columns.length, 'column')}
        </span>
        {dataset.warnings.length > 0 && (
          <span className="dl-warn">{plural(dataset.warnings.length, 'note')}</span>
        )}
        <Caret.react tag="span" width="16px" height="16px" className="dl-caret" />
      </button>
      {open && (
        <div id={id} className="dl-dataset-body">
          {dataset.warnings.map((warning, i) => (
            <p key={i} className="dl-warn">
              {warning}
            </p>
          ))}
          <div
            className="dl-table-scroll"
            tabIndex={0}
            role="region"
            aria-label="Columns"
          >
            <table>
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Type</th>
                  <th scope="col">First values</th>
                </tr>
              </thead>
              <tbody>
                {columns.map(column => (
                  <tr key={column.name}>
                    <td title={column.name}>{column.name}</td>
                    <td className="dl-muted">{column.dtype}</td>
                    <td className="dl-muted">
                      {column.sample_values
                        .map(cell)
                        .filter(Boolean)
                        .slice(0, 3)
                        .join(', ')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="dl-muted">
            {fileSize(dataset.size_bytes)} · {count(row_count)} rows ·{' '}
            <code>{dataset.variable}</code> in code. Types and values are of the first
            five rows.
          </p>
        </div>
      )}
    </section>
  );
}
