import type { Dataset, LoadPlan, PlanChange } from '../api/types';
import { NOTHING_DECIDED } from '../model/reading';

/** A plan as the server sends it, with what a test is about. */
export function plan(fields: Partial<LoadPlan> = {}): LoadPlan {
  return {
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    quotechar: '"',
    escapechar: '',
    skip_initial_space: false,
    line_end: '',
    lines: 'delimited',
    cuts: [],
    fill_down: [],
    header_row: 0,
    header_lines: 1,
    skip_rows: [],
    names: null,
    columns: null,
    rows: null,
    drop_empty_rows: false,
    sheet: null,
    engine: null,
    text_columns: [],
    dates: {},
    numbers: {},
    padded: [],
    na_values: [],
    ...fields
  };
}

export function dataset(fields: Partial<Dataset> = {}): Dataset {
  return {
    id: 'd',
    name: 'orders.csv',
    variable: 'df',
    size_bytes: 10,
    sha256: '',
    plan: plan(),
    dataset_schema: { columns: [], row_count: 0, sample_data: [] },
    warnings: [],
    sheets: [],
    changes: NOTHING_DECIDED,
    statistics: null,
    privacy: {
      columns: {},
      agreed: false,
      project: {
        columns: {},
        schema_only: false,
        local_only: false,
        pause: false,
        entities: [],
        patterns: [],
        deny: [],
        phone_regions: [],
        allow: [],
        notices: []
      }
    },
    ...fields
  };
}

export function decided(fields: Partial<PlanChange>): PlanChange {
  return { ...NOTHING_DECIDED, ...fields };
}
