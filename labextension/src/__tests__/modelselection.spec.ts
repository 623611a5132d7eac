import { ApiError } from '../api/error';
import type { ModelChoice, ModelChoices, RunSummary, Status } from '../api/types';
import { modelWords } from '../model/cost';
import { ModelSelection, modelsThatHold } from '../model/modelselection';

function choice(id: string, fields: Partial<ModelChoice> = {}): ModelChoice {
  return {
    id,
    name: id,
    context_length: null,
    prompt_price: null,
    completion_price: null,
    ...fields
  };
}

function choices(...ids: string[]): ModelChoices {
  return { default: ids[0], offline: false, models: ids.map(id => choice(id)) };
}

function selection(answer: ModelChoices | ApiError, offline = false) {
  return new ModelSelection({
    client: {
      models: async () => {
        if (answer instanceof ApiError) {
          throw answer;
        }
        return answer;
      }
    },
    status: () => ({ llm: { provider: 'p', model: 'default', offline } }) as Status,
    onChange: () => undefined
  });
}

const run = (model: string | null) => ({ query: 'q', model }) as RunSummary;

describe('the model that is asked', () => {
  it('is the server’s until one is chosen, and again in a new session', () => {
    const models = selection(choices('default', 'other'));
    expect([models.asked, models.current]).toEqual([null, 'default']);
    models.choose('other');
    expect([models.asked, models.current]).toEqual(['other', 'other']);
    models.leave();
    expect([models.asked, models.current]).toEqual([null, 'default']);
  });

  it('is the one that was chosen last in a session that is opened', () => {
    const models = selection(choices('default', 'other'));
    models.show([run('first'), run('other'), run(null)]);
    expect(models.current).toBe('other');
    models.show([run(null)]);
    expect(models.current).toBe('default');
  });

  it('is none where rules answer, whatever was chosen before', () => {
    const models = selection(choices('default', 'other'), true);
    models.show([run('other')]);
    expect([models.asked, models.offered]).toEqual([null, false]);
  });
});

describe('the choice of models', () => {
  it('is offered until it is known that there is one only', async () => {
    const models = selection(choices('default'));
    expect(models.offered).toBe(true);
    await models.load();
    expect(models.offered).toBe(false);
    models.show([run('gone')]); // no longer allowed: the one that is left can be chosen
    expect(models.offered).toBe(true);
  });

  it('says why it cannot be had, and can be asked for again', async () => {
    const models = selection(new ApiError('MODEL_UNAVAILABLE', 'Not right now.'));
    const loading = models.load();
    expect(models.loading).toBe(true);
    await loading;
    expect(models).toMatchObject({ loading: false, choices: null });
    expect([models.error?.message, models.offered]).toEqual(['Not right now.', true]);
    const again = models.load();
    expect(models.error).toBeNull();
    await again;
  });

  it('is searched by all words of a name or an id', () => {
    const models = [
      choice('a/gpt-5', { name: 'GPT-5' }),
      choice('a/opus'),
      choice('b/x')
    ];
    const found = (search: string) => modelsThatHold(models, search).map(m => m.id);
    expect(found(' A/ gpt')).toEqual(['a/gpt-5']);
    expect(found('')).toHaveLength(3);
    expect(found('nothing')).toEqual([]);
  });
});

it.each([
  [{}, 'Context not listed · price not listed'],
  [
    { context_length: 400_000, prompt_price: 1.25, completion_price: 10 },
    'Context 400,000 tokens · $1.25 in, $10.00 out'
  ],
  [
    { context_length: 8192, prompt_price: 0, completion_price: 0 },
    'Context 8,192 tokens · free'
  ],
  [
    { prompt_price: 0.075, completion_price: null },
    'Context not listed · $0.075 in, out not listed'
  ]
])('says of %j what people want to know', (fields, words) => {
  expect(modelWords(choice('m', fields))).toBe(words);
});
