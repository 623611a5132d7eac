import React from 'react';

import type { IUploadState } from '../model/session';

export function Uploading({ upload }: { upload: IUploadState }): JSX.Element {
  const { name, fraction, cancel } = upload;
  const words =
    fraction === null
      ? `Reading ${name}…`
      : `Sending ${name}: ${Math.round(fraction * 100)} %`;
  return (
    <div className="dl-uploading" role="status">
      <span className="dl-uploading-words">{words}</span>
      <button type="button" className="dl-link" onClick={cancel}>
        Cancel
      </button>
      <progress max={1} value={fraction ?? undefined} aria-label={words} />
    </div>
  );
}
