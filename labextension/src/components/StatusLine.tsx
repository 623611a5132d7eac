import React from 'react';

import { statusParts } from '../model/statusparts';
import { useActions, useDataLens } from './context';

/** Who answers, where code runs, what leaves this machine; each part explains itself. */
export function StatusLine(): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const { status, connected } = model;
  if (!connected) {
    return (
      <div className="dl-status" data-testid="datalens-status" role="status">
        <span className="dl-dot dl-dot-warn" /> Connection lost; trying again. The run
        goes on.
      </div>
    );
  }
  if (!status) {
    return (
      <div className="dl-status" data-testid="datalens-status">
        <span className="dl-muted">Asking the server what works here…</span>
      </div>
    );
  }
  const parts = statusParts(status);
  const warn = parts.some(part => part.warn);
  return (
    <div className="dl-status" data-testid="datalens-status">
      <span className={warn ? 'dl-dot dl-dot-warn' : 'dl-dot'} aria-hidden="true" />
      <ul aria-label="How DataLens works here">
        {parts.map(part => (
          <li key={part.key}>
            <button
              type="button"
              title={part.detail}
              onClick={() => actions.explainStatus()}
            >
              {part.label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
