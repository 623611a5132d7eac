import { Clipboard } from '@jupyterlab/apputils';
import React, { useState } from 'react';

import { usageWords } from '../model/cost';
import type { IRunState } from '../model/run';
import { useActions, useDataLens } from './context';

/** What can be done with an answer. */
export function RunActions({ run }: { run: IRunState }): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const [said, setSaid] = useState('');
  const used = usageWords(run.usage);
  const say = (words: string) => {
    setSaid(words);
    window.setTimeout(() => setSaid(''), 4000);
  };
  return (
    <div className="dl-actions">
      {run.executions.length > 0 && (
        <button
          type="button"
          title="Add this to the open notebook, as read-only cells"
          onClick={() =>
            void actions
              .insertInNotebook(run.id)
              .then(done => say(done ? 'It is in the notebook' : 'Open a notebook first'))
          }
        >
          In notebook
        </button>
      )}
      {run.answer && (
        <button
          type="button"
          title="Copy the answer"
          onClick={() => {
            Clipboard.copyToSystem(run.answer);
            say('Copied');
          }}
        >
          Copy
        </button>
      )}
      {run.query !== null && (
        <button
          type="button"
          title="Ask the same question again"
          disabled={model.conversation.busy}
          onClick={() => void model.conversation.ask(run.query ?? '')}
        >
          Ask again
        </button>
      )}
      {used && (
        <span className="dl-muted" title="What answered this question, and what it used">
          {used}
        </span>
      )}
      <span className="dl-muted" role="status">
        {said}
      </span>
    </div>
  );
}
