import React, { useRef } from 'react';

import type { ITab } from '../model/evidence';

interface ITabListProps<Name extends string> {
  /** What the tabs are of. */
  label: string;
  tabs: ITab<Name>[];
  selected: Name | null;
  panelId: string;
  /** Put before a tab's name to make its test id. */
  testId: string;
  onSelect: (name: Name) => void;
}

/** Tabs in a row; arrow keys, Home and End move between them. */
export function TabList<Name extends string>(props: ITabListProps<Name>): JSX.Element {
  const { label, tabs, selected, panelId, testId, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  const focusable = tabs.some(tab => tab.name === selected) ? selected : tabs[0]?.name;
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
    <div ref={list} className="dl-tabs" role="tablist" aria-label={label}>
      {tabs.map((tab, index) => (
        <button
          key={tab.name}
          type="button"
          role="tab"
          title={tab.label}
          data-testid={`${testId}${tab.name}`}
          aria-selected={tab.name === selected}
          aria-controls={tab.name === selected ? panelId : undefined}
          tabIndex={tab.name === focusable ? 0 : -1}
          onClick={() => onSelect(tab.name)}
          onKeyDown={event => move(index, event)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}
