import React from 'react';

import type { Dataset } from '../api/types';
import { plural } from '../model/format';

/** Up to here the names stand beside one another; more of them are a list. */
const ROOM_CHARACTERS = 34;

interface ISheetPickerProps {
  dataset: Dataset;
  disabled: boolean;
  onSheet: (sheet: string) => void;
}

/** The sheets of a workbook, one click each. */
export function SheetPicker(props: ISheetPickerProps): JSX.Element | null {
  const { dataset, disabled, onSheet } = props;
  const { sheets, plan } = dataset;
  if (sheets.length < 2) {
    return null;
  }
  const label = `Sheet of ${dataset.name}`;
  if (sheets.join('   ').length > ROOM_CHARACTERS) {
    return (
      <div className="dl-sheets">
        <select
          aria-label={label}
          title={`${plural(sheets.length, 'sheet')}: choose the one that is read`}
          value={plan.sheet ?? ''}
          disabled={disabled}
          onChange={event => onSheet(event.target.value)}
        >
          {sheets.map(sheet => (
            <option key={sheet}>{sheet}</option>
          ))}
        </select>
        <span className="dl-muted">1 of {plural(sheets.length, 'sheet')}</span>
      </div>
    );
  }
  return (
    <div className="dl-sheets" role="group" aria-label={label}>
      {sheets.map(sheet => (
        <button
          key={sheet}
          type="button"
          className="dl-chip"
          aria-pressed={sheet === plan.sheet}
          title={sheet === plan.sheet ? 'This sheet is read' : `Read the sheet ${sheet}`}
          disabled={disabled}
          onClick={() => sheet !== plan.sheet && onSheet(sheet)}
        >
          {sheet}
        </button>
      ))}
    </div>
  );
}
