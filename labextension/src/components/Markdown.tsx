import React, { useEffect, useRef } from 'react';

import { safeFragment } from '../safety/html';
import { useDataLens } from './context';

/** An answer's markdown; pictures and links in it are shown as text. */
export function Markdown({ source }: { source: string }): JSX.Element {
  const { markdownParser } = useDataLens().drawing.rendermime;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    const show = (content: Node) => {
      if (current) {
        host.current?.replaceChildren(content);
      }
    };
    if (!markdownParser) {
      show(document.createTextNode(source));
      return;
    }
    markdownParser.render(source).then(
      html => show(safeFragment(html)),
      () => show(document.createTextNode(source)) // what cannot be parsed is still readable
    );
    return () => {
      current = false;
    };
  }, [source, markdownParser]);
  return <div ref={host} className="dl-markdown jp-RenderedHTMLCommon" dir="auto" />;
}
