import React, { memo } from 'react';

import type { IImageContent, ITableContent } from '../api/types';
import { artifactsOf, type IRunState, isRunning } from '../model/run';
import { Chart } from './Chart';
import { DataTable } from './DataTable';
import { ErrorNote } from './ErrorNote';
import { Evidence } from './Evidence';
import { Image } from './Image';
import { Markdown } from './Markdown';
import { Progress } from './Progress';
import { Question } from './Question';
import { RunActions } from './RunActions';
import { TrustLine } from './TrustLine';

/** One question with its answer first, then its charts, then the evidence. */
export const RunView = memo(function RunView({ run }: { run: IRunState }): JSX.Element {
  const running = isRunning(run);
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
            {running && <Progress run={run} />}
            {run.status === 'cancelled' && (
              <p className="dl-muted">
                Stopped. What was done until then is kept. Ask again whenever you like.
              </p>
            )}
          </div>
        )}
        {run.error && (
          <ErrorNote
            message={run.error.message}
            reference={run.id}
            detail={lastHint(run)}
          />
        )}
        <Results run={run} />
        {run.notices.map((notice, i) => (
          <p key={i} className="dl-notice">
            {notice}
          </p>
        ))}
        <TrustLine run={run} />
        <Evidence run={run} />
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
