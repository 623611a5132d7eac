import React, { useEffect, useRef } from 'react';

import { usePanel } from './context';
import { Question } from './Question';
import { RunView } from './RunView';

const AT_END_PX = 48;

/** Questions and answers. Stays where the reader is, unless they are at the end. */
export function Conversation({ children }: { children?: React.ReactNode }): JSX.Element {
  const { model } = usePanel();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const node = scroller.current;
      if (node && atEnd.current) {
        node.scrollTop = node.scrollHeight;
      }
    });
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    atEnd.current = true; // a question of one's own is always seen
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [model.asking, model.session?.id]);

  return (
    <div
      ref={scroller}
      className="dl-conversation"
      onScroll={event => {
        const node = event.currentTarget;
        atEnd.current =
          node.scrollHeight - node.scrollTop - node.clientHeight < AT_END_PX;
      }}
    >
      <div ref={content} className="dl-conversation-content">
        {model.runs.map((run, index) => (
          <RunView key={run.id} run={run} last={index === model.runs.length - 1} />
        ))}
        {model.asking !== null && <Question text={model.asking} />}
        {children}
      </div>
    </div>
  );
}
