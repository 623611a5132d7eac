import React from 'react';

import type { PreviewPart } from '../api/types';

/** Whose words a part of a request is, for people. */
const PARTS: Record<string, string> = {
  system: 'Instructions to the model',
  user: 'Your question and what is known of the data',
  assistant: 'What the model said before',
  tool: 'What its code showed',
  tools: 'What the model may do',
  response_format: 'The form of its answer'
};
const FOLDED = new Set(['system', 'tools', 'response_format']);

interface IPreviewPartsProps {
  parts: PreviewPart[];
  /** Called with a placeholder that is not personal after all. */
  onNotPersonal?: (token: string) => void;
}

/** A request part by part, with what was replaced marked. */
export function PreviewParts({ parts, onNotPersonal }: IPreviewPartsProps): JSX.Element {
  return (
    <>
      {parts.map((part, index) => (
        <details key={index} open={!FOLDED.has(part.role)}>
          <summary>{PARTS[part.role] ?? part.role}</summary>
          <pre tabIndex={0}>{marked(part, onNotPersonal)}</pre>
        </details>
      ))}
    </>
  );
}

function marked(
  { text, redactions }: PreviewPart,
  onNotPersonal: IPreviewPartsProps['onNotPersonal']
): React.ReactNode[] {
  const nodes: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end, entity_type } of [...redactions].sort(
    (a, b) => a.start - b.start
  )) {
    if (start >= at && end <= text.length) {
      const token = text.slice(start, end);
      nodes.push(text.slice(at, start));
      nodes.push(
        onNotPersonal && entity_type !== 'COLUMN_NAME' ? (
          <mark key={start}>
            <button
              type="button"
              title={`${token}: this is not personal`}
              onClick={() => onNotPersonal(token)}
            >
              {token}
            </button>
          </mark>
        ) : (
          <mark key={start} title={entity_type}>
            {token}
          </mark>
        )
      );
      at = end;
    }
  }
  nodes.push(text.slice(at));
  return nodes;
}
