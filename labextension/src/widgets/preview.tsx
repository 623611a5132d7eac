import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { Preview, PreviewPart } from '../api/types';
import { plural } from '../model/format';

/** Exactly what the first request to the model would hold, redactions marked. */
export async function showPreview(preview: Preview): Promise<void> {
  const body = ReactWidget.create(<PreviewBody preview={preview} />);
  body.addClass('dl-preview');
  await showDialog({
    title: preview.offline
      ? 'What the offline rules read'
      : `What is sent to ${preview.model}`,
    body,
    buttons: [Dialog.okButton({ label: 'Close' })]
  });
}

/** Whose words a part of the request is, for people. */
const PARTS: Record<string, string> = {
  system: 'Instructions to the model',
  user: 'Your question and what is known of the data'
};

function PreviewBody({ preview }: { preview: Preview }): JSX.Element {
  const { offline, parts, redaction_count } = preview;
  return (
    <div data-testid="datalens-privacy-preview">
      <p>
        {offline
          ? 'No AI model is set up: this is read by rules on this machine, and nothing is sent.'
          : `${plural(redaction_count, 'value is', 'values are')} replaced before sending.`}
        {offline &&
          redaction_count > 0 &&
          ` With a model, ${plural(redaction_count, 'value', 'values')} would be replaced, as marked.`}
      </p>
      {parts.map((part, index) => (
        <details key={index} open={part.role !== 'system'}>
          <summary>{PARTS[part.role] ?? part.role}</summary>
          <pre tabIndex={0}>{marked(part)}</pre>
        </details>
      ))}
    </div>
  );
}

function marked({ text, redactions }: PreviewPart): React.ReactNode[] {
  const nodes: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end, entity_type } of [...redactions].sort(
    (a, b) => a.start - b.start
  )) {
    if (start >= at && end <= text.length) {
      nodes.push(text.slice(at, start));
      nodes.push(
        <mark key={start} title={entity_type}>
          {text.slice(start, end)}
        </mark>
      );
      at = end;
    }
  }
  nodes.push(text.slice(at));
  return nodes;
}
