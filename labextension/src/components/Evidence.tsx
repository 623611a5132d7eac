import React, { useId, useRef, useState } from 'react';

import { count, duration, lines, plural } from '../model/format';
import {
  artifactsOf,
  executionSeconds,
  type IRunState,
  isRunning,
  keptExecutions
} from '../model/run';
import { ChartList } from './ChartList';
import { CodeView } from './CodeView';
import { Plan } from './Plan';
import { Terminal } from './Terminal';

type TabName = 'code' | 'charts' | 'logs';

interface ITab {
  name: TabName;
  label: string;
}

/** The evidence: plan, code, charts and logs. Open while the run goes on, folded once done. */
export function Evidence({ run }: { run: IRunState }): JSX.Element | null {
  const [chosen, setChosen] = useState<TabName | null | undefined>(undefined);
  const running = isRunning(run);
  const tabs = tabsOf(run);
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
        <TabList tabs={tabs} selected={selected} panelId={id} onSelect={setChosen} />
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

function tabsOf(run: IRunState): ITab[] {
  if (!run.executions.length) {
    return [];
  }
  const codeLines = keptExecutions(run).reduce((sum, e) => sum + lines(e.code), 0);
  const charts = artifactsOf(run, 'chart').length;
  const seconds = executionSeconds(run);
  const tabs: ITab[] = [{ name: 'code', label: `Code ${plural(codeLines, 'line')}` }];
  if (charts) {
    tabs.push({ name: 'charts', label: `Charts ${count(charts)}` });
  }
  tabs.push({ name: 'logs', label: seconds > 0 ? `Logs ${duration(seconds)}` : 'Logs' });
  return tabs;
}

interface ITabListProps {
  tabs: ITab[];
  selected: TabName | null;
  panelId: string;
  onSelect: (name: TabName | null) => void;
}

/** Arrow keys move between the tabs; a selected tab folds when it is chosen again. */
function TabList({ tabs, selected, panelId, onSelect }: ITabListProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const focusable = selected ?? tabs[0].name;
  const move = (index: number, event: React.KeyboardEvent) => {
    const to = {
      ArrowRight: (index + 1) % tabs.length,
      ArrowLeft: (index + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      onSelect(tabs[to].name);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    }
  };
  return (
    <div ref={list} className="dl-tabs" role="tablist" aria-label="Evidence">
      {tabs.map(({ name, label }, index) => (
        <button
          key={name}
          type="button"
          role="tab"
          data-testid={`datalens-tab-${name}`}
          aria-selected={name === selected}
          aria-controls={name === selected ? panelId : undefined}
          tabIndex={name === focusable ? 0 : -1}
          onClick={() => onSelect(name === selected ? null : name)}
          onKeyDown={event => move(index, event)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
