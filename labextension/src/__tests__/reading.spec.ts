import {
  decisions,
  differences,
  headerWord,
  kindWord,
  otherSheet,
  readingSummary,
  withType
} from '../model/reading';
import { commonValues, notesOf, rangeOf, statisticsSummary } from '../model/statistics';
import { dataset, decided, plan } from './datasets';

describe('how a file is read', () => {
  it('is said in a line, with lines counted as people count them', () => {
    expect(readingSummary(dataset())).toBe('UTF-8 · comma · names in line 1');
    const odd = plan({ encoding: 'cp1252', delimiter: '\t', header_row: null });
    expect(readingSummary(dataset({ plan: odd }))).toBe(
      'Western European · tab · no names'
    );
    const book = plan({ format: 'xlsx', sheet: 'March', header_row: 3, header_lines: 2 });
    expect(readingSummary(dataset({ plan: book }))).toBe(
      'sheet March · names in rows 4 to 5'
    );
    expect(headerWord(plan({ header_row: 4 }))).toBe('Line 5');
    const aligned = plan({ lines: 'fixed', cuts: [0, 9] });
    expect(readingSummary(dataset({ plan: aligned }))).toBe(
      'UTF-8 · aligned by spaces · names in line 1'
    );
  });

  it('says how much of it was decided by the user', () => {
    const changes = decided({ delimiter: ';', types: { zip: 'text', day: 'date' } });
    expect(decisions(changes)).toBe(3);
    expect(readingSummary(dataset({ changes }))).toContain('3 choices of yours');
  });

  it('names types as people do, whatever pandas calls them', () => {
    const words = ['int64', 'Float64', 'datetime64[ns, UTC]', 'bool', 'str', 'object'];
    expect(words.map(kindWord)).toEqual([
      'number',
      'number',
      'date',
      'yes or no',
      'text',
      'text'
    ]);
  });

  it('is decided column by column, and taken back', () => {
    const one = withType(decided({ encoding: 'cp1252' }), 'zip', 'text');
    expect(one).toMatchObject({ encoding: 'cp1252', types: { zip: 'text' } });
    expect(differences(one, decided({}))).toBe(2);
    expect(differences(withType(one, 'zip', null), decided({}))).toBe(1);
    expect(withType(one, '__proto__', 'date').types).toHaveProperty('zip', 'text');
  });

  it('forgets what was decided of one sheet when another is read', () => {
    expect(otherSheet('May')).toEqual(decided({ sheet: 'May' }));
  });
});

describe('the figures of a whole file', () => {
  const column = {
    name: 'price',
    dtype: 'float64',
    null_count: 0,
    unique_count: 2,
    min_value: 1.5,
    max_value: 12_000,
    mean: 3.14159265,
    top_values: [
      { value: '2024-01-01T00:00:00', count: 1200 },
      { value: '2024-01-02T09:30:00', count: 3 }
    ],
    is_key: false
  };

  it('are a line: rows, gaps and what names a row', () => {
    const figures = {
      row_count: 1704,
      duplicate_rows: 4,
      columns: [column, { ...column, null_count: 3 }],
      key_candidates: ['id', 'code'],
      warnings: ['4 rows repeat an earlier one.']
    };
    expect(statisticsSummary(figures)).toBe('1,704 rows · 1 column with gaps · key: id');
    const chance = { ...figures, columns: [column], key_candidates: ['price'] };
    expect(statisticsSummary(chance)).toBe('1,704 rows · no gaps');
    const noted = dataset({ warnings: ['The delimiter is a ;.'], statistics: figures });
    expect(notesOf(noted)).toEqual([
      'The delimiter is a ;.',
      '4 rows repeat an earlier one.'
    ]);
  });

  it('show ranges and common values briefly', () => {
    expect(rangeOf(column)).toBe('1.5 – 12,000, mean 3.142');
    expect(rangeOf({ ...column, min_value: null })).toBe('');
    expect(commonValues(column)).toBe('2024-01-01 (1,200), 2024-01-02 09:30 (3)');
    expect(commonValues({ ...column, is_key: true })).toBe('each only once');
  });
});
