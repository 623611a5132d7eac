import type { ColumnKind, Dataset, LoadPlan, PlanChange } from '../api/types';
import { plural } from './format';

/** Something to choose; what is decided, and what people call it. */
export interface IOption<Value extends string | number = string> {
  value: Value;
  label: string;
}

export const ENCODINGS: IOption[] = [
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'utf-8-sig', label: 'UTF-8 with a mark at its start' },
  { value: 'utf-16', label: 'UTF-16' },
  { value: 'utf-16-le', label: 'UTF-16, little-endian' },
  { value: 'utf-16-be', label: 'UTF-16, big-endian' },
  { value: 'cp1252', label: 'Western European (Windows-1252)' },
  { value: 'latin-1', label: 'Western European (Latin-1)' },
  { value: 'cp932', label: 'Japanese (Shift-JIS)' },
  { value: 'gb18030', label: 'Chinese (GB 18030)' },
  { value: 'cp949', label: 'Korean (Windows-949)' },
  { value: 'cp1250', label: 'Central European (Windows-1250)' },
  { value: 'iso-8859-2', label: 'Central European (ISO 8859-2)' },
  { value: 'cp1251', label: 'Cyrillic (Windows-1251)' },
  { value: 'koi8-r', label: 'Cyrillic (KOI8-R)' },
  { value: 'cp866', label: 'Cyrillic (DOS 866)' },
  { value: 'iso-8859-5', label: 'Cyrillic (ISO 8859-5)' },
  { value: 'cp1253', label: 'Greek (Windows-1253)' },
  { value: 'iso-8859-7', label: 'Greek (ISO 8859-7)' },
  { value: 'cp1254', label: 'Turkish (Windows-1254)' },
  { value: 'cp1255', label: 'Hebrew (Windows-1255)' },
  { value: 'cp1256', label: 'Arabic (Windows-1256)' },
  { value: 'cp1257', label: 'Baltic (Windows-1257)' },
  { value: 'iso-8859-15', label: 'Western European (ISO 8859-15)' },
  { value: 'cp850', label: 'Western European (DOS 850)' },
  { value: 'mac_roman', label: 'Western European (Mac OS Roman)' }
];

export const DELIMITERS: IOption[] = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Vertical bar' },
  { value: ' ', label: 'Space' }
];

export const QUOTES: IOption[] = [
  { value: '"', label: 'Double quotes' },
  { value: "'", label: 'Single quotes' },
  { value: '', label: 'None' }
];

export const NO_HEADER = -1;

export const KINDS: IOption<ColumnKind>[] = [
  { value: 'text', label: 'text' },
  { value: 'number', label: 'number' },
  { value: 'date', label: 'date' },
  { value: 'day_first', label: 'date, day first' },
  { value: 'month_first', label: 'date, month first' }
];

/** What a type of pandas is to people; its own name is for a tooltip. */
export function kindWord(dtype: string): string {
  if (/^(u?int|float|decimal|complex)/i.test(dtype)) {
    return 'number';
  }
  if (/^(datetime|date|period)/i.test(dtype)) {
    return 'date';
  }
  if (/^timedelta/i.test(dtype)) {
    return 'duration';
  }
  return /^bool/i.test(dtype) ? 'yes or no' : 'text';
}

export function encodingWord(encoding: string): string {
  return labelOf(ENCODINGS, encoding) ?? encoding;
}

/** What parts the columns. */
export function separatorWord({ delimiter, lines }: LoadPlan): string {
  return lines === 'fixed'
    ? 'Aligned by spaces'
    : (labelOf(DELIMITERS, delimiter) ?? delimiter);
}

export function quoteWord(quotechar: string): string {
  return labelOf(QUOTES, quotechar) ?? quotechar;
}

/** Where the names stand; lines are counted from 1, as editors and spreadsheets do. */
export function headerWord(plan: LoadPlan): string {
  const { header_row, header_lines } = plan;
  const place = plan.format === 'csv' ? 'line' : 'row';
  if (header_row === null) {
    return 'None';
  }
  return header_lines > 1
    ? `${capital(place)}s ${header_row + 1} to ${header_row + header_lines}`
    : `${capital(place)} ${header_row + 1}`;
}

/** How a data set is read, in a few words. */
export function readingSummary({ plan, changes }: Dataset): string {
  const parts =
    plan.format === 'csv'
      ? [
          encodingWord(plan.encoding).replace(/ \(.*| with .*/, ''),
          separatorWord(plan).toLowerCase()
        ]
      : plan.sheet === null
        ? []
        : [`sheet ${plan.sheet}`];
  parts.push(
    plan.header_row === null
      ? 'no names'
      : `names in ${headerWord(plan).replace(/^./, c => c.toLowerCase())}`
  );
  const decided = decisions(changes);
  if (decided > 0) {
    parts.push(`${plural(decided, 'choice')} of yours`);
  }
  return parts.join(' · ');
}

// -- deciding otherwise -------------------------------------------------------------------------

export const NOTHING_DECIDED: PlanChange = {
  encoding: null,
  delimiter: null,
  quotechar: null,
  header_row: null,
  every_line: null,
  sheet: null,
  types: {}
};

/** How many things were decided. */
export function decisions({ types, ...rest }: PlanChange): number {
  const others = Object.values(rest).filter(value => value !== null).length;
  return others + Object.keys(types).length;
}

/** In how many things two sets of decisions differ. */
export function differences(a: PlanChange, b: PlanChange): number {
  const { types: ours, ...left } = a;
  const { types: theirs, ...right } = b;
  const keys = Object.keys(left) as (keyof typeof left)[];
  const columns = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return (
    keys.filter(key => left[key] !== right[key]).length +
    [...columns].filter(name => ours[name] !== theirs[name]).length
  );
}

export function withType(
  changes: PlanChange,
  column: string,
  kind: ColumnKind | null
): PlanChange {
  const others = Object.entries(changes.types).filter(([name]) => name !== column);
  const types = Object.fromEntries(kind ? [...others, [column, kind]] : others);
  return { ...changes, types };
}

/** Another sheet has other rows and columns: what was decided about this one is not of it. */
export function otherSheet(sheet: string): PlanChange {
  return { ...NOTHING_DECIDED, sheet };
}

function labelOf(options: IOption[], value: string): string | null {
  return options.find(option => option.value === value)?.label ?? null;
}

function capital(word: string): string {
  return word.replace(/^./, c => c.toUpperCase());
}
