import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { Status } from '../api/types';
import { budgetWords, usageWords } from '../model/cost';
import type { SessionModel } from '../model/session';
import { statusParts } from '../model/statusparts';

/** How often one may ask, where there is a limit. */
function rateLimits(limits: Status['limits']): string {
  const named = [
    [limits.requests_per_minute, 'requests a minute'],
    [limits.uploads_per_hour, 'uploads an hour'],
    [limits.executions_per_hour, 'code executions an hour']
  ] as const;
  const said = named.filter(([amount]) => amount > 0).map(part => part.join(' '));
  return said.length ? ` Up to ${said.join(', ')}.` : '';
}

/** What the status line stands for, in full sentences. */
export async function showStatus(status: Status, model: SessionModel): Promise<void> {
  const { limits } = status;
  const answering = model.models.current ?? status.llm.model;
  const spent = spendings(model);
  const budgets = budgetWords(status);
  const body = ReactWidget.create(
    <>
      <dl>
        {statusParts(status, answering).map(({ key, label, detail }) => (
          <React.Fragment key={key}>
            <dt>{label}</dt>
            <dd>{detail}</dd>
          </React.Fragment>
        ))}
        {(spent.length > 0 || budgets.length > 0) && (
          <>
            <dt>What the model used</dt>
            <dd>
              {[...spent, ...budgets].map(words => (
                <div key={words}>{words}</div>
              ))}
            </dd>
          </>
        )}
        <dt>Limits</dt>
        <dd>
          Files up to {limits.max_file_size_mb} MB, code up to{' '}
          {limits.execution_timeout_seconds} s and {limits.sandbox_memory_mb} MB of
          memory.{rateLimits(limits)}
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

/** Tokens and cost of the last question, and of the session with the profiles of its files. */
function spendings({ conversation: { runs }, usage }: SessionModel): string[] {
  const last = runs[runs.length - 1];
  const told = [
    ['The last question', last ? usageWords(last.usage) : ''],
    ['This session', usageWords(usage)]
  ];
  return told.filter(([, words]) => words).map(([of, words]) => `${of}: ${words}`);
}
