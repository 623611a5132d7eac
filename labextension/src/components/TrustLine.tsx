import React, { useId, useState } from 'react';

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
    parts.push(`${plural(failed.length, 'check')} did not pass`);
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
          {plural(run.redactions, 'value was', 'values were')} replaced before sending (
          <button
            type="button"
            className="dl-link"
            onClick={() => actions.preview(run.query ?? '')}
          >
            see exactly what is sent
          </button>
          )
        </p>
      )}
      {open && (
        <ul id={id} className="dl-trust-list">
          {run.checks.map((check, i) => (
            <li key={`c${i}`} className={check.passed ? undefined : 'dl-warn'}>
              {check.passed ? 'Passed: ' : 'Did not pass: '}
              {check.name}
              {check.detail && <span className="dl-muted"> {check.detail}</span>}
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
