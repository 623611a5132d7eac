/** Numbers, sizes and times as people write them. */

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Seconds, e.g. 0.4 s, 12 s, 2 min 5 s. */
export function duration(seconds: number): string {
  if (seconds < 9.95) {
    return `${Math.max(seconds, 0.1).toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Bytes, e.g. 840 B, 12 KB, 1.4 MB. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** How long ago, e.g. just now, 5 min ago, yesterday. */
export function ago(iso: string, now = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (!Number.isFinite(minutes) || minutes < 1) {
    return 'just now';
  }
  if (minutes < 60) {
    return `${minutes} min ago`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return `${hours} h ago`;
  }
  const days = Math.floor(hours / 24);
  return days === 1
    ? 'yesterday'
    : days < 30
      ? `${days} days ago`
      : fullTime(iso).slice(0, 10);
}

/** The full local time, for a tooltip: 2026-11-23 14:05. */
export function fullTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return '';
  }
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join(
    '-'
  );
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A cell of a table or a sample value. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(6)));
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** A moment as people write it: 2024-03-01 18:30, and no time of day that nobody wrote. */
function asWritten(text: string): string {
  const found = MOMENT.exec(text);
  if (found === null) {
    return text;
  }
  const [, day, time, seconds, fraction = '', offset = 'Z'] = found;
  const part = fraction.replace(/\.?0+$/, '');
  const zone = offset === 'Z' || offset === '+00:00' ? '' : offset;
  const rest = seconds === ':00' && part === '' ? '' : seconds + part;
  return time === '00:00' && rest + zone === '' ? day : `${day} ${time}${rest}${zone}`;
}

/** A value of a table that is read, not copied: 1,318,683,096 but 2007, and 42,283,556.12. */
export function readable(value: unknown): string {
  if (typeof value === 'string') {
    return asWritten(value);
  }
  if (typeof value !== 'number' || Math.abs(value) < 10_000) {
    return cell(value);
  }
  if (Number.isInteger(value)) {
    return count(value);
  }
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return value.toLocaleString('en-US', digits);
}

export function lines(code: string): number {
  return code.replace(/\n+$/, '').split('\n').length;
}
