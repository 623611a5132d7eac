import React, { useRef } from 'react';

import type { Dataset } from '../api/types';
import { useDataLens } from './context';

/** A newer version of a file takes its place: name, variable and decisions stay. */
export function ReplaceFile({ dataset }: { dataset: Dataset }): JSX.Element {
  const { model } = useDataLens();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {' · '}
      <button
        type="button"
        className="dl-link"
        title={`It keeps its name, ${dataset.variable} in code, and what you decided about reading it`}
        onClick={() => input.current?.click()}
      >
        Replace with a newer version…
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={`.${dataset.name.split('.').pop()}`}
        aria-label={`A newer version of ${dataset.name}`}
        data-testid="datalens-replace-input"
        onChange={event => {
          const file = event.target.files?.[0];
          if (file) {
            void model.uploads.add({ file }, dataset.id);
          }
          event.target.value = '';
        }}
      />
    </>
  );
}
