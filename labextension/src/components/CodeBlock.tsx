import { CodeEditor, CodeEditorWrapper } from '@jupyterlab/codeeditor';
import React, { useCallback } from 'react';

import { useDataLens } from './context';
import { LuminoHost } from './LuminoHost';

interface ICodeBlockProps {
  code: string;
  lineNumbers?: boolean;
}

/** Code in Lab's own editor, read-only. */
export function CodeBlock({ code, lineNumbers = false }: ICodeBlockProps): JSX.Element {
  const { editors } = useDataLens().drawing;
  const make = useCallback(() => {
    const model = new CodeEditor.Model({ mimeType: 'text/x-python' });
    model.sharedModel.setSource(code.replace(/\n+$/, ''));
    const wrapper = new CodeEditorWrapper({
      model,
      factory: editors.newInlineEditor,
      editorOptions: {
        config: {
          readOnly: true,
          lineNumbers,
          lineWrap: false,
          codeFolding: false
        }
      }
    });
    wrapper.node.querySelector('[role=textbox]')?.setAttribute('aria-label', 'Code');
    wrapper.disposed.connect(() => model.dispose());
    return wrapper;
  }, [code, editors, lineNumbers]);
  return <LuminoHost make={make} className="dl-code" />;
}
