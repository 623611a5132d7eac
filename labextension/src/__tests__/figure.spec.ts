import { readFileSync } from 'fs';
import { join } from 'path';

import fc from 'fast-check';

import {
  describeFigure,
  IN_PANEL,
  IN_WORKSPACE,
  neutralFigure,
  paperFigure,
  themedFigure
} from '../model/figure';
import { type IFigure, safeFigure } from '../safety/figure';

/** The same cases that the server's filter is held to. */
function shared<T>(name: string): T[] {
  const file = join(__dirname, '../../../tests/support', name);
  return JSON.parse(readFileSync(file, 'utf-8')) as T[];
}

const TEXTS = shared<string>('hostile_texts.json');
const PLAIN =
  /<\/?(b|i|em|strong|u|s|sub|sup|br|span|extra)\s*\/?>|<span style=(['"])(?!.*url)[\w :;,.#%()-]*\2>/gi;

function shown(text: string): string {
  const figure = safeFigure({ data: [], layout: { title: { text } } });
  return (figure?.layout.title as { text: string }).text;
}

const ADDRESS = 'https://elsewhere.example/x';

/** JSON with addresses in the places from which plotly.js would load or link. */
const hostile = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(1, null, 'text', ADDRESS, `<a href="${ADDRESS}">x</a>`),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'images',
        'source',
        'style',
        'layers',
        'x',
        'title',
        'config',
        'geojson'
      ),
      tie('value'),
      { maxKeys: 4 }
    )
  )
})).value;

function* entries(value: unknown, key = ''): Iterable<[string, unknown]> {
  yield [key, value];
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      yield* entries(item, Array.isArray(value) ? key : name);
    }
  }
}

describe('a figure that is drawn', () => {
  it('never holds anything that plotly.js would load or link', () => {
    fc.assert(
      fc.property(
        fc.array(fc.object()),
        fc.dictionary(fc.string(), hostile),
        (data, layout) => {
          const figure = safeFigure({
            data,
            layout: { ...layout, images: [{ source: ADDRESS }] }
          });
          for (const [key, value] of entries(figure)) {
            expect(['images', 'config', 'topojsonURL', 'accesstoken']).not.toContain(key);
            if (
              ['source', 'geojson', 'style'].includes(key) &&
              typeof value === 'string'
            ) {
              expect(value).not.toContain('https://');
            }
            if (typeof value === 'string') {
              expect(value).not.toMatch(/<a\b[^<>]*>/i);
            }
          }
        }
      ),
      { numRuns: 200 }
    );
  });

  it.each(shared('hostile_figures.json').map(figure => JSON.stringify(figure)))(
    'fetches nothing: %s',
    text => {
      expect(JSON.stringify(safeFigure(JSON.parse(text)))).not.toContain('evil.example');
    }
  );

  it('holds no tag but plain ones, also where plotly.js joins its texts', () => {
    const pieces = fc.constantFrom(...TEXTS, '<', '>', '<b>', 'url(', "'", '"', ' ');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 4 }), parts => {
        expect(parts.map(shown).join('').replace(PLAIN, '')).not.toContain('<');
      }),
      { numRuns: 500 }
    );
  });

  it('shows maps without background, icons, letters, and buttons that bring them', () => {
    const trace = {
      type: 'scattermap',
      subplot: 'x',
      mode: 'markers+text',
      marker: { symbol: 'bus' }
    };
    const menu = { buttons: [{ method: 'restyle', args: [{ mode: 'text' }] }] };
    const layout = { map: null, updatemenus: [menu] };
    expect(safeFigure({ data: [trace], layout, frames: [{ data: [trace] }] })).toEqual({
      data: [{ type: 'scattermap', mode: 'markers', marker: {} }],
      layout: { map: { style: 'white-bg' }, updatemenus: [{ buttons: [] }] },
      frames: [{ data: [{ type: 'scattermap', mode: 'markers', marker: {} }] }]
    });
  });

  it('lets no button make a map', () => {
    for (const args of [['type', 'scattermap'], [{ type: ['densitymap'] }]]) {
      const layout = { updatemenus: [{ buttons: [{ args }] }] };
      expect(JSON.stringify(safeFigure({ data: [], layout }))).not.toContain('map');
    }
  });

  it('keeps pictures that it holds itself, and loses those from elsewhere', () => {
    const source = 'data:image/png;base64,AAAA';
    const kept = safeFigure({ data: [{ type: 'image', source }], layout: {} });
    expect(kept?.data[0].source).toBe(source);
    const lost = safeFigure({ data: [{ type: 'image', source: ADDRESS }], layout: {} });
    expect(lost?.data[0]).toEqual({ type: 'image' });
  });

  it('has an empty map where plotly.js would choose one', () => {
    const figure = safeFigure({ data: [{ type: 'scattermap' }], layout: {} });
    expect(figure?.layout.map).toEqual({ style: 'white-bg' });
    expect(safeFigure({ data: [{ type: 'heatmap' }], layout: {} })?.layout).toEqual({});
  });

  it('draws countries from the outlines that are at hand', () => {
    const layout = { geo: { scope: 'oceania', resolution: 50 }, geo2: { scope: 'asia' } };
    const figure = safeFigure({ data: [{ type: 'choropleth' }], layout });
    expect(figure?.layout).toEqual({
      geo: { resolution: 110 },
      geo2: { scope: 'asia' }
    });
  });

  it('cannot call for an address by a button', () => {
    const args = ['mapbox.style', ADDRESS];
    const layout = { updatemenus: [{ buttons: [{ args }] }] };
    expect(JSON.stringify(safeFigure({ data: [], layout }))).not.toContain('elsewhere');
  });

  it('is refused if it has not the shape of a figure', () => {
    for (const value of [null, 1, 'x', [], {}, { data: {} }, { data: [], layout: [] }]) {
      expect(safeFigure(value)).toBeNull();
    }
  });

  it('has its legend below the axes, whatever these need', () => {
    const line = { type: 'scatter', mode: 'lines', x: [1, 2], y: [1, 2] };
    const figure: IFigure = { data: [line, line], layout: { legend: { x: 1, y: 1 } } };
    const theme = { text: '#fff', grid: '#333', font: 'sans' };
    expect(themedFigure(figure, theme, IN_PANEL)).toMatchObject({
      layout: { legend: { yref: 'container', y: 0, yanchor: 'bottom', x: 0 } }
    });
  });

  it.each([
    [12, 'N', true],
    [13, 'A', true],
    [40, 'North', false],
    [5, 'a name that takes a line of its own', false]
  ])(
    'leaves its height to the axes: a legend of %i such as %p is shown: %p',
    (n, name, is) => {
      const data = Array.from({ length: n }, (_, i) => ({
        type: 'bar',
        name: `${name}${i}`
      }));
      const theme = { text: '#fff', grid: '#333', font: 'sans' };
      const { layout } = themedFigure({ data, layout: {} }, theme, IN_PANEL);
      expect(layout).toHaveProperty(is ? 'legend.y' : 'showlegend', is ? 0 : false);
    }
  );

  it('takes the panel’s colours and keeps its data', () => {
    const figure: IFigure = {
      data: [
        {
          type: 'bar',
          x: ['a', 'b'],
          y: { dtype: 'f8', bdata: 'AAAAAAAA8D8AAAAAAAAAQA==' }
        }
      ],
      layout: { title: { text: 'T' }, width: 900, xaxis: { title: { text: 'x' } } }
    };
    const theme = { text: '#fff', grid: '#333', font: 'sans' };
    const drawn = themedFigure(figure, theme, IN_PANEL) as {
      data: unknown;
      layout: Record<string, unknown>;
    };
    expect(drawn.data).toBe(figure.data);
    expect(drawn.layout).not.toHaveProperty('width');
    expect(drawn.layout).not.toHaveProperty('title');
    expect(drawn.layout.height).toBe(IN_PANEL.height);
    expect(themedFigure(figure, theme, IN_WORKSPACE).layout).not.toHaveProperty('height');
    expect(drawn.layout.xaxis).toMatchObject({ title: { text: 'x' }, gridcolor: '#333' });
    expect(describeFigure(figure)).toEqual({ kind: 'bar', points: 2 });
  });
});

describe('a picture of a figure', () => {
  it('is on paper, in the house’s colours, with its title at the left', () => {
    const layout = { title: { text: 'T' }, paper_bgcolor: 'black', width: 9, xaxis: {} };
    const drawn = paperFigure({ data: [], layout }, 720, 420).layout;
    expect(drawn).toMatchObject({
      width: 720,
      height: 420,
      paper_bgcolor: '#ffffff',
      plot_bgcolor: 'rgba(0,0,0,0)',
      title: { text: 'T', x: 0, xanchor: 'left' },
      xaxis: { showgrid: false }
    });
    expect(paperFigure({ data: [], layout: {} }, 1, 1).layout).not.toHaveProperty(
      'title'
    );
  });
});

describe('a figure in a notebook', () => {
  const template = (layout: object) => ({ data: {}, layout });
  const light = template({
    paper_bgcolor: 'white',
    plot_bgcolor: '#E5ECF6',
    font: { color: '#2a3f5f' },
    xaxis: { gridcolor: 'white', automargin: true }
  });

  it('has no colour of a theme but where its code chose one', () => {
    const chosen = { template: light, paper_bgcolor: 'beige', font: { color: 'navy' } };
    const { layout } = neutralFigure({ data: [], layout: chosen });
    expect(layout).toMatchObject({ paper_bgcolor: 'beige', font: { color: 'navy' } });
    expect(layout.template).toMatchObject({
      layout: {
        paper_bgcolor: 'rgba(0, 0, 0, 0)',
        plot_bgcolor: 'rgba(0, 0, 0, 0)',
        font: { color: '#777777' },
        xaxis: { gridcolor: 'rgba(128, 128, 128, 0.3)', automargin: true }
      }
    });
    expect(light.layout).toMatchObject({ paper_bgcolor: 'white' }); // what is stored stays
  });

  it('keeps a template of another colour', () => {
    const dark = template({ paper_bgcolor: 'rgb(17,17,17)' });
    const figure = { data: [], layout: { template: dark } };
    expect(neutralFigure(figure)).toBe(figure);
  });

  it('is read on white and on the darkest page of Lab', () => {
    const layout = neutralFigure({ data: [], layout: {} }).layout as {
      template: { layout: { font: { color: string } } };
    };
    const grey = parseInt(layout.template.layout.font.color.slice(1, 3), 16) / 255;
    const light = ((grey + 0.055) / 1.055) ** 2.4;
    const dark = ((0x11 / 255 + 0.055) / 1.055) ** 2.4;
    expect(1.05 / (light + 0.05)).toBeGreaterThan(4);
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4);
  });
});
