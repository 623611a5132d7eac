import { ellipsesIcon, historyIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { usePanel } from './context';
import { History } from './History';
import { IconButton } from './IconButton';

interface IHeaderProps {
  showHistory: boolean;
  onHistory: (show: boolean) => void;
}

export function Header({ showHistory, onHistory }: IHeaderProps): JSX.Element {
  const { model, actions } = usePanel();
  return (
    <header className="dl-header">
      <h2 title={model.session?.title || undefined}>
        DataLens
        {model.session?.title && <span className="dl-muted"> {model.session.title}</span>}
      </h2>
      <div data-testid="datalens-sessions">
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
        onClick={e => actions.openMenu(e)}
      />
    </header>
  );
}
