import type { ColumnPolicy, ColumnPrivacy, PrivacyReport } from '../api/types';
import { count } from './format';

/** From the loosest to the strictest, as the server orders them. */
export const POLICIES: { value: ColumnPolicy; label: string; says: string }[] = [
  { value: 'send', label: 'Send', says: 'Sent, but for what is found to be personal.' },
  {
    value: 'tokenise',
    label: 'Replace values',
    says: 'Each value is replaced by a placeholder.'
  },
  {
    value: 'statistics',
    label: 'Statistics only',
    says: 'Counts and averages are sent, and no value.'
  },
  { value: 'never', label: 'Never', says: 'Neither its name nor a value is sent.' }
];

const SOURCES: Record<ColumnPrivacy['source'], string> = {
  detected: 'As it was detected.',
  user: 'As you decided.',
  project: 'As the project’s file asks for.',
  setting: 'Names and types alone are sent here.'
};

const KINDS: Record<string, string> = {
  EMAIL_ADDRESS: 'email addresses',
  PHONE_NUMBER: 'phone numbers',
  CREDIT_CARD: 'card numbers',
  US_SSN: 'social security numbers',
  IBAN_CODE: 'bank accounts',
  IP_ADDRESS: 'IP addresses',
  PERSON: 'names',
  LOCATION: 'places',
  COLUMN_NAME: 'names of columns',
  MARKED_VALUE: 'values that you marked'
};

export function policyTitle({ policy, source }: ColumnPrivacy): string {
  const says = POLICIES.find(known => known.value === policy)?.says ?? '';
  return `${says} ${SOURCES[source]}`;
}

/** What was replaced, a line for each kind, with the columns it was found in. */
export function reportSummary(counts: PrivacyReport['counts']): string[] {
  const kinds = new Map<string, { total: number; columns: Set<string> }>();
  for (const { entity_type, count: times, column } of counts) {
    const kind = KINDS[entity_type] ?? 'other values';
    const held = kinds.get(kind) ?? { total: 0, columns: new Set<string>() };
    held.total += times;
    if (column) {
      held.columns.add(column);
    }
    kinds.set(kind, held);
  }
  return [...kinds].map(([kind, { total, columns }]) => {
    const where = columns.size ? ` (in ${[...columns].join(', ')})` : '';
    return `${count(total)} ${kind}${where}`;
  });
}
