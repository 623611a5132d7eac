import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import type { Preview } from '../api/types';
import { PreviewParts } from '../components/PreviewParts';
import { plural } from '../model/format';
import { ReadingDialog } from './readingdialog';

/** Takes a mark of the user's, and says what would be sent with it. */
export type OnMark = (text: string, personal: boolean) => Promise<Preview | null>;

/**
 * Exactly what the first request to the model would hold, redactions marked.
 *
 * True if the user wants the question asked now; `askable` offers it.
 */
export async function showPreview(
  preview: Preview,
  onMark: OnMark,
  askable: boolean
): Promise<boolean> {
  const body = ReactWidget.create(<PreviewBody first={preview} onMark={onMark} />);
  body.addClass('dl-preview');
  const close = Dialog.cancelButton({ label: 'Close' });
  const send = Dialog.okButton({
    label: preview.offline ? 'Ask' : 'Send',
    caption: 'Ask this question now'
  });
  const { button } = await new ReadingDialog({
    title: preview.offline
      ? 'What the offline rules read'
      : `What is sent to ${preview.model}`,
    body,
    buttons: askable ? [close, send] : [close]
  }).launch();
  return button.accept;
}

interface IPreviewBodyProps {
  first: Preview;
  onMark: OnMark;
}

function PreviewBody({ first, onMark }: IPreviewBodyProps): JSX.Element {
  const [preview, setPreview] = useState(first);
  const [word, setWord] = useState('');
  const { offline, parts, redaction_count } = preview;
  const mark = async (text: string, personal: boolean) => {
    const fresh = await onMark(text, personal);
    if (fresh) {
      setPreview(fresh);
      setWord('');
    }
  };
  return (
    <div data-testid="datalens-privacy-preview">
      <p role="status">
        {offline
          ? 'No AI model is set up: this is read by rules on this machine, and nothing is sent.'
          : `${plural(redaction_count, 'value is', 'values are')} replaced before sending.`}
        {offline &&
          redaction_count > 0 &&
          ` With a model, ${plural(redaction_count, 'value', 'values')} would be replaced, as marked.`}
      </p>
      <form
        className="dl-marking"
        onSubmit={event => {
          event.preventDefault();
          void mark(word.trim(), true);
        }}
      >
        <label>
          Something personal is left?{' '}
          <input
            value={word}
            minLength={2}
            maxLength={200}
            placeholder="Type or select it"
            onChange={event => setWord(event.target.value)}
          />
        </label>
        <button
          type="submit"
          className="dl-link"
          disabled={word.trim().length < 2}
          title="Replace it from now on, in this session"
        >
          This is personal
        </button>
      </form>
      <div
        onMouseUp={() => {
          const selected = window.getSelection()?.toString().trim() ?? '';
          if (selected.length > 1 && selected.length <= 200) {
            setWord(selected);
          }
        }}
      >
        <PreviewParts parts={parts} onNotPersonal={token => void mark(token, false)} />
      </div>
    </div>
  );
}
