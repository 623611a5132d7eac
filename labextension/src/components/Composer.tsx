import { stopIcon } from '@jupyterlab/ui-components';
import React, { useLayoutEffect, useRef, useState } from 'react';

import { sendIcon } from '../widgets/icons';
import { usePanel } from './context';
import { IconButton } from './IconButton';

interface IComposerProps {
  draft: string;
  onDraft: (text: string) => void;
}

/** Where questions are typed: grows to six lines; Enter asks, Shift+Enter starts a new line. */
export function Composer({ draft, onDraft }: IComposerProps): JSX.Element {
  const { model } = usePanel();
  const area = useRef<HTMLTextAreaElement>(null);
  const [stopping, setStopping] = useState(false);
  const { datasets, busy, running, status } = model;

  useLayoutEffect(() => {
    const node = area.current!;
    node.style.height = 'auto';
    // Empty it has one line, however long the placeholder is.
    node.style.height = draft ? `${node.scrollHeight}px` : '';
  }, [draft]);

  const ask = async () => {
    const query = draft.trim();
    if (!query || busy || !datasets.length) {
      return;
    }
    onDraft('');
    if (!(await model.ask(query))) {
      onDraft(query);
    }
  };
  const stop = async () => {
    setStopping(true);
    await model.stop();
    setStopping(false);
  };
  const placeholder = datasets.length
    ? `Ask about ${datasets[datasets.length - 1].name}`
    : 'Add a file, then ask about it';
  return (
    <div className="dl-composer">
      <textarea
        ref={area}
        data-testid="datalens-composer"
        aria-label="Your question"
        placeholder={placeholder}
        rows={1}
        maxLength={status?.limits.max_query_characters}
        value={draft}
        onChange={event => onDraft(event.target.value)}
        onKeyDown={event => {
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
          label={stopping ? 'Stopping…' : 'Stop'}
          disabled={!running || stopping}
          testId="datalens-stop"
          onClick={() => void stop()}
        />
      ) : (
        <IconButton
          icon={sendIcon}
          label="Ask (Enter)"
          disabled={!draft.trim() || !datasets.length}
          testId="datalens-send"
          className="dl-send"
          onClick={() => void ask()}
        />
      )}
    </div>
  );
}
