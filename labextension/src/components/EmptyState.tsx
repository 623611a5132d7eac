import { fileUploadIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { sampleFile } from '../model/sample';
import { useActions, useDataLens } from './context';

/** The first minute: one sentence, a place to drop a file, two links. */
export function EmptyState(): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  return (
    <div className="dl-empty">
      <p>
        Ask questions of your data. The code runs in an isolated sandbox, not in your
        kernel.
      </p>
      <div className="dl-drop-hint">
        <fileUploadIcon.react tag="span" width="24px" height="24px" />
        <p>Drop a CSV or Excel file here</p>
        <p className="dl-muted">from the file browser or from your desktop</p>
        <p className="dl-empty-links">
          <button type="button" className="dl-link" onClick={() => actions.chooseFile()}>
            Choose a file
          </button>
          <span aria-hidden="true"> · </span>
          <button
            type="button"
            className="dl-link"
            title="480 made-up orders, to see how it works"
            onClick={() => void model.uploads.add({ file: sampleFile() })}
          >
            Try the sample
          </button>
        </p>
      </div>
    </div>
  );
}
