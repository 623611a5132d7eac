import React from 'react';

import { useDataLens } from './context';
import { ErrorNote } from './ErrorNote';

/** What an analysis that was opened again got back, and what it did not. */
export function Restored(): JSX.Element | null {
  const { model } = useDataLens();
  const { busy, restored, lost, failure } = model.restoring;
  if (busy) {
    return (
      <p className="dl-restored dl-muted" role="status">
        Loading your data and running this analysis again in a new sandbox. You can ask
        meanwhile.
      </p>
    );
  }
  if (failure !== null || lost.length > 0) {
    return (
      <ErrorNote
        message={failure ?? `Not everything is back: ${lost.join('; ')}.`}
        kept="Everything that this analysis showed is kept."
        onDismiss={() => model.leaveRestored()}
      />
    );
  }
  return restored.length > 0 ? (
    <p className="dl-restored dl-muted" role="status">
      Back in the sandbox: {restored.join(', ')}.
    </p>
  ) : null;
}
