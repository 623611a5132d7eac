import React, { useState } from 'react';

import { Announcer } from './Announcer';
import { Composer } from './Composer';
import {
  DataLensContext,
  type IDataLensContext,
  type IPanelActions,
  PanelActions,
  useModelChanges
} from './context';
import { Conversation } from './Conversation';
import { EmptyState } from './EmptyState';
import { Covered } from './Covered';
import { ErrorNote } from './ErrorNote';
import { Files } from './Files';
import { Header } from './Header';
import { Restored } from './Restored';
import { SignIn } from './SignIn';
import { StatusLine } from './StatusLine';
import { Suggestions } from './Suggestions';

/** Which files can be chosen; the server has the last word. */
const ACCEPTED = '.csv,.tsv,.tab,.txt,.xlsx,.xlsm,.xls,.xlsb,.ods';

interface IPanelProps extends IDataLensContext {
  actions: IPanelActions;
  /** A file is held over the panel. */
  dropping: boolean;
  draft: string;
  onDraft: (text: string) => void;
  onFiles: (files: File[]) => void;
}

export function Panel(props: IPanelProps): JSX.Element {
  const { actions, dropping, draft, onDraft, onFiles, ...context } = props;
  const { model } = context;
  const [showHistory, setShowHistory] = useState(false);
  useModelChanges(model);
  const signIn = model.ready && model.account.needed;
  const empty = model.datasets.length === 0 && model.conversation.runs.length === 0;
  return (
    <DataLensContext value={context}>
      <PanelActions value={actions}>
        <Header showHistory={showHistory} onHistory={setShowHistory} />
        <Announcer />
        {signIn && <SignIn />}
        <Covered className="dl-body" covered={showHistory} hidden={signIn}>
          <Files />
          <Restored />
          <div className="dl-main" data-testid="datalens-dropzone">
            {!model.ready ? (
              <p className="dl-muted dl-opening">Opening…</p>
            ) : empty && !model.uploads.current ? (
              <EmptyState />
            ) : (
              <Conversation>
                <Suggestions />
              </Conversation>
            )}
            {dropping && <div className="dl-drop-overlay">Drop to add this file</div>}
          </div>
        </Covered>
        {model.error && (
          <ErrorNote
            message={model.error.message}
            reference={model.error.requestId}
            reason={model.error.reason}
            retry="New analysis"
            onRetry={
              model.error.code === 'SESSION_NOT_FOUND'
                ? () => model.startAnew() // it was deleted in another tab, for one
                : undefined
            }
            onDismiss={() => model.dismissError()}
          />
        )}
        <input
          type="file"
          hidden
          multiple
          accept={ACCEPTED}
          aria-label="Choose a file"
          data-testid="datalens-upload-input"
          onChange={event => {
            onFiles(Array.from(event.target.files ?? []));
            event.target.value = ''; // the same file can be chosen again
          }}
        />
        <Covered className="dl-footer" covered={showHistory} hidden={signIn}>
          <Composer draft={draft} onDraft={onDraft} />
          <StatusLine />
        </Covered>
      </PanelActions>
    </DataLensContext>
  );
}
