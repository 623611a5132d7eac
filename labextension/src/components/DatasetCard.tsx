import {
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  spreadsheetIcon
} from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import type { Dataset } from '../api/types';
import { count, fileSize, plural } from '../model/format';
import { ColumnTable } from './ColumnTable';

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
          {count(row_count)}
          <span className="dl-wide">{row_count === 1 ? ' row' : ' rows'}</span> ×{' '}
          {count(columns.length)}
          <span className="dl-wide">{columns.length === 1 ? ' column' : ' columns'}</span>
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
          <ColumnTable dataset={dataset} />
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
