import React from 'react';

import { plural } from '../model/format';
import { describeFigure } from '../model/figure';
import { artifactsOf, type IRunState } from '../model/run';
import { chartTitle } from '../model/workspace';
import { safeFigure } from '../safety/figure';
import { chartId } from './Chart';
import { useActions } from './context';

interface IChartListProps {
  run: IRunState;
  onCode: () => void;
}

/** The charts of a run by title, each with the way to it and to its code. */
export function ChartList({ run, onCode }: IChartListProps): JSX.Element {
  const actions = useActions();
  return (
    <ul className="dl-chart-list">
      {artifactsOf(run, 'chart').map((artifact, index) => {
        const figure = safeFigure(artifact.content);
        const about = figure ? describeFigure(figure) : null;
        const title = chartTitle(artifact, index);
        return (
          <li key={artifact.id}>
            <span className="dl-chart-title">{title}</span>
            {about && (
              <span className="dl-muted">
                {about.kind}, {plural(about.points, 'point')}
              </span>
            )}
            <button
              type="button"
              className="dl-link"
              aria-label={`Show ${title}`}
              onClick={() =>
                document
                  .getElementById(chartId(artifact))
                  ?.scrollIntoView({ block: 'nearest' })
              }
            >
              Show
            </button>
            <button
              type="button"
              className="dl-link"
              aria-label={`Code of ${title}`}
              onClick={onCode}
            >
              Code
            </button>
            {actions.hasWorkspace() && (
              <button
                type="button"
                className="dl-link"
                aria-label={`Open ${title} in the workspace`}
                onClick={() => actions.openWorkspace(run.id, artifact.id)}
              >
                Workspace
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
