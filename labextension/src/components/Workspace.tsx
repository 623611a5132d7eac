import React, { useId } from 'react';

import type { IImageContent, ITableContent } from '../api/types';
import { fullTime } from '../model/format';
import { IN_WORKSPACE } from '../model/figure';
import { artifactsOf, type IRunState, isRunning } from '../model/run';
import {
  chartTitle,
  makerOf,
  picturesOf,
  tabOf,
  workspaceTabs,
  type WorkspaceTabName
} from '../model/workspace';
import { Attempts } from './Attempts';
import {
  DataLensContext,
  type IDataLensContext,
  useDataLens,
  useModelChanges
} from './context';
import { DataTable } from './DataTable';
import { DataView } from './DataView';
import { Image } from './Image';
import { Plot } from './Plot';
import { Progress } from './Progress';
import { TabList } from './TabList';
import { Terminal } from './Terminal';

const MANY_ROWS = 200;

interface IWorkspaceProps extends IDataLensContext {
  /** The run that is shown; null for the newest. */
  runId: string | null;
  tab: WorkspaceTabName;
  onRun: (runId: string | null) => void;
  onTab: (tab: WorkspaceTabName) => void;
}

/** A run at full size: its code, each chart, its tables and logs, and the data. */
export function Workspace(props: IWorkspaceProps): JSX.Element {
  const { runId, tab, onRun, onTab, ...context } = props;
  const { model } = context;
  useModelChanges(model);
  const id = useId();
  const run =
    model.conversation.runs.find(r => r.id === runId) ??
    model.conversation.runs[model.conversation.runs.length - 1] ??
    null;
  const tabs = workspaceTabs(run, model.datasets.length);
  const selected = tabs.some(t => t.name === tab) ? tab : (tabs[0]?.name ?? null);
  return (
    <DataLensContext value={context}>
      <header className="dl-workspace-head">
        <RunPicker run={run} onRun={onRun} />
        {run && isRunning(run) && <Progress run={run} />}
      </header>
      {selected ? (
        <>
          <TabList
            label="Workspace"
            tabs={tabs}
            selected={selected}
            panelId={id}
            testId="datalens-workspace-tab-"
            onSelect={onTab}
          />
          <div
            key={`${run?.id}-${selected}`}
            id={id}
            className={selected === 'logs' ? 'dl-tabpanel dl-whole' : 'dl-tabpanel'}
            role="tabpanel"
            aria-label={tabs.find(t => t.name === selected)?.label}
          >
            <TabContent run={run} tab={selected} onTab={onTab} />
          </div>
        </>
      ) : (
        <p className="dl-muted dl-workspace-empty">
          {model.ready
            ? 'Ask a question in the DataLens panel. Its code, charts and logs appear here.'
            : 'Opening…'}
        </p>
      )}
    </DataLensContext>
  );
}

interface IRunPickerProps {
  run: IRunState | null;
  onRun: (runId: string | null) => void;
}

/** The question that is shown, and the way to the others of the session. */
function RunPicker({ run, onRun }: IRunPickerProps): JSX.Element {
  const { runs } = useDataLens().model.conversation;
  const newest = runs[runs.length - 1];
  if (!run || runs.length < 2) {
    return (
      <h2 title={run ? fullTime(run.startedAt) : undefined}>
        {run ? questionOf(run) : 'DataLens workspace'}
      </h2>
    );
  }
  return (
    <select
      aria-label="Question"
      title="Choose the question whose evidence is shown"
      value={run.id}
      onChange={event =>
        onRun(event.target.value === newest.id ? null : event.target.value)
      }
    >
      {runs.map(one => (
        <option key={one.id} value={one.id}>
          {questionOf(one)}
        </option>
      ))}
    </select>
  );
}

function questionOf(run: IRunState): string {
  return run.query ?? 'Ran a notebook cell';
}

interface ITabContentProps {
  run: IRunState | null;
  tab: WorkspaceTabName;
  onTab: (tab: WorkspaceTabName) => void;
}

function TabContent({ run, tab, onTab }: ITabContentProps): JSX.Element | null {
  const { datasets } = useDataLens().model;
  if (tab === 'data') {
    return <DataView datasets={datasets} />;
  }
  if (!run) {
    return null;
  }
  switch (tab) {
    case 'code':
      return <Attempts run={run} onTab={onTab} />;
    case 'tables':
      return <Tables run={run} />;
    case 'logs':
      return <Terminal run={run} fill testId="datalens-workspace-terminal" />;
    default:
      return <Picture run={run} tab={tab} onTab={onTab} />;
  }
}

function Tables({ run }: { run: IRunState }): JSX.Element {
  return (
    <>
      {artifactsOf(run, 'table').map((artifact, index) => (
        <section key={artifact.id} className="dl-data">
          <h3>{artifact.metadata.title || `Table ${index + 1}`}</h3>
          <DataTable
            label={artifact.metadata.title || `Table ${index + 1}`}
            table={artifact.content as ITableContent}
            few={MANY_ROWS}
          />
        </section>
      ))}
    </>
  );
}

function Picture({ run, tab, onTab }: ITabContentProps): JSX.Element | null {
  const pictures = run ? picturesOf(run) : [];
  const index = pictures.findIndex(artifact => tabOf(artifact) === tab);
  const artifact = pictures[index];
  if (!run || !artifact) {
    return null;
  }
  const maker = makerOf(run, artifact);
  const title = chartTitle(artifact, index);
  return (
    <figure className="dl-picture" data-testid="datalens-workspace-chart">
      <figcaption>
        {title}
        {maker && (
          <button
            type="button"
            className="dl-link"
            title={`Step ${maker.step}, in the Code tab`}
            onClick={() => onTab('code')}
          >
            Code
          </button>
        )}
      </figcaption>
      {artifact.type === 'image' ? (
        <Image content={artifact.content as IImageContent} title={title} />
      ) : (
        <Plot artifact={artifact} place={IN_WORKSPACE} />
      )}
    </figure>
  );
}
