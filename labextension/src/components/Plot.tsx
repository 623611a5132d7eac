import { MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import React, { useCallback, useMemo } from 'react';

import type { Artifact } from '../api/types';
import { provideMaps } from '../maps/provide';
import { type IChartPlace, type IChartTheme, themedFigure } from '../model/figure';
import { PLOTLY_MIME, safeFigure } from '../safety/figure';
import { useDataLens, useTheme } from './context';
import { LuminoHost } from './LuminoHost';

interface IPlotProps {
  artifact: Artifact;
  place: IChartPlace;
}

/** A figure, filtered and drawn by Lab's own renderer in the colours of Lab's theme. */
export function Plot({ artifact, place }: IPlotProps): JSX.Element {
  const { rendermime } = useDataLens().drawing;
  const theme = useTheme();
  const figure = useMemo(() => safeFigure(artifact.content), [artifact.content]);
  const make = useCallback(() => {
    if (!figure) {
      return new Widget();
    }
    const renderer = rendermime.createRenderer(PLOTLY_MIME);
    const data = { [PLOTLY_MIME]: themedFigure(figure, themeNow(), place) as never };
    const draw = async () => {
      await provideMaps();
      await renderer.renderModel(new MimeModel({ data }));
    };
    draw().catch(reason => {
      console.warn('DataLens: a chart could not be drawn.', reason);
      renderer.addClass('dl-undrawn');
      renderer.node.textContent =
        'This chart could not be drawn here. The code that makes it is in the Code tab.';
    });
    return renderer;
    // A new theme needs a new drawing.
  }, [figure, rendermime, place, theme]);

  if (!figure || !rendermime.mimeTypes.includes(PLOTLY_MIME)) {
    return (
      <p className="dl-muted">
        This chart cannot be drawn here: the plotly extension is missing.
      </p>
    );
  }
  const style = place.height === null ? undefined : { height: place.height };
  return <LuminoHost make={make} className="dl-plot" style={style} />;
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
