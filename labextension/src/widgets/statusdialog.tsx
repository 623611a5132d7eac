import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { Status } from '../api/types';
import { statusParts } from '../model/statusparts';

/** What the status line stands for, in full sentences. */
export async function showStatus(status: Status): Promise<void> {
  const { limits } = status;
  const body = ReactWidget.create(
    <>
      <dl>
        {statusParts(status).map(({ key, label, detail }) => (
          <React.Fragment key={key}>
            <dt>{label}</dt>
            <dd>{detail}</dd>
          </React.Fragment>
        ))}
        <dt>Limits</dt>
        <dd>
          Files up to {limits.max_file_size_mb} MB, code up to{' '}
          {limits.execution_timeout_seconds} s and {limits.sandbox_memory_mb} MB of
          memory.
        </dd>
      </dl>
      <p className="dl-muted">DataLens {status.version}</p>
    </>
  );
  body.addClass('dl-status-dialog');
  await showDialog({
    title: 'Where your data goes',
    body,
    buttons: [Dialog.okButton({ label: 'Close' })]
  });
}
