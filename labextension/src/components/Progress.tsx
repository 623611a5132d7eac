import React, { useEffect, useState } from 'react';

import { duration } from '../model/format';
import type { IRunState } from '../model/run';

/** What is going on, in words; from 3 s on, for how long. */
export function Progress({ run }: { run: IRunState }): JSX.Element {
  const seconds = useSeconds(run.startedAt);
  return (
    <p className="dl-progress">
      <span className="dl-progress-dot" aria-hidden="true" />
      {run.waiting ?? activity(run)}
      {seconds >= 3 && (
        <span aria-hidden="true">
          {' '}
          · {seconds < 60 ? `${seconds} s` : duration(seconds)}
        </span>
      )}
    </p>
  );
}

function activity(run: IRunState): string {
  const current = run.executions[run.executions.length - 1];
  if (run.answer) {
    return 'Checking the answer';
  }
  if (!current) {
    return run.plan ? 'Writing code' : 'Planning';
  }
  switch (current.status) {
    case 'written':
      return 'Starting the code';
    case 'running':
      return 'Running the code in the sandbox';
    case 'succeeded':
      return 'Reading the result';
    case 'failed':
      return 'Repairing the code';
    case 'unfinished':
      return 'Ending the run';
  }
}

function useSeconds(since: string): number {
  const start = Date.parse(since);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return Number.isFinite(start) ? Math.max(0, Math.floor((now - start) / 1000)) : 0;
}
