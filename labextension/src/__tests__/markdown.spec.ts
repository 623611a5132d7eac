import fc from 'fast-check';
import { marked } from 'marked';

import { safeFragment } from '../safety/html';
import { escapeAnswer, escapeInline, escapeMarkdown } from '../safety/markdown';

const pieces = fc.constantFrom(
  '![x](https://e.example/p.png)',
  '[x](https://e.example)',
  'https://e.example',
  'www.e.example',
  'a@b.example',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '[x]: https://e.example\n',
  '![x]',
  '`',
  '\\',
  '\n\n',
  '    ',
  '$$x$$',
  '1. ',
  '# ',
  'plain words '
);
const marks = fc.constantFrom('**', '- ', '* ', '1. ', '\\**', '\n', '  - ', '---', 'x');
const join = (parts: string[]) => parts.join('');
const text = fc.oneof(fc.string(), fc.array(pieces).map(join));

function html(markdown: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = marked.parse(markdown, { async: false }) as string;
  return template.content;
}

describe('untrusted text in a markdown cell', () => {
  it('becomes neither picture, nor link, nor HTML, nor code', () => {
    fc.assert(
      fc.property(text, source => {
        const made = html(escapeMarkdown(source));
        expect(
          made.querySelectorAll('img, a, script, pre, code, h1, h2, ul')
        ).toHaveLength(0);
      }),
      { numRuns: 300 }
    );
  });

  it('keeps the bold words and lists of an answer, and nothing else', () => {
    const answer = 'West **leads**:\n\n- by 4_210\n- in *May*\n\n1. then East';
    const made = html(escapeAnswer(answer));
    expect(made.querySelector('strong')?.textContent).toBe('leads');
    expect(made.querySelectorAll('ul > li')).toHaveLength(2);
    expect(made.querySelectorAll('ol > li')).toHaveLength(1);
    expect(made.querySelectorAll('em')).toHaveLength(0);
    fc.assert(
      fc.property(fc.oneof(text, fc.array(fc.oneof(pieces, marks)).map(join)), source => {
        const found = html(escapeAnswer(source)).querySelectorAll('*');
        const kept = ['P', 'STRONG', 'UL', 'OL', 'LI', 'BR', 'BLOCKQUOTE'];
        expect(kept).toEqual(
          expect.arrayContaining(Array.from(found).map(e => e.tagName))
        );
      }),
      { numRuns: 300, examples: [['1. 1.     x'], ['- 1.     x']] }
    );
  });

  it('shows the characters that it was given', () => {
    const source = 'West leads: $4,210 (*not* <b>) at https://e.example & a@b.example';
    expect(html(escapeMarkdown(source)).textContent?.trim()).toBe(source);
  });

  it('stays on its line as a heading', () => {
    fc.assert(
      fc.property(text, source => {
        expect(escapeInline(source)).not.toMatch(/[\r\n]/);
      })
    );
  });
});

describe('an answer in the panel', () => {
  const shown = (markdown: string) => {
    const host = document.createElement('div');
    host.append(safeFragment(marked.parse(markdown, { async: false }) as string));
    return host;
  };

  it('keeps its structure and loses everything that fetches, links or runs', () => {
    fc.assert(
      fc.property(text, source => {
        const host = shown(source);
        for (const element of Array.from(host.querySelectorAll('*'))) {
          expect(element.attributes).toHaveLength(0);
          expect(['IMG', 'A', 'SCRIPT', 'IFRAME', 'STYLE']).not.toContain(
            element.tagName
          );
        }
      }),
      { numRuns: 300 }
    );
  });

  it('shows where a link would have led', () => {
    expect(shown('See [here](https://e.example/).').textContent?.trim()).toBe(
      'See here (https://e.example/).'
    );
    expect(shown('![a chart](https://e.example/p.png)').textContent?.trim()).toBe(
      '[a chart]'
    );
    expect(shown('**bold**').querySelector('strong')?.textContent).toBe('bold');
  });
});
