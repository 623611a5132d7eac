import React from 'react';

import { plural } from '../model/format';
import { useDataLens } from './context';
import type { IReading } from './useReading';

/** Applies what was decided about reading a file, or takes it back. */
export function ReadAgain({ reading }: { reading: IReading }): JSX.Element {
  const { model } = useDataLens();
  const { changes, applying, apply, undo } = reading;
  return (
    <div className="dl-read-again" role="status">
      <span className="dl-muted">
        {applying
          ? 'Reading the file again…'
          : model.conversation.busy
            ? 'It can be read again once the answer is there.'
            : plural(changes, 'change')}
      </span>
      {!applying && (
        <>
          <button
            type="button"
            className="dl-link"
            title="Leave it as it was read"
            onClick={undo}
          >
            Undo
          </button>
          <button
            type="button"
            className="dl-primary"
            disabled={model.conversation.busy}
            title={
              model.conversation.runs.length
                ? 'Read the file so; answers that are there stay as they are'
                : 'Read the file so'
            }
            onClick={() => void apply()}
          >
            Read again
          </button>
        </>
      )}
    </div>
  );
}
