import React from 'react';

import type { Dataset } from '../api/types';
import { cell, count } from '../model/format';

interface IColumnTableProps {
  dataset: Dataset;
  /** With what is known of the values beyond the first few. */
  detailed?: boolean;
}

/** The columns of a data set. Values, empties and counts are of the sample, not of the file. */
export function ColumnTable({ dataset, detailed }: IColumnTableProps): JSX.Element {
  return (
    <div className="dl-table-scroll" tabIndex={0} role="region" aria-label="Columns">
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            {detailed && (
              <>
                <th scope="col" className="dl-number">
                  Empty
                </th>
                <th scope="col" className="dl-number">
                  Distinct
                </th>
              </>
            )}
            <th scope="col">First values</th>
          </tr>
        </thead>
        <tbody>
          {dataset.dataset_schema.columns.map(column => (
            <tr key={column.name}>
              <td title={column.name}>{column.name}</td>
              <td className="dl-muted">{column.dtype}</td>
              {detailed && (
                <>
                  <td className="dl-muted dl-number">{count(column.null_count)}</td>
                  <td className="dl-muted dl-number">{count(column.unique_count)}</td>
                </>
              )}
              <td className="dl-muted">
                {column.sample_values.map(cell).filter(Boolean).slice(0, 3).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
