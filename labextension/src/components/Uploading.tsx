import React from 'react';

import { plural } from '../model/format';
import type { Uploads } from '../model/uploads';

/** The file on its way in, how far it is, and how many wait behind it. */
export function Uploading({ uploads }: { uploads: Uploads }): JSX.Element | null {
  const { current, waiting } = uploads;
  if (!current) {
    return null;
  }
  const { name, fraction, cancel } = current;
  const words =
    fraction === null
      ? `Reading ${name}…`
      : `Sending ${name}: ${Math.round(fraction * 100)} %`;
  return (
    <div className="dl-uploading" role="status">
      <span className="dl-uploading-words" title={name}>
        {words}
      </span>
      {waiting > 0 && <span className="dl-muted">{plural(waiting, 'more', 'more')}</span>}
      <button
        type="button"
        className="dl-link"
        title={`Do not add ${name}`}
        onClick={cancel}
      >
        Cancel
      </button>
      <progress max={1} value={fraction ?? undefined} aria-label={words} />
    </div>
  );
}
