import fc from 'fast-check';

import type { IExecutionState } from '../model/execution';
import { newRun } from '../model/run';
import {
  bundleOf,
  cellsOf,
  holdsRun,
  outputsOf,
  plainTable,
  savedAs,
  withPictures
} from '../notebook/cells';
import { chart } from './events';

const CONTEXT = { version: '0.1.0', sessionId: 's', pictures: new Map([['c', 'AAAA']]) };
const EXECUTION: IExecutionState = {
  id: 'e',
  step: 3,
  attempt: 1,
  retries: null,
  origin: 'agent',
  code: 'import pandas as pd\ndf.head()',
  sha256: 'f'.repeat(64),
  status: 'succeeded',
  output: [{ stream: 'stdout', text: 'hello\n' }],
  artifacts: [chart('c', 'By region')],
  result: null,
  analysis: null
};
const RUN = {
  ...newRun('r', 'average by region', '2026-11-23T12:00:00Z'),
  status: 'completed' as const,
  answer: 'West leads.',
  plan: {
    steps: ['Group', 'Draw'],
    estimated_complexity: 'low',
    required_libraries: [],
    outputs: []
  },
  executions: [EXECUTION]
};

describe('a run in the notebook', () => {
  const [markdown, code] = cellsOf(RUN, CONTEXT, true);

  it('is a question with its answer and plan, then its code', () => {
    expect(markdown.source).toBe(
      '## average by region\n\nWest leads\\.\n\n1. Group\n2. Draw'.replace('\\.', '.')
    );
    expect(code.source).toBe(
      `%%datalens run --session s --step 3 --sha256 ${'f'.repeat(64)}\n${EXECUTION.code}`
    );
  });

  it('is read-only, marked, and never trusted', () => {
    for (const cell of [markdown, code]) {
      expect(cell.metadata).toMatchObject({
        editable: false,
        deletable: false,
        tags: ['datalens']
      });
      expect(cell.metadata).not.toHaveProperty('trusted');
      expect(holdsRun([{}, cell.metadata], 'r')).toBe(true);
      expect(holdsRun([{}, cell.metadata], 'another')).toBe(false);
    }
    expect(code.metadata.datalens).toEqual({
      version: '0.1.0',
      session_id: 's',
      run_id: 'r',
      step: 3,
      sha256: 'f'.repeat(64)
    });
  });

  it('holds code as it is saved, and none of which that is not known', () => {
    const saved = {
      execution_id: 'e',
      code: "df['<COLUMN_NAME_1>']",
      sha256: 'a'.repeat(64)
    };
    const kept = (executions: (typeof saved)[]) =>
      cellsOf(savedAs(RUN, { run_id: 'r', executions }), CONTEXT, true);
    expect(kept([saved])[1].source).toBe(
      `%%datalens run --session s --step 3 --sha256 ${saved.sha256}\n${saved.code}`
    );
    expect(kept([])).toHaveLength(1);
  });

  it('holds no code where another kernel might run it', () => {
    expect(cellsOf(RUN, CONTEXT, false).map(cell => cell.cell_type)).toEqual([
      'markdown'
    ]);
  });

  it('keeps a chart as figure, picture and words', () => {
    const [stream, display] = outputsOf(EXECUTION, CONTEXT.pictures);
    expect(stream).toEqual({ output_type: 'stream', name: 'stdout', text: 'hello\n' });
    expect(Object.keys(display.data as object).sort()).toEqual([
      'application/vnd.plotly.v1+json',
      'image/png',
      'text/plain'
    ]);
  });

  it('holds allowed types only, whatever the code made', () => {
    const allowed =
      /^(application\/vnd\.(plotly\.v1|datalens\.table)\+json|image\/(png|jpeg)|text\/plain)$/;
    const mime = fc.oneof(
      fc.string(),
      fc.constantFrom('text/html', 'image/svg+xml', 'image/png')
    );
    fc.assert(
      fc.property(mime, fc.string(), (type, data) => {
        const content = { mime: type, data };
        const metadata = { execution_id: null, title: '' };
        const bundle = bundleOf({ id: 'i', type: 'image', content, metadata }, new Map());
        for (const key of Object.keys(bundle ?? {})) {
          expect(key).toMatch(allowed);
        }
      })
    );
  });

  it('says in words what a table holds', () => {
    const rows = [
      ['West', 4210],
      ['South', null]
    ];
    const table = { columns: ['region', 'mean'], rows, row_count: 12 };
    expect(plainTable(table)).toBe(
      'region  mean\n  West  4210\n South      \n… 10 more rows'
    );
  });
});

describe('pictures that come after the cells', () => {
  const inserted = outputsOf(EXECUTION, new Map());

  it('stand beside the figure they were drawn from', () => {
    const after = withPictures(inserted, EXECUTION, new Map([['c', 'AAAA']]));
    expect(after).toEqual(outputsOf(EXECUTION, new Map([['c', 'AAAA']])));
  });

  it('change nothing where there is one already, or none was drawn', () => {
    const drawn = outputsOf(EXECUTION, new Map([['c', 'BBBB']]));
    expect(withPictures(drawn, EXECUTION, new Map([['c', 'AAAA']]))).toBe(drawn);
    expect(withPictures(inserted, EXECUTION, new Map())).toBe(inserted);
  });
});
