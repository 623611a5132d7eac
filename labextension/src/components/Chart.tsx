import React, { useEffect, useMemo, useRef, useState } from 'react';

import type { Artifact } from '../api/types';
import { IN_PANEL } from '../model/figure';
import { safeFigure, titleOf } from '../safety/figure';
import { Plot } from './Plot';

/** One interactive chart of an answer, drawn once it comes near the view. */
export function Chart({ artifact }: { artifact: Artifact }): JSX.Element {
  const place = useRef<HTMLElement>(null);
  const near = useNear(place);
  const title = useMemo(() => {
    const figure = artifact.metadata.title ? null : safeFigure(artifact.content);
    return artifact.metadata.title || (figure ? titleOf(figure) : '');
  }, [artifact]);
  return (
    <figure
      ref={place}
      className="dl-chart"
      data-testid="datalens-chart"
      id={chartId(artifact)}
    >
      {title && <figcaption>{title}</figcaption>}
      {near ? (
        <Plot artifact={artifact} place={IN_PANEL} />
      ) : (
        <div style={{ height: IN_PANEL.height }} />
      )}
    </figure>
  );
}

export function chartId(artifact: Artifact): string {
  return `datalens-chart-${artifact.id}`;
}

/** True from the moment the element comes within a screen of the view. */
function useNear(place: React.RefObject<HTMLElement>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          setNear(true);
          observer.disconnect();
        }
      },
      { rootMargin: '600px 0px' }
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [place]);
  return near;
}
