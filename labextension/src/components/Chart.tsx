import { MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import React, { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { Artifact } from '../api/types';
import { provideMaps } from '../maps/provide';
import { CHART_HEIGHT, type IChartTheme, panelFigure } from '../model/figure';
import { PLOTLY_MIME, safeFigure, titleOf } from '../safety/figure';
import { usePanel } from './context';
import { LuminoHost } from './LuminoHost';

/** One interactive chart, drawn by Lab's own renderer once it comes near the view. */
export function Chart({ artifact }: { artifact: Artifact }): JSX.Element {
  const { drawing, theme } = usePanel();
  const { rendermime } = drawing;
  const figure = useMemo(() => safeFigure(artifact.content), [artifact.content]);
  const place = useRef<HTMLElement>(null);
  const near = useNear(place);
  const make = useCallback(() => {
    if (!figure) {
      return new Widget();
    }
    const renderer = rendermime.createRenderer(PLOTLY_MIME);
    const data = { [PLOTLY_MIME]: panelFigure(figure, themeNow()) as never };
    const draw = async () => {
      await provideMaps();
      await renderer.renderModel(new MimeModel({ data }));
    };
    draw().catch(reason => {
      console.warn('DataLens: a chart could not be drawn.', reason);
      renderer.node.textContent =
        'This chart could not be drawn. Its data is in the Code tab.';
    });
    return renderer;
    // A new theme needs a new drawing.
  }, [figure, rendermime, theme]);

  const title = artifact.metadata.title || (figure ? titleOf(figure) : '');
  const drawable = figure && rendermime.mimeTypes.includes(PLOTLY_MIME);
  return (
    <figure
      ref={place}
      className="dl-chart"
      data-testid="datalens-chart"
      id={chartId(artifact)}
    >
      {title && <figcaption>{title}</figcaption>}
      {drawable ? (
        near ? (
          <LuminoHost make={make} style={{ height: CHART_HEIGHT }} />
        ) : (
          <div style={{ height: CHART_HEIGHT }} />
        )
      ) : (
        <p className="dl-muted">
          This chart cannot be drawn here: the plotly extension is missing.
        </p>
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

function themeNow(): IChartTheme {
  const style = getComputedStyle(document.body);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: value('--jp-ui-font-color1'),
    grid: value('--jp-border-color2'),
    font: value('--jp-ui-font-family')
  };
}
