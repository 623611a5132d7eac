import React, { useEffect, useRef, useState } from 'react';

import { logsOf } from '../model/logs';
import type { IRunState } from '../model/run';

const AT_END_PX = 16;

interface ITerminalProps {
  run: IRunState;
  /** Takes the height that there is, instead of a few lines that can be enlarged. */
  fill?: boolean;
  testId?: string;
}

/** What the code printed, stdout and stderr told apart; can be searched, followed, enlarged. */
export function Terminal(props: ITerminalProps): JSX.Element {
  const { run, fill = false, testId = 'datalens-terminal' } = props;
  const [search, setSearch] = useState('');
  const [large, setLarge] = useState(false);
  const [follow, setFollow] = useState(true);
  const screen = useRef<HTMLPreElement>(null);
  const lastTop = useRef(0);
  useEffect(() => {
    if (follow && screen.current) {
      screen.current.scrollTop = screen.current.scrollHeight;
    }
  });
  const shown = logsOf(run, search);
  return (
    <div className={fill ? 'dl-terminal-frame dl-fill' : 'dl-terminal-frame'}>
      <div className="dl-terminal-bar">
        <input
          type="search"
          aria-label="Search the logs"
          title="Show only lines that hold this"
          placeholder="Search"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <button
          type="button"
          className="dl-link"
          title="Stay at the newest line"
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
        >
          Follow
        </button>
        {!fill && (
          <button
            type="button"
            className="dl-link"
            title="Change how many lines are seen"
            aria-expanded={large}
            onClick={() => setLarge(!large)}
          >
            {large ? 'Smaller' : 'Larger'}
          </button>
        )}
      </div>
      <pre
        ref={screen}
        className={large ? 'dl-terminal dl-large' : 'dl-terminal'}
        data-testid={testId}
        tabIndex={0}
        role="log"
        aria-label="Output of the code"
        aria-live="off"
        onScroll={event => {
          const node = event.currentTarget;
          const end = node.scrollHeight - node.scrollTop - node.clientHeight;
          if (end < AT_END_PX) {
            setFollow(true);
          } else if (node.scrollTop < lastTop.current) {
            setFollow(false); // a reader went up; lines that came below are no reader
          }
          lastTop.current = node.scrollTop;
        }}
      >
        {shown.map(log => (
          <React.Fragment key={log.id}>
            {log.title && <span className="dl-log-title">{log.title}</span>}
            {log.output.map(({ stream, text }, index) =>
              stream === 'stderr' ? (
                <span key={index} className="dl-stderr" title="Standard error">
                  {text}
                </span>
              ) : (
                <span key={index}>{text}</span>
              )
            )}
          </React.Fragment>
        ))}
        {!shown.length && (
          <span className="dl-muted">
            {search ? 'No line holds that.' : 'Nothing was printed.'}
          </span>
        )}
      </pre>
    </div>
  );
}
