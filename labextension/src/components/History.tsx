import { deleteIcon, editIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { Session } from '../api/types';
import { ago, fullTime, plural } from '../model/format';
import { usePanel } from './context';
import { IconButton } from './IconButton';

/** The user's earlier analyses: open, rename, delete. */
export function History({ onClose }: { onClose: () => void }): JSX.Element {
  const { model } = usePanel();
  const [loading, setLoading] = useState(true);
  useEffect(() => {
    void model.loadSessions().then(() => setLoading(false));
  }, [model]);
  const open = (id: string) => {
    onClose();
    model.open(id).catch(reason => model.fail(reason));
  };
  return (
    <nav
      className="dl-history"
      aria-label="History"
      onKeyDown={event => event.key === 'Escape' && onClose()}
    >
      <button
        type="button"
        className="dl-history-new"
        onClick={() => {
          model.startAnew();
          onClose();
        }}
      >
        New analysis
      </button>
      {model.sessions.length === 0 && (
        <p className="dl-muted">
          {loading ? 'Reading the history…' : 'Nothing here yet.'}
        </p>
      )}
      <ul>
        {model.sessions.map(session => (
          <SessionItem
            key={session.id}
            session={session}
            current={session.id === model.session?.id}
            onOpen={() => open(session.id)}
          />
        ))}
      </ul>
    </nav>
  );
}

interface ISessionItemProps {
  session: Session;
  current: boolean;
  onOpen: () => void;
}

function SessionItem({ session, current, onOpen }: ISessionItemProps): JSX.Element {
  const { model } = usePanel();
  const [title, setTitle] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const name = session.title || 'Untitled analysis';

  if (title !== null) {
    return (
      <li className="dl-session dl-editing">
        <form
          onSubmit={event => {
            event.preventDefault();
            void model.rename(session.id, title.trim());
            setTitle(null);
          }}
        >
          <input
            className="jp-mod-styled"
            aria-label="Name of this analysis"
            value={title}
            maxLength={200}
            autoFocus
            onChange={event => setTitle(event.target.value)}
            onBlur={() => setTitle(null)}
            onKeyDown={event => {
              if (event.key === 'Escape') {
                event.stopPropagation();
                setTitle(null);
              }
            }}
          />
        </form>
      </li>
    );
  }
  if (deleting) {
    return (
      <li className="dl-session dl-editing">
        <span>Delete “{name}” with its files?</span>
        <button
          type="button"
          className="dl-link"
          onClick={() => void model.delete(session.id)}
        >
          Delete
        </button>
        <button
          type="button"
          className="dl-link"
          autoFocus
          onClick={() => setDeleting(false)}
        >
          Keep
        </button>
      </li>
    );
  }
  return (
    <li className="dl-session" aria-current={current || undefined}>
      <button
        type="button"
        className="dl-session-open"
        data-testid="datalens-session-item"
        title={fullTime(session.last_activity)}
        onClick={onOpen}
      >
        <span className="dl-session-title">{name}</span>
        <span className="dl-muted">
          {ago(session.last_activity)} · {plural(session.message_count, 'message')}
        </span>
      </button>
      <IconButton
        icon={editIcon}
        label={`Rename ${name}`}
        onClick={() => setTitle(name)}
      />
      <IconButton
        icon={deleteIcon}
        label={`Delete ${name}`}
        onClick={() => setDeleting(true)}
      />
    </li>
  );
}
