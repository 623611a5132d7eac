import React from 'react';

import { useDataLens } from './context';
import { ErrorNote } from './ErrorNote';

const KEPT = 'Everything that this analysis showed is kept.';
const AGREEMENT = 'If you run its code again, its variables are back.';

/** What an analysis that was opened again got back and what not, and that its sandbox is gone. */
export function Restored(): JSX.Element | null {
  const { model } = useDataLens();
  const { busy, restored, lost, failure, agreementNeeded } = model.restoring;
  const { gone } = model.sandbox;
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
        kept={agreementNeeded ? `${KEPT} ${AGREEMENT}` : KEPT}
        retry="Run my code again"
        onRetry={agreementNeeded ? () => void model.replay() : undefined}
        onDismiss={() => model.leaveRestored()}
      />
    );
  }
  if (gone !== null && !model.conversation.busy) {
    return (
      <p className="dl-restored dl-muted" role="status">
        {gone}
      </p>
    );
  }
  return restored.length > 0 ? (
    <p className="dl-restored dl-muted" role="status">
      Back in the sandbox: {restored.join(', ')}.
    </p>
  ) : null;
}
