import React from 'react';

import type { Dataset, PlanChange } from '../api/types';
import {
  DELIMITERS,
  ENCODINGS,
  encodingWord,
  headerWord,
  NO_HEADER,
  quoteWord,
  QUOTES,
  separatorWord
} from '../model/reading';
import { Choice } from './Choice';

const LAST_HEADER = 101;
const KEPT = 'kept';
const EVERY_LINE = { value: KEPT, label: 'Read as rows' };
const NO_NAMES = { value: String(NO_HEADER), label: 'None' };

interface IHowReadProps {
  dataset: Dataset;
  /** What is decided, applied or not. */
  draft: PlanChange;
  onDraft: (draft: PlanChange) => void;
  disabled: boolean;
}

/** How the file was read; each of it can be decided otherwise. */
export function HowRead(props: IHowReadProps): JSX.Element {
  const { dataset, draft, onDraft, disabled } = props;
  const { plan, changes } = dataset;
  const text = plan.format === 'csv';
  const place = text ? 'line' : 'row';
  return (
    <div className="dl-choices-grid">
      {text && (
        <>
          <Choice
            label="Encoding"
            options={ENCODINGS}
            decided={draft.encoding}
            found={changes.encoding === null ? encodingWord(plan.encoding) : null}
            disabled={disabled}
            onDecide={encoding => onDraft({ ...draft, encoding })}
          />
          <Choice
            label="Separator"
            options={DELIMITERS}
            decided={draft.delimiter}
            found={changes.delimiter === null ? separatorWord(plan) : null}
            disabled={disabled}
            onDecide={delimiter => onDraft({ ...draft, delimiter })}
            other={{
              label: 'Another character',
              parse: typed => typed || null,
              print: value => value,
              input: { maxLength: 1, size: 2 }
            }}
          />
          <Choice
            label="Quotes"
            options={QUOTES}
            decided={draft.quotechar}
            found={changes.quotechar === null ? quoteWord(plan.quotechar) : null}
            disabled={disabled}
            onDecide={quotechar => onDraft({ ...draft, quotechar })}
          />
        </>
      )}
      <Choice
        label="Column names"
        options={[NO_NAMES]}
        decided={draft.header_row === null ? null : String(draft.header_row)}
        found={changes.header_row === null ? headerWord(plan) : null}
        disabled={disabled}
        onDecide={row =>
          onDraft({ ...draft, header_row: row === null ? null : Number(row) })
        }
        other={{
          label: `In another ${place}`,
          parse: typed => headerOf(Number(typed)),
          print: row => String(Number(row) + 1),
          input: { type: 'number', min: 1, max: LAST_HEADER }
        }}
      />
      <Choice
        label="Units, notes, totals"
        options={[EVERY_LINE]}
        decided={draft.every_line ? KEPT : null}
        found={changes.every_line === null ? 'Left out' : null}
        disabled={disabled}
        onDecide={kept => onDraft({ ...draft, every_line: kept === null ? null : true })}
      />
    </div>
  );
}

/** A line as people count as the row that the plan names. */
function headerOf(line: number): string | null {
  return Number.isInteger(line) && line >= 1 && line <= LAST_HEADER
    ? String(line - 1)
    : null;
}
