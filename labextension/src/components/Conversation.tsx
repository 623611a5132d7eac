import React, { useEffect, useRef } from 'react';

import { useDataLens } from './context';
import { Question } from './Question';
import { RunView } from './RunView';

const AT_END_PX = 48;
const MARGIN_PX = 12;

/** Questions and answers. Stays where the reader is, unless they are at the end. */
export function Conversation({ children }: { children?: React.ReactNode }): JSX.Element {
  const { model } = useDataLens();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  /** The newest answer was brought up, and no reader has moved since. */
  const settling = useRef(false);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const node = scroller.current;
      if (node && atEnd.current && model.conversation.busy) {
        node.scrollTop = node.scrollHeight;
      } else if (node && settling.current && !model.conversation.busy) {
        node.scrollTop = topOfLastRun(node); // charts above are drawn later, and push it down
      }
    });
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, [model]);
  useEffect(() => {
    const node = scroller.current!;
    if (model.conversation.asking !== null) {
      atEnd.current = true; // a question of one's own is always seen
      node.scrollTop = node.scrollHeight;
    } else if (!model.conversation.busy && atEnd.current) {
      node.scrollTop = topOfLastRun(node); // the answer is what people came for
      settling.current = true;
    }
  }, [model.conversation.asking, model.conversation.busy, model.session?.id]);

  const readerActs = () => {
    settling.current = false;
  };
  return (
    <div
      ref={scroller}
      className="dl-conversation"
      onPointerDown={readerActs}
      onWheel={readerActs}
      onKeyDown={readerActs}
      onScroll={event => {
        const node = event.currentTarget;
        if (node.scrollHeight - node.scrollTop - node.clientHeight < AT_END_PX) {
          atEnd.current = true;
        } else if (node.scrollTop < lastTop.current) {
          atEnd.current = false; // a reader went up; content that grew below is no reader
        }
        lastTop.current = node.scrollTop;
      }}
    >
      <div ref={content} className="dl-conversation-content">
        {model.conversation.runs.map(run => (
          <RunView key={run.id} run={run} />
        ))}
        {model.conversation.asking !== null && (
          <Question text={model.conversation.asking} />
        )}
        {children}
      </div>
    </div>
  );
}

function topOfLastRun(scroller: HTMLElement): number {
  const runs = scroller.querySelectorAll<HTMLElement>('.dl-run');
  const last = runs[runs.length - 1];
  return last ? last.offsetTop - scroller.offsetTop - MARGIN_PX : 0;
}
