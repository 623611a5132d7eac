import React from 'react';

import type { IExecutionState } from '../model/execution';
import type { IRunState } from '../model/run';
import {
  attemptsOf,
  chartTitle,
  picturesOf,
  tabOf,
  type WorkspaceTabName
} from '../model/workspace';
import { CodeBlock } from './CodeBlock';
import { outcomeOf } from './CodeView';

interface IAttemptsProps {
  run: IRunState;
  onTab: (name: WorkspaceTabName) => void;
}

/** All code of a run, whole: each piece of work with its attempts side by side. */
export function Attempts({ run, onTab }: IAttemptsProps): JSX.Element {
  return (
    <>
      {attemptsOf(run).map(chain => (
        <section key={chain[0].id} className="dl-attempts">
          {chain.map((execution, index) => (
            <article key={execution.id} className="dl-attempt">
              <h3>
                {chain.length > 1
                  ? `Attempt ${index + 1} of ${chain.length}`
                  : `Step ${execution.step}`}{' '}
                <span className={execution.status === 'failed' ? 'dl-warn' : 'dl-muted'}>
                  {outcomeOf(execution)}
                </span>
              </h3>
              <CodeBlock code={execution.code} lineNumbers />
              <Made run={run} execution={execution} onTab={onTab} />
            </article>
          ))}
        </section>
      ))}
    </>
  );
}

interface IMadeProps extends IAttemptsProps {
  execution: IExecutionState;
}

/** The way from code to the charts that it made. */
function Made({ run, execution, onTab }: IMadeProps): JSX.Element | null {
  const own = new Set(execution.artifacts.map(a => a.id));
  const made = picturesOf(run)
    .map((artifact, index) => ({ artifact, title: chartTitle(artifact, index) }))
    .filter(({ artifact }) => own.has(artifact.id));
  if (!made.length) {
    return null;
  }
  return (
    <p className="dl-made">
      <span className="dl-muted">Made</span>
      {made.map(({ artifact, title }) => (
        <button
          key={artifact.id}
          type="button"
          className="dl-link"
          title="Show this chart"
          onClick={() => onTab(tabOf(artifact))}
        >
          {title}
        </button>
      ))}
    </p>
  );
}
