import type { ModelChoice, ModelUsage, Status } from '../api/types';
import { count } from './format';

/** What answered, and what it used, e.g. gpt-5 · 3,204 tokens · $0.012; empty if nothing did. */
export function usageWords({ models, ...usage }: ModelUsage): string {
  return [...models, amountWords(usage)].filter(Boolean).join(' · ');
}

function amountWords({
  prompt_tokens,
  completion_tokens,
  cost,
  estimated
}: Omit<ModelUsage, 'models'>): string {
  const tokens = prompt_tokens + completion_tokens;
  if (tokens === 0) {
    return '';
  }
  const used = `${estimated ? 'about ' : ''}${count(tokens)} tokens`;
  return cost === null ? used : `${used} · ${dollars(cost)}`;
}

/** A sum of money as short as it can be read: $4.10, $0.012, $0.0003. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.0001) {
    return 'less than $0.0001';
  }
  return amount >= 0.1 || amount === 0
    ? `$${amount.toFixed(2)}`
    : `$${Number(amount.toPrecision(2))}`;
}

/** What a model reads at once, and what a million tokens cost; or that neither is known. */
export function modelWords(model: ModelChoice): string {
  const { context_length } = model;
  const context =
    context_length === null ? 'not listed' : `${count(context_length)} tokens`;
  return `Context ${context} · ${priceWords(model)}`;
}

function priceWords({ prompt_price, completion_price }: ModelChoice): string {
  if (prompt_price === null && completion_price === null) {
    return 'price not listed';
  }
  if (prompt_price === 0 && completion_price === 0) {
    return 'free';
  }
  const price = (amount: number | null, way: string) =>
    amount === null ? `${way} not listed` : `${dollars(amount)} ${way}`;
  return `${price(prompt_price, 'in')}, ${price(completion_price, 'out')}`;
}

/** What a question and a session may use, a sentence each; none where nothing is limited. */
export function budgetWords({ limits }: Status): string[] {
  const { max_cost_per_run, max_cost_per_session } = limits;
  const { max_tokens_per_run, max_tokens_per_session } = limits;
  const told: string[] = [];
  const tell = (what: string, cost: number | null, tokens: number | null) => {
    const amounts = [
      ...(cost === null ? [] : [dollars(cost)]),
      ...(tokens === null ? [] : [`${count(tokens)} tokens`])
    ];
    if (amounts.length) {
      told.push(`${what} may use up to ${amounts.join(' and ')}.`);
    }
  };
  tell('A question', max_cost_per_run, max_tokens_per_run);
  tell('A session', max_cost_per_session, max_tokens_per_session);
  return told;
}
