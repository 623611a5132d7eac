import { stopIcon } from '@jupyterlab/ui-components';
import React, { useId, useLayoutEffect, useRef, useState } from 'react';

import { count } from '../model/format';
import { sendIcon } from '../widgets/icons';
import { useDataLens } from './context';
import { IconButton } from './IconButton';

interface IComposerProps {
  draft: string;
  onDraft: (text: string) => void;
}

/** Where questions are typed: grows to six lines; Enter asks, Shift+Enter starts a new line. */
export function Composer({ draft, onDraft }: IComposerProps): JSX.Element {
  const { model } = useDataLens();
  const area = useRef<HTMLTextAreaElement>(null);
  const [stopping, setStopping] = useState(false);
  const tooLong = useId();
  const { datasets, status } = model;
  const { busy, running } = model.conversation;
  const limit = status?.limits.max_query_characters ?? Infinity;
  const excess = draft.trim().length > limit;
  const askable = draft.trim() !== '' && datasets.length > 0 && !excess;

  useLayoutEffect(() => {
    const node = area.current!;
    node.style.height = 'auto';
    // Empty it has one line, however long the placeholder is.
    node.style.height = draft ? `${node.scrollHeight}px` : '';
  }, [draft]);

  const ask = async () => {
    const query = draft.trim();
    if (busy || !askable) {
      return;
    }
    onDraft('');
    if (!(await model.conversation.ask(query))) {
      onDraft(query);
    }
  };
  const stop = async () => {
    setStopping(true);
    await model.conversation.stop();
    setStopping(false);
  };
  const placeholder = datasets.length
    ? `Ask about ${datasets[datasets.length - 1].name}`
    : 'Add a file, then ask about it';
  return (
    <>
      {excess && (
        <p id={tooLong} className="dl-warn dl-too-long" role="status">
          {count(draft.trim().length)} of {count(limit)} characters. Shorten your question
          to ask it.
        </p>
      )}
      <div className="dl-composer">
        <textarea
          ref={area}
          data-testid="datalens-composer"
          aria-label="Your question"
          placeholder={placeholder}
          rows={1}
          title="Enter asks, Shift+Enter starts a new line"
          aria-invalid={excess || undefined}
          aria-describedby={excess ? tooLong : undefined}
          value={draft}
          onChange={event => onDraft(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && running) {
              event.preventDefault();
              void stop();
            }
            if (
              event.key === 'Enter' &&
              !event.shiftKey &&
              !event.nativeEvent.isComposing
            ) {
              event.preventDefault();
              void ask();
            }
          }}
        />
        {busy ? (
          <IconButton
            icon={stopIcon}
            label={stopping ? 'Stopping…' : 'Stop (Escape)'}
            disabled={!running || stopping}
            testId="datalens-stop"
            onClick={() => void stop()}
          />
        ) : (
          <IconButton
            icon={sendIcon}
            label="Ask (Enter)"
            disabled={!askable}
            testId="datalens-send"
            className="dl-send"
            onClick={() => {
              area.current?.focus(); // this button gives way to Stop
              void ask();
            }}
          />
        )}
      </div>
    </>
  );
}
