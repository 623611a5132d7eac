import React, { memo } from 'react';

import type { IImageContent, ITableContent } from '../api/types';
import { artifactsOf, awaitsApproval, type IRunState, isRunning } from '../model/run';
import { Alternatives } from './Alternatives';
import { Chart } from './Chart';
import { DataTable } from './DataTable';
import { ErrorNote } from './ErrorNote';
import { Evidence } from './Evidence';
import { Image } from './Image';
import { Markdown } from './Markdown';
import { PlanApproval } from './PlanApproval';
import { Progress } from './Progress';
import { Question } from './Question';
import { RequestReview } from './RequestReview';
import { RunActions } from './RunActions';
import { TrustLine, Unverified } from './TrustLine';

/** One question with its answer first, then its charts, then the evidence. */
export const RunView = memo(function RunView({ run }: { run: IRunState }): JSX.Element {
  const running = isRunning(run);
  const waiting = awaitsApproval(run);
  const step = run.executions[0]?.step;
  return (
    <article className="dl-run">
      <Question
        text={run.query ?? `Ran a notebook cell${step ? ` (step ${step})` : ''}`}
        at={run.startedAt}
      />
      <div className="dl-reply" data-testid="datalens-message-assistant">
        {(running || run.answer || run.status === 'cancelled') && (
          <div className="dl-answer" aria-busy={running}>
            {run.answer && <Markdown source={run.answer} />}
            <Unverified run={run} />
            {running && !waiting && <Progress run={run} />}
            {run.status === 'cancelled' && (
              <p className="dl-muted">
                {run.approval === 'rejected'
                  ? 'You did not approve the plan, so no code ran.'
                  : 'Stopped. What was done until then is kept. Ask again whenever you like.'}
              </p>
            )}
          </div>
        )}
        {waiting && <PlanApproval run={run} />}
        {running && run.review !== null && <RequestReview run={run} />}
        <Alternatives run={run} />
        {run.error && (
          <ErrorNote
            message={run.error.message}
            reference={run.id}
            detail={lastHint(run)}
          />
        )}
        <Results run={run} />
        {run.notices.map(({ text, times }) => (
          <p key={text} className="dl-notice">
            {text}
            {times > 1 && ` (${times} times)`}
          </p>
        ))}
        <TrustLine run={run} />
        {!waiting && <Evidence run={run} />}
        {!running && <RunActions run={run} />}
      </div>
    </article>
  );
});

function Results({ run }: { run: IRunState }): JSX.Element {
  return (
    <>
      {artifactsOf(run, 'chart').map(artifact => (
        <Chart key={artifact.id} artifact={artifact} />
      ))}
      {artifactsOf(run, 'image').map(artifact => (
        <Image
          key={artifact.id}
          content={artifact.content as IImageContent}
          title={artifact.metadata.title}
        />
      ))}
      {artifactsOf(run, 'table').map(artifact => (
        <DataTable key={artifact.id} table={artifact.content as ITableContent} />
      ))}
    </>
  );
}

function lastHint(run: IRunState): string | undefined {
  return run.executions[run.executions.length - 1]?.analysis?.hint;
}
