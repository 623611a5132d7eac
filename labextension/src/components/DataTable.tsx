import React, { useState } from 'react';

import type { ITableContent } from '../api/types';
import { count, readable } from '../model/format';

const FEW = 8;

interface IDataTableProps {
  table: ITableContent;
  /** What it is a table of. */
  label?: string;
  /** The rows that are shown before all are asked for. */
  few?: number;
}

/** A result table: text only, numbers to the right. */
export function DataTable(props: IDataTableProps): JSX.Element {
  const { table, label = 'Result table', few = FEW } = props;
  const [all, setAll] = useState(false);
  const rows = all ? table.rows : table.rows.slice(0, few);
  return (
    <div className="dl-table">
      <div className="dl-table-scroll" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {table.columns.map((name, i) => (
                <th
                  key={i}
                  scope="col"
                  title={name}
                  className={
                    typeof table.rows[0]?.[i] === 'number' ? 'dl-number' : undefined
                  }
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((value, j) => (
                  <td
                    key={j}
                    className={typeof value === 'number' ? 'dl-number' : undefined}
                  >
                    {readable(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.rows.length > few && (
        <button type="button" className="dl-link" onClick={() => setAll(!all)}>
          {all ? 'Show fewer rows' : `Show ${count(table.rows.length)} rows`}
        </button>
      )}
      {table.row_count > table.rows.length && (
        <span className="dl-muted"> of {count(table.row_count)}</span>
      )}
    </div>
  );
}
