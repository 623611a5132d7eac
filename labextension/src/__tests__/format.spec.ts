import {
  ago,
  cell,
  count,
  duration,
  fileSize,
  lines,
  plural,
  readable
} from '../model/format';
import { SAMPLE_NAME, sampleCsv } from '../model/sample';

describe('numbers as people write them', () => {
  it('groups thousands and counts things', () => {
    expect(count(1204)).toBe('1,204');
    expect(plural(1, 'row')).toBe('1 row');
    expect(plural(1204, 'row')).toBe('1,204 rows');
  });

  it('gives times, sizes and cells in few digits', () => {
    expect([0.04, 0.44, 12.4, 125].map(duration)).toEqual([
      '0.1 s',
      '0.4 s',
      '12 s',
      '2 min 5 s'
    ]);
    expect([840, 12_300, 1_400_000].map(fileSize)).toEqual(['840 B', '12 KB', '1.4 MB']);
    expect([1 / 3, 7, null, 'x'].map(cell)).toEqual(['0.333333', '7', '', 'x']);
    expect([1318683096, 2007, 'x'].map(readable)).toEqual(['1,318,683,096', '2007', 'x']);
    expect([42283556.1234, -12345.6, 9999.123].map(readable)).toEqual([
      '42,283,556.12',
      '-12,345.60',
      '9999.12'
    ]);
    expect(lines('a\nb\n')).toBe(2);
  });

  it('tells how long ago something was', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    expect(ago('2026-11-23T11:59:50Z', now)).toBe('just now');
    expect(ago('2026-11-23T11:55:00Z', now)).toBe('5 min ago');
    expect(ago('2026-11-22T10:00:00Z', now)).toBe('yesterday');
  });
});

describe('moments as people write them', () => {
  it('leaves off what nobody wrote, and nothing else', () => {
    const read = [
      '2024-03-01T00:00:00.000',
      '2024-03-01T18:30:00',
      '2024-03-01 18:30:05.000Z',
      '2024-03-01T18:30:00.250',
      '2024-03-01T00:00:00+02:00',
      'since 2024-03-01T00:00:00'
    ].map(readable);
    expect(read).toEqual([
      '2024-03-01',
      '2024-03-01 18:30',
      '2024-03-01 18:30:05',
      '2024-03-01 18:30:00.25',
      '2024-03-01 00:00+02:00',
      'since 2024-03-01T00:00:00'
    ]);
  });
});

describe('the sample', () => {
  it('is the same table every time, with a full set of columns in each row', () => {
    const rows = sampleCsv().trimEnd().split('\n');
    expect(SAMPLE_NAME).toMatch(/\.csv$/);
    expect(rows).toHaveLength(481);
    expect(new Set(rows.map(row => row.split(',').length))).toEqual(new Set([7]));
    expect(sampleCsv()).toBe(sampleCsv());
  });
});
