import type { ColumnInfo, Dataset } from '../api/types';

const MEASURE = /^(u?int|float|decimal)/i;
const DATE = /date|time/i;

/** Three questions of this data, for when no profile of it is at hand (an older session). */
export function suggestionsFor(dataset: Dataset): string[] {
  const columns = dataset.dataset_schema.columns;
  const measure = columns.find(isMeasure);
  const date = columns.find(c => DATE.test(c.dtype) || DATE.test(c.name));
  const category = columns.find(c => !isMeasure(c) && c !== date && c.unique_count > 1);
  const found: string[] = [];
  if (measure && category) {
    found.push(`Average ${measure.name} by ${category.name}`);
  }
  if (measure && date && date !== measure) {
    found.push(`Trend of ${measure.name} over ${date.name}`);
  }
  if (measure) {
    found.push(`Distribution of ${measure.name}`);
  }
  found.push('Missing values by column', 'Describe the data');
  return found.slice(0, 3);
}

function isMeasure(column: ColumnInfo): boolean {
  return MEASURE.test(column.dtype) && !/(^|_)id$/i.test(column.name);
}
