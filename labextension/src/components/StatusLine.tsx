import React from 'react';

import { statusParts } from '../model/statusparts';
import { usePanel } from './context';

/** Who answers, where code runs, what leaves this machine; each part explains itself. */
export function StatusLine(): JSX.Element {
  const { model, actions } = usePanel();
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
      {parts.map((part, i) => (
        <React.Fragment key={part.key}>
          {i > 0 && (
            <span className="dl-muted" aria-hidden="true">
              ·
            </span>
          )}
          <button
            type="button"
            title={part.detail}
            onClick={() => actions.explainStatus()}
          >
            {part.label}
          </button>
        </React.Fragment>
      ))}
    </div>
  );
}
