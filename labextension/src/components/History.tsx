import React, { useEffect, useRef, useState } from 'react';

import type { Session } from '../api/types';
import { plural } from '../model/format';
import { byDate } from '../model/sessionlist';
import { useDataLens } from './context';
import { nameOf, SessionItem } from './SessionItem';

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
  const open = (id: string) => {
    onClose();
    model.open(id).catch(reason => model.fail(reason));
  };
  const remove = async (session: Session) => {
    if (await model.delete(session.id)) {
      setSaid(`Deleted ${nameOf(session)}`);
    }
  };
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
      {byDate(list.sessions).map(({ title, sessions }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {sessions.map(session => (
              <SessionItem
                key={session.id}
                session={session}
                current={session.id === model.session?.id}
                onOpen={() => open(session.id)}
                onDelete={() => {
                  first.current?.focus(); // what had the focus is gone
                  void remove(session);
                }}
              />
            ))}
          </ul>
        </section>
      ))}
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
