import React from 'react';

import type { DatasetStatistics } from '../api/types';
import { count } from '../model/format';
import { kindWord } from '../model/reading';
import { commonValues, rangeOf, valuesOf } from '../model/statistics';

interface IWholeFileProps {
  statistics: DatasetStatistics;
  /** With types, and ranges and common values side by side, where there is room. */
  detailed?: boolean;
}

/** Exact figures of a whole file, a row for each column. */
export function WholeFile({ statistics, detailed }: IWholeFileProps): JSX.Element {
  return (
    <div
      className="dl-table-scroll dl-short"
      tabIndex={0}
      role="region"
      aria-label="Figures of the whole file"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            {detailed && <th scope="col">Type</th>}
            <th scope="col" className="dl-number">
              Missing
            </th>
            <th scope="col" className="dl-number">
              Distinct
            </th>
            {detailed ? (
              <>
                <th scope="col">Range</th>
                <th scope="col">Most common</th>
              </>
            ) : (
              <th scope="col" className="dl-values">
                Values
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {statistics.columns.map((column, index) => (
            <tr key={index}>
              <th scope="row" title={column.name}>
                {column.name}
              </th>
              {detailed && <td title={column.dtype}>{kindWord(column.dtype)}</td>}
              <td className="dl-number">{count(column.null_count)}</td>
              <td className="dl-number">
                {column.unique_count === null ? '' : count(column.unique_count)}
              </td>
              {(detailed ? [rangeOf, commonValues] : [valuesOf]).map((words, i) => (
                <td
                  key={i}
                  className={detailed ? undefined : 'dl-values'}
                  title={words(column)}
                >
                  {words(column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
