import { checkIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useRef, useState } from 'react';

import { modelWords } from '../model/cost';
import { count } from '../model/format';
import { type ModelSelection, modelsThatHold } from '../model/modelselection';
import { ErrorNote } from './ErrorNote';

/** More models than these are searched. */
const FEW = 12;
const QUICK_MS = 300;

interface IModelChooserProps {
  models: ModelSelection;
  /** Chosen, or left as it was. */
  onClose: () => void;
  /** It turned out that there is no other model. */
  onNone: () => void;
}

/** The models that can be asked, above the status line: arrow keys, Enter, Escape. */
export function ModelChooser(props: IModelChooserProps): JSX.Element {
  const { models, onClose, onNone } = props;
  const { choices, error } = models;
  const box = useRef<HTMLDivElement>(null);
  const late = useLate(QUICK_MS);
  const open = useRef(true);
  const listed = choices !== null && models.offered;
  const load = async () => {
    if (!listed) {
      box.current!.focus();
    }
    await models.load();
    if (open.current && !models.error && !models.offered) {
      onNone();
    }
  };
  useEffect(() => {
    open.current = true;
    void load();
    return () => {
      open.current = false;
    };
  }, []);
  return (
    <div
      ref={box}
      className={listed || error || late ? 'dl-models' : 'dl-unseen'}
      role="dialog"
      aria-label="Which model answers"
      data-testid="datalens-models"
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {error && (
        <ErrorNote
          urgent
          message={error.message}
          reason={error.reason}
          reference={error.requestId}
          onRetry={() => void load()}
        />
      )}
      {listed && <ModelList models={models} onClose={onClose} />}
      {!listed && !error && (
        <p className="dl-muted" role="status">
          {late && 'Asking which models there are…'}
        </p>
      )}
    </div>
  );
}

/** Whether it takes long enough to be spoken of. */
function useLate(milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), milliseconds);
    return () => window.clearTimeout(timer);
  }, [milliseconds]);
  return late;
}

type IModelListProps = Pick<IModelChooserProps, 'models' | 'onClose'>;

function ModelList({ models, onClose }: IModelListProps): JSX.Element {
  const all = models.choices!.models;
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(models.current);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const found = modelsThatHold(all, search);
  const at = Math.max(
    found.findIndex(model => model.id === active),
    0
  );
  useEffect(() => (input.current ?? list.current)!.focus(), []);
  useEffect(() => {
    list.current!.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at, search]);
  const choose = (model: string) => {
    models.choose(model);
    onClose();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const typing = event.target === input.current;
    const to = {
      ArrowDown: (at + 1) % found.length,
      ArrowUp: (at + found.length - 1) % found.length,
      ...(typing ? {} : { Home: 0, End: found.length - 1 })
    }[event.key];
    if (event.key === 'Enter' && !event.nativeEvent.isComposing && found.length) {
      event.preventDefault();
      choose(found[at].id);
    } else if (to !== undefined && found.length) {
      event.preventDefault();
      setActive(found[to].id);
    }
  };
  const pointed = found.length ? `${id}-${at}` : undefined;
  const searched = all.length > FEW;
  return (
    <div onKeyDown={onKeyDown}>
      {searched && (
        <div className="dl-list-filter">
          <input
            ref={input}
            type="search"
            className="dl-search"
            role="combobox"
            aria-label="Find a model"
            aria-expanded="true"
            aria-controls={id}
            aria-activedescendant={pointed}
            title="Show only models whose name holds this"
            placeholder={`Find one of ${count(all.length)} models`}
            value={search}
            onChange={event => setSearch(event.target.value)}
          />
        </div>
      )}
      <ul
        ref={list}
        id={id}
        role="listbox"
        aria-label="Models"
        aria-activedescendant={searched ? undefined : pointed}
        tabIndex={searched ? -1 : 0}
      >
        {found.map((model, index) => (
          <li
            key={model.id}
            id={`${id}-${index}`}
            role="option"
            className={index === at ? 'dl-model dl-active' : 'dl-model'}
            aria-selected={model.id === models.current}
            title={model.id}
            onClick={() => choose(model.id)}
          >
            <span className="dl-model-mark">
              {model.id === models.current && (
                <checkIcon.react tag="span" width="16px" height="16px" />
              )}
            </span>
            <span className="dl-model-name">{model.name}</span>
            <span className="dl-muted">{modelWords(model)}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="dl-muted">No model is named so.</p>}
      {all.some(model => model.prompt_price || model.completion_price) && (
        <p className="dl-muted">Prices are for a million tokens in and out.</p>
      )}
    </div>
  );
}
