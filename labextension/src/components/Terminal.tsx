import React, { useEffect, useRef, useState } from 'react';

import type { IErrorContent } from '../api/types';
import type { IExecutionState, IOutput, IRunState } from '../model/run';

const SHOWN_CHARACTERS = 200_000;

/** What the code printed, stdout and stderr told apart; can be searched and enlarged. */
export function Terminal({ run }: { run: IRunState }): JSX.Element {
  const [search, setSearch] = useState('');
  const [large, setLarge] = useState(false);
  const screen = useRef<HTMLPreElement>(null);
  const follow = useRef(true);
  const printed = run.executions.flatMap(outputOf);
  useEffect(() => {
    if (follow.current && screen.current) {
      screen.current.scrollTop = screen.current.scrollHeight;
    }
  });
  const shown = matching(capped(printed), search);
  return (
    <div className="dl-terminal-frame">
      <div className="dl-terminal-bar">
        <input
          type="search"
          aria-label="Search the logs"
          placeholder="Search"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <button type="button" className="dl-link" onClick={() => setLarge(!large)}>
          {large ? 'Smaller' : 'Larger'}
        </button>
      </div>
      <pre
        ref={screen}
        className={large ? 'dl-terminal dl-large' : 'dl-terminal'}
        data-testid="datalens-terminal"
        tabIndex={0}
        role="log"
        aria-label="Output of the code"
        aria-live="off"
        onScroll={event => {
          const node = event.currentTarget;
          follow.current = node.scrollHeight - node.scrollTop - node.clientHeight < 16;
        }}
      >
        {shown.length ? (
          shown.map(({ stream, text }, index) => (
            <span key={index} className={stream === 'stderr' ? 'dl-stderr' : undefined}>
              {text}
            </span>
          ))
        ) : (
          <span className="dl-muted">
            {search ? 'No line holds that.' : 'Nothing was printed.'}
          </span>
        )}
      </pre>
    </div>
  );
}

function outputOf(execution: IExecutionState): IOutput[] {
  const errors = execution.artifacts
    .filter(artifact => artifact.type === 'error')
    .map((artifact): IOutput => {
      const { name, value, traceback } = artifact.content as IErrorContent;
      return { stream: 'stderr', text: `${traceback || `${name}: ${value}`}\n` };
    });
  return [...execution.output, ...errors];
}

/** The end of a flood is what people look for. */
function capped(output: IOutput[]): IOutput[] {
  let left = SHOWN_CHARACTERS;
  const kept: IOutput[] = [];
  for (const { stream, text } of [...output].reverse()) {
    if (left <= 0) {
      break;
    }
    kept.unshift({ stream, text: text.slice(-left) });
    left -= text.length;
  }
  return kept;
}

function matching(output: IOutput[], search: string): IOutput[] {
  if (!search) {
    return output;
  }
  const wanted = search.toLowerCase();
  return output
    .map(({ stream, text }) => ({
      stream,
      text: text
        .split(/(?<=\n)/)
        .filter(line => line.toLowerCase().includes(wanted))
        .join('')
    }))
    .filter(({ text }) => text);
}
