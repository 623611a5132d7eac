import type { ColumnStatistics, Dataset, DatasetStatistics } from '../api/types';
import { count, plural, readable } from './format';
import { kindWord } from './reading';

/** The whole file in a line: what a person would want to know before asking. */
export function statisticsSummary(statistics: DatasetStatistics): string {
  const { row_count, columns, key_candidates } = statistics;
  const gaps = columns.filter(column => column.null_count > 0).length;
  const parts = [plural(row_count, 'row')];
  parts.push(gaps ? `${plural(gaps, 'column')} with gaps` : 'no gaps');
  const key = key_candidates.find(name => namesRows(name, columns));
  if (key !== undefined) {
    parts.push(`key: ${key}`);
  }
  return parts.join(' · ');
}

/** Distinct numbers may be chance, a population for one, unless they are called what names a row. */
function namesRows(name: string, columns: ColumnStatistics[]): boolean {
  const dtype = columns.find(column => column.name === name)?.dtype ?? '';
  return (
    kindWord(dtype) !== 'number' || /(^|[^a-z])(id|key|code|no|nr|number)$/i.test(name)
  );
}

/** Least to greatest, and the mean; empty where values have no order. */
export function rangeOf({ min_value, max_value, mean }: ColumnStatistics): string {
  if (min_value === null || max_value === null) {
    return '';
  }
  const range =
    min_value === max_value
      ? readable(min_value)
      : `${readable(min_value)} – ${readable(max_value)}`;
  return mean === null
    ? range
    : `${range}, mean ${readable(Number(mean.toPrecision(4)))}`;
}

export function commonValues({ is_key, top_values }: ColumnStatistics): string {
  return is_key
    ? 'each only once'
    : top_values.map(top => `${readable(top.value)} (${count(top.count)})`).join(', ');
}

/** What a column holds, in a few words: its range, or its commonest values where there is none. */
export function valuesOf(column: ColumnStatistics): string {
  return rangeOf(column) || commonValues(column);
}

/** What is odd about a data set: what reading it showed, then what all of it shows. */
export function notesOf({ warnings, statistics }: Dataset): string[] {
  return [...warnings, ...(statistics?.warnings ?? [])];
}
