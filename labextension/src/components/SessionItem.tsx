import { deleteIcon, editIcon } from '@jupyterlab/ui-components';
import React, { memo, useEffect, useId, useRef, useState } from 'react';

import type { Session } from '../api/types';
import { ago, fullTime, plural } from '../model/format';
import { IconButton } from './IconButton';

interface ISessionItemProps {
  session: Session;
  current: boolean;
  onOpen: (session: Session) => void;
  onRename: (session: Session, title: string) => void;
  onDelete: (session: Session) => void;
}

export function nameOf(session: Session): string {
  return session.title || 'Untitled analysis';
}

/** One analysis of the list: open, rename, delete. */
export const SessionItem = memo(function SessionItem(
  props: ISessionItemProps
): JSX.Element {
  const { session, current, onOpen, onRename, onDelete } = props;
  const [mode, setMode] = useState<'shown' | 'renaming' | 'deleting'>('shown');
  const item = useRef<HTMLLIElement>(null);
  const changed = useRef(false);
  useEffect(() => {
    if (changed.current && mode === 'shown') {
      item.current?.querySelector('button')?.focus();
    }
    changed.current = mode !== 'shown';
  }, [mode]);
  const name = nameOf(session);
  return (
    <li
      ref={item}
      className={mode === 'shown' ? 'dl-session' : 'dl-session dl-editing'}
      aria-current={current || undefined}
    >
      {mode === 'renaming' && (
        <TitleForm
          title={name}
          onTitle={title => {
            setMode('shown');
            if (title && title !== name) {
              onRename(session, title);
            }
          }}
        />
      )}
      {mode === 'deleting' && (
        <Confirmation
          question={`Delete “${name}” with its files?`}
          onYes={() => onDelete(session)}
          onNo={() => setMode('shown')}
        />
      )}
      {mode === 'shown' && (
        <>
          <button
            type="button"
            className="dl-session-open"
            data-testid="datalens-session-item"
            title={[fullTime(session.last_activity), ...session.dataset_names].join('\n')}
            onClick={() => onOpen(session)}
          >
            <span className="dl-session-title" dir="auto">
              {name}
            </span>
            <span className="dl-muted">{facts(session)}</span>
          </button>
          <IconButton
            icon={editIcon}
            label={`Rename ${name}`}
            onClick={() => setMode('renaming')}
          />
          <IconButton
            icon={deleteIcon}
            label={`Delete ${name}`}
            onClick={() => setMode('deleting')}
          />
        </>
      )}
    </li>
  );
});

/** When it was used, how long it became, and what data it is of. */
function facts({ last_activity, dataset_names, message_count }: Session): string {
  const length = message_count ? plural(message_count, 'message') : 'no questions yet';
  return [ago(last_activity), length, ...dataOf(dataset_names)].join(' · ');
}

/** The first data set by name, and how many more there are; nothing if there is none. */
function dataOf([first, ...more]: string[]): string[] {
  return first ? [more.length ? `${first} and ${more.length} more` : first] : [];
}

interface ITitleFormProps {
  title: string;
  /** Called once, with null if it stays as it is. */
  onTitle: (title: string | null) => void;
}

/** Enter, or going elsewhere, takes the new name; Escape leaves the old one. */
function TitleForm({ title, onTitle }: ITitleFormProps): JSX.Element {
  const [words, setWords] = useState(title);
  const done = useRef(false);
  const finish = (result: string | null) => {
    if (!done.current) {
      done.current = true;
      onTitle(result);
    }
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        finish(words.trim());
      }}
    >
      <input
        aria-label="Name of this analysis"
        dir="auto"
        title="Enter keeps the new name, Escape the old one"
        value={words}
        maxLength={200}
        autoFocus
        onFocus={event => event.target.select()}
        onChange={event => setWords(event.target.value)}
        onBlur={() => finish(words.trim())}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            finish(null);
          }
        }}
      />
    </form>
  );
}

interface IConfirmationProps {
  question: string;
  onYes: () => void;
  onNo: () => void;
}

function Confirmation({ question, onYes, onNo }: IConfirmationProps): JSX.Element {
  const id = useId();
  return (
    <div
      className="dl-confirmation"
      role="group"
      aria-labelledby={id}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onNo();
        }
      }}
    >
      <span id={id}>{question}</span>
      <button type="button" className="dl-link" onClick={onYes}>
        Delete
      </button>
      <button type="button" className="dl-link" autoFocus onClick={onNo}>
        Keep
      </button>
    </div>
  );
}
