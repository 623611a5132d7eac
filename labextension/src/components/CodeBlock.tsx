import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import React, { useCallback } from 'react';

import { usePanel } from './context';
import { LuminoHost } from './LuminoHost';

/** Code in Lab's own editor, read-only. */
export function CodeBlock({ code }: { code: string }): JSX.Element {
  const { editors } = usePanel().drawing;
  const make = useCallback(() => {
    const model = new CodeEditor.Model({ mimeType: 'text/x-python' });
    model.sharedModel.setSource(code.replace(/\n+$/, ''));
    const wrapper = new CodeEditorWrapper({
      model,
      factory: editors.newInlineEditor,
      editorOptions: {
        config: {
          readOnly: true,
          lineNumbers: false,
          lineWrap: false,
          codeFolding: false
        }
      }
    });
    wrapper.disposed.connect(() => model.dispose());
    return wrapper;
  }, [code, editors]);
  return <LuminoHost make={make} className="dl-code" />;
}
