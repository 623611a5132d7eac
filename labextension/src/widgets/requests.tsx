import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { SentRequest } from '../api/types';
import { PreviewParts } from '../components/PreviewParts';
import { reportSummary } from '../model/privacy';
import { ReadingDialog } from './readingdialog';

const STATES: Record<SentRequest['state'], string> = {
  waiting: 'waits for your word',
  sent: 'was sent',
  refused: 'was not sent'
};

/** The requests of a run, as they went; `number` is opened, the last one if it is left out. */
export async function showRequest(
  requests: SentRequest[],
  number = requests[requests.length - 1]?.number
): Promise<void> {
  const body = ReactWidget.create(
    <div data-testid="datalens-requests">
      {requests.length === 0 && (
        <p>They are kept in memory for a while, and these are gone.</p>
      )}
      {requests.map(request => (
        <details key={request.number} open={request.number === number}>
          <summary>
            Request {request.number} {STATES[request.state]}
          </summary>
          <p className="dl-muted">
            {request.preview.redactions.length
              ? `Replaced: ${reportSummary(request.preview.redactions).join('; ')}.`
              : 'Nothing in it had to be replaced.'}
          </p>
          <PreviewParts parts={request.preview.parts} />
        </details>
      ))}
    </div>
  );
  body.addClass('dl-preview');
  await new ReadingDialog({
    title: 'What goes to the model',
    body,
    buttons: [Dialog.okButton({ label: 'Close' })]
  }).launch();
}
