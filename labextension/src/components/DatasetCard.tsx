import {
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  spreadsheetIcon
} from '@jupyterlab/ui-components';
import React, { useEffect, useId, useState } from 'react';

import type { Dataset } from '../api/types';
import { count, fileSize, plural } from '../model/format';
import { readingSummary, withType } from '../model/reading';
import { notesOf, statisticsSummary } from '../model/statistics';
import { ColumnPolicies } from './ColumnPolicies';
import { ColumnTable } from './ColumnTable';
import { useDataLens } from './context';
import { Disclosure } from './Disclosure';
import { ErrorNote } from './ErrorNote';
import { HowRead } from './HowRead';
import { LoaderCode } from './LoaderCode';
import { ReadAgain } from './ReadAgain';
import { ReplaceFile } from './ReplaceFile';
import { SheetPicker } from './SheetPicker';
import { type IReading, useReading } from './useReading';
import { WholeFile } from './WholeFile';

/** A data set: its name and size; opened, its columns, how it was read, and what is odd about it. */
export function DatasetCard({ dataset }: { dataset: Dataset }): JSX.Element {
  const { model } = useDataLens();
  const [open, setOpen] = useState(false);
  const reading = useReading(dataset);
  const id = useId();
  const { asking } = model.conversation;
  useEffect(() => {
    if (asking !== null) {
      setOpen(false); // the answer is what people came for
    }
  }, [asking]);
  return (
    <section
      className="dl-dataset"
      data-testid="datalens-dataset"
      aria-label={dataset.name}
      aria-busy={reading.applying}
    >
      <Head dataset={dataset} open={open} bodyId={id} onToggle={() => setOpen(!open)} />
      <SheetPicker
        dataset={dataset}
        disabled={reading.applying || model.conversation.busy}
        onSheet={sheet => void reading.readSheet(sheet)}
      />
      {reading.error && (
        <ErrorNote
          message={reading.error.message}
          reason={reading.error.reason}
          kept={`${dataset.name} stays as it was read before.`}
          reference={reading.error.requestId}
          urgent
        />
      )}
      {open && (
        <div id={id} className="dl-dataset-body">
          <Body dataset={dataset} reading={reading} />
        </div>
      )}
      {(reading.changes > 0 || reading.applying) && <ReadAgain reading={reading} />}
    </section>
  );
}

interface IHeadProps {
  dataset: Dataset;
  open: boolean;
  bodyId: string;
  onToggle: () => void;
}

function Head({ dataset, open, bodyId, onToggle }: IHeadProps): JSX.Element {
  const { datasets } = useDataLens().model;
  const { columns, row_count } = dataset.dataset_schema;
  const notes = notesOf(dataset).length;
  const Caret = open ? caretUpEmptyThinIcon : caretDownEmptyThinIcon;
  return (
    <button
      type="button"
      className="dl-dataset-head"
      aria-expanded={open}
      aria-controls={open ? bodyId : undefined}
      title={`${dataset.name}, ${fileSize(dataset.size_bytes)}; in code it is ${dataset.variable}`}
      onClick={onToggle}
    >
      <spreadsheetIcon.react tag="span" width="16px" height="16px" />
      <span className="dl-dataset-name">{dataset.name}</span>
      {datasets.length > 1 && <code className="dl-variable">{dataset.variable}</code>}
      <span className="dl-muted">
        {count(row_count)}
        <span className="dl-wide">{row_count === 1 ? ' row' : ' rows'}</span> ×{' '}
        {count(columns.length)}
        <span className="dl-wide">{columns.length === 1 ? ' column' : ' columns'}</span>
      </span>
      {notes > 0 && <span className="dl-warn">{plural(notes, 'note')}</span>}
      <Caret.react tag="span" width="16px" height="16px" className="dl-caret" />
    </button>
  );
}

interface IBodyProps {
  dataset: Dataset;
  reading: IReading;
}

function Body({ dataset, reading }: IBodyProps): JSX.Element {
  const { draft, setDraft, edition, applying } = reading;
  return (
    <>
      {notesOf(dataset).map((note, i) => (
        <p key={i} className="dl-warn">
          {note}
        </p>
      ))}
      <ColumnTable
        key={`columns ${edition}`}
        dataset={dataset}
        types={draft.types}
        disabled={applying}
        onType={(name, kind) => setDraft(withType(draft, name, kind))}
      />
      <div className="dl-disclosures">
        <Disclosure label="How it was read" summary={readingSummary(dataset)}>
          <HowRead
            key={`choices ${edition}`}
            dataset={dataset}
            draft={draft}
            onDraft={setDraft}
            disabled={applying}
          />
        </Disclosure>
        <Figures dataset={dataset} />
        <Disclosure label="What may be sent" testId="datalens-may-be-sent">
          <ColumnPolicies dataset={dataset} />
        </Disclosure>
        <Disclosure label="Code that reads it">
          <LoaderCode dataset={dataset} />
        </Disclosure>
      </div>
      <p className="dl-muted">
        {fileSize(dataset.size_bytes)} · <code>{dataset.variable}</code> in code
        <ReplaceFile dataset={dataset} />
      </p>
    </>
  );
}

/** Of the whole file, once they are there. */
function Figures({ dataset }: { dataset: Dataset }): JSX.Element | null {
  const { measurements } = useDataLens().model;
  if (dataset.statistics) {
    return (
      <Disclosure label="Whole file" summary={statisticsSummary(dataset.statistics)}>
        <WholeFile statistics={dataset.statistics} />
      </Disclosure>
    );
  }
  const failure = measurements.failureOf(dataset);
  if (failure !== null) {
    return (
      <p className="dl-disclosure-words dl-warn">
        The whole file could not be measured. {failure}
      </p>
    );
  }
  return measurements.isUnderway(dataset) ? (
    <p className="dl-disclosure-words dl-muted" role="status">
      Measuring the whole file…
    </p>
  ) : null;
}
