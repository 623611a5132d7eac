import { launchIcon } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import { type EvidenceName, evidenceTabs } from '../model/evidence';
import { type IRunState, isRunning } from '../model/run';
import { ChartList } from './ChartList';
import { CodeView } from './CodeView';
import { useActions } from './context';
import { IconButton } from './IconButton';
import { Plan } from './Plan';
import { TabList } from './TabList';
import { Terminal } from './Terminal';

/** The evidence: plan, code, charts and logs. Open while the run goes on, folded once done. */
export function Evidence({ run }: { run: IRunState }): JSX.Element | null {
  const actions = useActions();
  const [chosen, setChosen] = useState<EvidenceName | null | undefined>(undefined);
  const running = isRunning(run);
  const tabs = evidenceTabs(run);
  const automatic = running && tabs.length ? 'code' : null;
  const open = chosen === undefined ? automatic : chosen;
  const selected = tabs.some(tab => tab.name === open) ? open : null;
  const live =
    chosen === undefined && running && run.executions.some(e => e.output.length > 0);
  const id = useId();
  if (!run.plan && !tabs.length) {
    return null;
  }
  return (
    <div className="dl-evidence">
      {run.plan && <Plan run={run} />}
      {tabs.length > 0 && (
        <TabList
          label="Evidence"
          tabs={tabs}
          selected={selected}
          panelId={id}
          testId="datalens-tab-"
          onSelect={name => setChosen(name === selected ? null : name)}
        />
      )}
      {tabs.length > 0 && actions.hasWorkspace() && (
        <IconButton
          icon={launchIcon}
          label="Open workspace"
          testId="datalens-open-workspace"
          onClick={() => actions.openWorkspace(run.id)}
        />
      )}
      {selected && (
        <div
          id={id}
          className="dl-tabpanel"
          role="tabpanel"
          aria-label={tabs.find(tab => tab.name === selected)?.label}
        >
          {selected === 'code' && <CodeView run={run} />}
          {live && <Terminal run={run} />}
          {selected === 'charts' && (
            <ChartList run={run} onCode={() => setChosen('code')} />
          )}
          {selected === 'logs' && <Terminal run={run} />}
        </div>
      )}
    </div>
  );
}
