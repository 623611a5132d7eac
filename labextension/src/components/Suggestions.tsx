import React from 'react';

import { useDataLens } from './context';

/** Questions that can be asked of this data, one click each. */
export function Suggestions(): JSX.Element | null {
  const { model } = useDataLens();
  const asked = new Set(model.conversation.runs.map(run => run.query));
  const open = model.suggestions.filter(text => !asked.has(text));
  if (!open.length || model.conversation.busy) {
    return null;
  }
  return (
    <ul className="dl-suggestions" aria-label="Questions you can ask">
      {open.map(text => (
        <li key={text}>
          <button
            type="button"
            className="dl-suggestion"
            onClick={() => void model.conversation.ask(text)}
          >
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}
