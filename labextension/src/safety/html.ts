/**
 * HTML that a markdown parser made of an untrusted answer, rebuilt from an allowed set of
 * elements. Images and links become text: nothing of it can fetch, run or lead away.
 */

const ALLOWED = new Set(
  (
    'p br hr strong em b i del s code pre blockquote ul ol li ' +
    'h1 h2 h3 h4 h5 h6 table thead tbody tr th td sub sup'
  ).split(' ')
);
const DROPPED = new Set(
  'script style iframe object embed svg math template noscript textarea select'.split(' ')
);

export function safeFragment(html: string): DocumentFragment {
  // A document made by DOMParser is inert: it loads nothing and runs nothing.
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment);
  return fragment;
}

function copyChildren(from: Node, to: Node): void {
  for (const child of Array.from(from.childNodes)) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(child.textContent ?? ''));
    } else if (child instanceof Element || child.nodeType === Node.ELEMENT_NODE) {
      copyElement(child as Element, to);
    }
  }
}

function copyElement(element: Element, to: Node): void {
  const name = element.localName.toLowerCase();
  if (DROPPED.has(name)) {
    return;
  }
  if (name === 'img') {
    const alt = element.getAttribute('alt') ?? '';
    to.appendChild(document.createTextNode(alt ? `[${alt}]` : ''));
    return;
  }
  if (name === 'a') {
    copyChildren(element, to);
    const target = element.getAttribute('href') ?? '';
    if (target && !element.textContent?.includes(target)) {
      to.appendChild(document.createTextNode(` (${target})`));
    }
    return;
  }
  if (!ALLOWED.has(name)) {
    copyChildren(element, to);
    return;
  }
  const copy = document.createElement(name);
  copyChildren(element, copy);
  to.appendChild(copy);
}
