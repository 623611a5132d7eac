import React, { useEffect, useState } from 'react';

import type { Dataset } from '../api/types';
import { CodeBlock } from './CodeBlock';
import { useDataLens } from './context';

/** The code that reads a file in the sandbox, shown like all code. */
export function LoaderCode({ dataset }: { dataset: Dataset }): JSX.Element {
  const { model } = useDataLens();
  const [code, setCode] = useState<string | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let wanted = true;
    model.loaderCode(dataset).then(
      found => wanted && setCode(found),
      reason => wanted && setFailure(String((reason as Error).message))
    );
    return () => {
      wanted = false;
    };
    // Another plan is another data set object; its figures alone change nothing of the code.
  }, [model, dataset.id, dataset.plan]);
  if (failure) {
    return <p className="dl-warn">{failure}</p>;
  }
  return code === null ? (
    <p className="dl-muted">Fetching the code…</p>
  ) : (
    <CodeBlock code={code} />
  );
}
