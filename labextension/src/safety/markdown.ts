/**
 * Untrusted text inside a markdown cell. Lab renders such cells by its own rules, so the text
 * is escaped here: it shows as it is, without pictures, links, HTML or formulas.
 */

const MARKUP = /[\\`*_{}[\]<>()#+\-!|~$&]/g;

export function escapeMarkdown(text: string): string {
  return text
    .replace(MARKUP, '\\$&')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/(www)\./gi, '$1&#46;')
    .replace(/@/g, '&#64;')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
    .replace(/^[ \t]{4,}/gm, '   ')
    .replace(/^=/gm, '&#61;');
}

export function escapeInline(text: string): string {
  return escapeMarkdown(text.split(/\s+/).join(' ').trim());
}

/** An answer: as escaped as any text, but for what cannot load anything: bold words and lists. */
export function escapeAnswer(text: string): string {
  return escapeMarkdown(text)
    .replace(/\\\*\\\*(?=\S)([^*\n]*[^*\s])\\\*\\\*/g, '**$1**')
    .replace(/^( {0,3})\\[-*+] (?=\S)/gm, '$1- ')
    .replace(/^( {0,3}\d{1,9})\\\. (?=\S)/gm, '$1. ')
    .replace(/^( {0,3}(?:-|\d+\.) \d+)([.)])/gm, '$1\\$2'); // no list within an item
}
