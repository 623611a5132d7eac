import React, { useRef } from 'react';

import { awaitsApproval, type IRunState } from '../model/run';
import { useDataLens } from './context';

const MARKS = /[*_`#>|]+/g;

/** Says politely, to those who listen, that a run began and how it ended. */
export function Announcer(): JSX.Element {
  const { model } = useDataLens();
  const followed = useRef<string | null>(null);
  if (model.conversation.running) {
    followed.current = model.conversation.running.id;
  }
  // What was there before, a session of last week, say, is not news.
  const run = model.conversation.runs.find(r => r.id === followed.current);
  return (
    <div className="dl-unseen" role="status" data-testid="datalens-announcer">
      {run ? news(run) : ''}
    </div>
  );
}

function news(run: IRunState): string {
  switch (run.status) {
    case 'running':
      return awaitsApproval(run)
        ? 'The plan waits for your approval.'
        : 'Working on your question.';
    case 'completed':
      return `Answer: ${run.answer.replace(MARKS, '')}`;
    case 'cancelled':
      return run.approval === 'rejected'
        ? 'The plan was not approved. No code ran.'
        : 'Stopped. What was done until then is kept.';
    case 'failed':
      return run.error?.message ?? 'The run did not finish.';
  }
}
