import React, { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';

import { ApiError } from '../api/error';
import type { ModelChoices, Status } from '../api/types';
import { ModelChooser } from '../components/ModelChooser';
import { ModelSelection } from '../model/modelselection';

// All of Lab's components want more of a browser than jsdom is; an icon is all that is drawn here.
jest.mock('@jupyterlab/ui-components', () => ({ checkIcon: { react: () => null } }));

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

function choices(count: number): ModelChoices {
  const models = Array.from({ length: count }, (_, n) => ({
    id: `m/${n}`,
    name: `Model ${n}`,
    context_length: 8192,
    prompt_price: n,
    completion_price: n
  }));
  return { default: 'm/0', offline: false, models };
}

describe('the chooser of the model', () => {
  let root: Root;
  let host: HTMLElement;
  let models: ModelSelection;
  let answer: (choices: ModelChoices | ApiError) => Promise<void>;
  let said: string[];

  beforeEach(async () => {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
    jest.useFakeTimers();
    Element.prototype.scrollIntoView = () => undefined;
    said = [];
    models = new ModelSelection({
      client: {
        models: () =>
          new Promise((resolve, reject) => {
            answer = held =>
              act(async () => (held instanceof ApiError ? reject(held) : resolve(held)));
          })
      },
      status: () => ({ llm: { provider: 'p', model: 'm/0', offline: false } }) as Status,
      onChange: () => host.isConnected && act(draw)
    });
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    await act(async () => draw());
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
    jest.useRealTimers();
  });

  function draw(): void {
    root.render(
      <ModelChooser
        models={models}
        onClose={() => said.push('closed')}
        onNone={() => said.push('none')}
      />
    );
  }

  const options = () => [...host.querySelectorAll('[role=option]')];
  const marked = () => options().filter(o => o.getAttribute('aria-selected') === 'true');
  const active = () =>
    document.getElementById(
      document.activeElement?.getAttribute('aria-activedescendant') ?? ''
    )?.textContent;

  function press(...keys: string[]): void {
    for (const key of keys) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true });
      act(() => void document.activeElement!.dispatchEvent(event));
    }
  }

  it('says what it waits for once that takes long', () => {
    expect(host.textContent).toBe('');
    act(() => void jest.advanceTimersByTime(301));
    expect(host.textContent).toBe('Asking which models there are…');
  });

  it('marks the model that answers, and takes another one by keys alone', async () => {
    await answer(choices(3));
    expect(marked().map(o => o.textContent)).toEqual([
      'Model 0Context 8,192 tokens · free'
    ]);
    expect(host.querySelector('input')).toBeNull();
    press('ArrowUp');
    expect(active()).toContain('Model 2');
    press('Home', 'ArrowDown', 'Enter');
    expect([models.asked, said]).toEqual(['m/1', ['closed']]);
  });

  it('is at hand at once when it is opened again', async () => {
    await answer(choices(3));
    models.choose('m/1');
    await act(async () => root.render(null));
    await act(async () => draw());
    expect(active()).toContain('Model 1');
    await answer(new ApiError('MODEL_UNAVAILABLE', 'The model is not available.'));
    expect(host.textContent).toContain('The model is not available.');
    expect(options()).toHaveLength(3);
  });

  it('takes nothing when it is left', async () => {
    await answer(choices(3));
    press('ArrowDown', 'Escape');
    expect([models.asked, said]).toEqual([null, ['closed']]);
  });

  it('is searched where there are many', async () => {
    await answer(choices(13));
    const input = host.querySelector('input')!;
    expect(document.activeElement).toBe(input);
    const type = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!;
    act(() => {
      type.set!.call(input, 'model 12');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    expect(options()).toHaveLength(1);
    press('Enter');
    expect(models.asked).toBe('m/12');
  });

  it('offers nothing where there is nothing to choose', async () => {
    await answer(choices(1));
    expect([said, options()]).toEqual([['none'], []]);
  });

  it('says in words that the models cannot be listed, and asks again', async () => {
    await answer(new ApiError('MODEL_UNAVAILABLE', 'The model is not available.'));
    expect(host.textContent).toContain('The model is not available.');
    await act(async () => host.querySelector<HTMLElement>('.dl-error button')!.click());
    await answer(choices(2));
    expect(options()).toHaveLength(2);
  });
});
