import React, { useId } from 'react';

import type { IRunState } from '../model/run';
import { useDataLens } from './context';

/** What the question could have meant, too: each other reading is one click away. */
export function Alternatives({ run }: { run: IRunState }): JSX.Element | null {
  const { model } = useDataLens();
  const id = useId();
  if (!run.alternatives.length) {
    return null;
  }
  return (
    <div className="dl-alternatives" role="group" aria-labelledby={id}>
      <span id={id} className="dl-muted">
        Or did you mean
      </span>
      {run.alternatives.map(({ label, query }) => (
        <button
          key={query}
          type="button"
          className="dl-chip"
          title={`Ask: ${query}`}
          disabled={model.conversation.busy}
          onClick={() => void model.conversation.ask(query)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
