import React, { useId } from 'react';

import type { ISameNameQuestion, SameName as Decision } from '../model/uploads';

/** A file of a name that is here already: a newer version of it, or another file? */
export function SameName({ question }: { question: ISameNameQuestion }): JSX.Element {
  const { dataset, decide } = question;
  const id = useId();
  const choice = (label: string, title: string, decision: Decision) => (
    <button
      type="button"
      className="dl-link"
      title={title}
      autoFocus={decision === 'replace'}
      onClick={() => decide(decision)}
    >
      {label}
    </button>
  );
  return (
    <div
      className="dl-same-name"
      role="group"
      aria-labelledby={id}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          decide('neither');
        }
      }}
    >
      <p id={id}>{dataset.name} is here already. Is this a newer version of it?</p>
      <p className="dl-choices">
        {choice(
          'Replace it',
          `${dataset.variable} holds the newer version then`,
          'replace'
        )}
        {choice('Keep both', 'Add it beside the one that is here', 'both')}
        {choice('Cancel', 'Leave everything as it is', 'neither')}
      </p>
    </div>
  );
}
