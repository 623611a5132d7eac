import React from 'react';

import { useDataLens } from './context';
import { DatasetCard } from './DatasetCard';
import { ErrorNote } from './ErrorNote';
import { SameName } from './SameName';
import { Uploading } from './Uploading';

/** The data sets of the session, and what becomes of files that are added. */
export function Files(): JSX.Element {
  const { datasets, uploads } = useDataLens().model;
  const { sameName, refused } = uploads;
  return (
    <>
      <div className="dl-datasets">
        {datasets.map(dataset => (
          <DatasetCard key={dataset.id} dataset={dataset} />
        ))}
      </div>
      <Uploading uploads={uploads} />
      {sameName && <SameName question={sameName} />}
      {refused.map(({ id, name, error, retry }) => (
        <ErrorNote
          key={id}
          about={name}
          message={error.message}
          reason={error.reason}
          reference={error.requestId}
          onRetry={retry ?? undefined}
          onDismiss={() => uploads.dismiss(id)}
        />
      ))}
    </>
  );
}
