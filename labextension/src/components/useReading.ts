import { useEffect, useState } from 'react';

import type { ApiError } from '../api/error';
import type { Dataset, PlanChange } from '../api/types';
import { differences, otherSheet } from '../model/reading';
import { useDataLens } from './context';

export interface IReading {
  /** What is decided, applied or not. */
  draft: PlanChange;
  setDraft: (draft: PlanChange) => void;
  /** How many decisions wait to be applied. */
  changes: number;
  /** Counts what makes the controls show other decisions than were made in them. */
  edition: number;
  applying: boolean;
  error: ApiError | null;
  apply: () => Promise<void>;
  undo: () => void;
  readSheet: (sheet: string) => Promise<void>;
}

/** Decisions on how a data set is read, until they are applied; a refusal loses none of them. */
export function useReading(dataset: Dataset): IReading {
  const { model } = useDataLens();
  const [draft, setDraft] = useState(dataset.changes);
  const [edition, setEdition] = useState(0);
  const [applying, setApplying] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const reset = () => {
    setDraft(dataset.changes);
    setError(null);
    setEdition(n => n + 1);
  };
  useEffect(reset, [dataset.changes]);
  const read = async (changes: PlanChange) => {
    setApplying(true);
    setError(null);
    setError(await model.readAgain(dataset, changes));
    setApplying(false);
  };
  return {
    draft,
    setDraft,
    changes: differences(draft, dataset.changes),
    edition,
    applying,
    error,
    apply: () => read(draft),
    undo: reset,
    readSheet: sheet => read(otherSheet(sheet))
  };
}
