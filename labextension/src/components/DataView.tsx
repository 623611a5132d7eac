import React from 'react';

import type { Dataset } from '../api/types';
import { count, fileSize } from '../model/format';
import { notesOf } from '../model/statistics';
import { ColumnTable } from './ColumnTable';
import { DataTable } from './DataTable';
import { WholeFile } from './WholeFile';

/** The data sets of a session: their columns and first rows. */
export function DataView({ datasets }: { datasets: Dataset[] }): JSX.Element {
  return (
    <>
      {datasets.map(dataset => {
        const { columns, row_count, sample_data } = dataset.dataset_schema;
        const names = columns.map(column => column.name);
        return (
          <section key={dataset.id} className="dl-data">
            <h3>
              {dataset.name}{' '}
              <span className="dl-muted">
                {count(row_count)} rows × {count(columns.length)} columns ·{' '}
                {fileSize(dataset.size_bytes)} · <code>{dataset.variable}</code> in code
              </span>
            </h3>
            {notesOf(dataset).map((note, index) => (
              <p key={index} className="dl-warn">
                {note}
              </p>
            ))}
            {dataset.statistics && (
              <>
                <p className="dl-muted">Of the whole file:</p>
                <WholeFile statistics={dataset.statistics} detailed />
              </>
            )}
            <p className="dl-muted">
              Types, empty cells and distinct values of the first rows only:
            </p>
            <ColumnTable dataset={dataset} detailed />
            <DataTable
              label={`First rows of ${dataset.name}`}
              table={{ columns: names, rows: sample_data, row_count: sample_data.length }}
            />
          </section>
        );
      })}
    </>
  );
}
