import { ellipsesIcon, historyIcon } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import { useActions, useDataLens } from './context';
import { History } from './History';
import { IconButton } from './IconButton';

interface IHeaderProps {
  showHistory: boolean;
  onHistory: (show: boolean) => void;
}

export function Header({ showHistory, onHistory }: IHeaderProps): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const sessions = useRef<HTMLDivElement>(null);
  return (
    <header className="dl-header">
      <h2 title={model.session?.title || undefined}>
        DataLens{' '}
        {model.session?.title && <bdi className="dl-muted">{model.session.title}</bdi>}
      </h2>
      <div
        ref={sessions}
        data-testid="datalens-sessions"
        onKeyDown={event => {
          if (event.key === 'Escape' && showHistory) {
            event.stopPropagation();
            onHistory(false);
            sessions.current?.querySelector('button')?.focus();
          }
        }}
      >
        <IconButton
          icon={historyIcon}
          label="History"
          pressed={showHistory}
          onClick={() => onHistory(!showHistory)}
        />
        {showHistory && <History onClose={() => onHistory(false)} />}
      </div>
      <IconButton
        icon={ellipsesIcon}
        label="More"
        menu
        onClick={button => {
          onHistory(false); // it is about what lies below
          actions.openMenu(button);
        }}
      />
    </header>
  );
}
