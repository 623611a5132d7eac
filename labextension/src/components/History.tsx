import React, { useCallback, useEffect, useRef, useState } from 'react';

import type { Session } from '../api/types';
import { plural } from '../model/format';
import { useDataLens } from './context';
import { nameOf } from './SessionItem';
import { SessionGroups } from './SessionGroups';

const TYPING_MS = 200;
const LONGEST_SEARCH = 200;

/** The user's earlier analyses: find, open, rename, delete. */
export function History({ onClose }: { onClose: () => void }): JSX.Element {
  const { model } = useDataLens();
  const { list } = model;
  const [search, setSearch] = useState('');
  const [said, setSaid] = useState('');
  const first = useRef<HTMLButtonElement>(null);
  const wait = useRef(0);
  useEffect(() => {
    void model.loadSessions();
    return () => window.clearTimeout(wait.current);
  }, [model]);
  const find = (words: string) => {
    setSearch(words);
    window.clearTimeout(wait.current);
    wait.current = window.setTimeout(() => void model.loadSessions(words), TYPING_MS);
  };
  const close = useRef(onClose);
  close.current = onClose;
  const open = useCallback(
    ({ id }: Session) => {
      close.current();
      model.open(id).catch(reason => model.fail(reason));
    },
    [model]
  );
  const rename = useCallback(
    ({ id }: Session, title: string) => void model.rename(id, title),
    [model]
  );
  const remove = useCallback(
    async (session: Session) => {
      first.current?.focus(); // what had the focus is gone
      if (await model.delete(session.id)) {
        setSaid(`Deleted ${nameOf(session)}`);
      }
    },
    [model]
  );
  const found = list.hasMore
    ? `The latest ${plural(list.sessions.length, 'analysis', 'analyses')} that hold this`
    : `${plural(list.sessions.length, 'analysis holds', 'analyses hold')} this`;
  return (
    <nav className="dl-history" aria-label="History">
      <button
        ref={first}
        type="button"
        className="dl-history-new"
        onClick={() => {
          model.startAnew();
          onClose();
        }}
      >
        New analysis
      </button>
      <div className="dl-list-filter">
        <input
          type="search"
          className="dl-search"
          aria-label="Find an analysis"
          title="By words of its name, its questions or its data sets"
          placeholder="Find by question or data set"
          maxLength={LONGEST_SEARCH}
          value={search}
          onChange={event => find(event.target.value)}
        />
      </div>
      {list.sessions.length === 0 && (
        <p className="dl-muted">
          {list.loading
            ? 'Reading the history…'
            : list.search.trim()
              ? 'No analysis holds all of these words.'
              : 'Nothing here yet.'}
        </p>
      )}
      <SessionGroups
        sessions={list.sessions}
        current={model.session?.id}
        onOpen={open}
        onRename={rename}
        onDelete={remove}
      />
      {list.hasMore && (
        <p>
          <button
            type="button"
            className="dl-link"
            disabled={list.loading}
            onClick={() => void model.loadMoreSessions()}
          >
            {list.loading ? 'Reading earlier ones…' : 'Show earlier ones'}
          </button>
        </p>
      )}
      <p className="dl-unseen" role="status">
        {said || (list.search.trim() && !list.loading ? found : '')}
      </p>
    </nav>
  );
}
