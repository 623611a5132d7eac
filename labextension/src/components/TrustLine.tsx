import React, { useId, useState } from 'react';

import type { AnswerCheck } from '../api/types';
import { plural } from '../model/format';
import { type IRunState, isRunning } from '../model/run';
import { useActions } from './context';

/** How far an answer can be trusted, in words; opened, every check and assumption. */
export function TrustLine({ run }: { run: IRunState }): JSX.Element | null {
  const actions = useActions();
  const [open, setOpen] = useState(false);
  const id = useId();
  if (isRunning(run)) {
    return null;
  }
  const failed = run.checks.filter(check => !check.passed);
  const parts: string[] = [];
  if (failed.length) {
    parts.push('Not verified');
  } else if (run.checks.length) {
    parts.push('Checked against the output');
  }
  if (run.assumptions.length) {
    parts.push(plural(run.assumptions.length, 'assumption'));
  }
  if (!parts.length && !run.redactions) {
    return null;
  }
  return (
    <div className="dl-trust">
      {parts.length > 0 && (
        <button
          type="button"
          className={failed.length ? 'dl-quiet dl-warn' : 'dl-quiet'}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {parts.join(' · ')}
          <span className="dl-marker" aria-hidden="true" />
        </button>
      )}
      {run.redactions > 0 && (
        <p className="dl-muted">
          {plural(run.redactions, 'value was', 'values were')} replaced before sending{' '}
          <span className="dl-together">
            (
            <button
              type="button"
              className="dl-link"
              onClick={() => actions.requests(run.id, run.query ?? '')}
            >
              see exactly what is sent
            </button>
            )
          </span>
        </p>
      )}
      {open && (
        <ul id={id} className="dl-trust-list">
          {run.checks.map((check, i) => (
            <li key={`c${i}`} className={check.passed ? undefined : 'dl-warn'}>
              {check.passed ? check.detail : inWords(check)}
            </li>
          ))}
          {run.assumptions.map((assumption, i) => (
            <li key={`a${i}`}>Assumed: {assumption}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Said below the answer itself: not all of it was found in what was computed. */
export function Unverified({ run }: { run: IRunState }): JSX.Element | null {
  const failed = run.checks.filter(check => !check.passed);
  return failed.length ? (
    <p className="dl-unverified dl-warn">
      <strong>Not verified.</strong> {failed.map(inWords).join(' ')}
    </p>
  ) : null;
}

function inWords({ detail }: AnswerCheck): string {
  return detail || 'A check of this answer did not pass.';
}
