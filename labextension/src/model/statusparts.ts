import type { Status } from '../api/types';

export interface IStatusPart {
  key: 'model' | 'sandbox' | 'reach' | 'history';
  label: string;
  detail: string;
  /** Whether this part asks for attention. */
  warn: boolean;
}

/**
 * The status line: who answers (`model`), where code runs, what leaves this machine; and the
 * history, where it does not hold everything.
 */
export function statusParts(status: Status, model = status.llm.model): IStatusPart[] {
  const parts = [modelPart(status, model), sandboxPart(status), reachPart(status)];
  return status.store.message ? [...parts, historyPart(status)] : parts;
}

function historyPart({ store }: Status): IStatusPart {
  return {
    key: 'history',
    label: 'History not written',
    detail: store.message,
    warn: true
  };
}

function modelPart({ llm }: Status, model: string): IStatusPart {
  return {
    key: 'model',
    label: llm.offline ? 'Offline rules' : model,
    detail: llm.offline
      ? 'Offline rules, no AI model. They answer plain questions of your data, and say so when they do not understand.'
      : `Questions are answered by ${model} through ${llm.provider}. Personal data is replaced before it is sent.`,
    warn: false
  };
}

function sandboxPart({ sandbox }: Status): IStatusPart {
  if (!sandbox.ready && sandbox.isolation === 'none' && !sandbox.message) {
    return {
      key: 'sandbox',
      label: 'Sandbox starting',
      detail: 'The isolated sandbox on this machine is being started.',
      warn: false
    };
  }
  const words: Record<Status['sandbox']['isolation'], [string, string]> = {
    bubblewrap: [
      'Isolated sandbox',
      'Isolated sandbox on this machine. Code has no network, no files of yours and not your kernel.'
    ],
    reduced: [
      'Reduced isolation',
      'The sandbox on this machine is isolated with fewer means than usual. Your administrator can tell what is missing.'
    ],
    e2b: [
      'E2B sandbox',
      'Code runs in a sandbox of E2B. Your file and the code go there in clear.'
    ],
    none: ['No sandbox', 'No sandbox can be started here, so no code can run.']
  };
  const [label, detail] = words[sandbox.isolation];
  return {
    key: 'sandbox',
    label,
    detail: sandbox.message ? `${detail} ${sandbox.message}` : detail,
    warn: sandbox.isolation === 'none' || sandbox.isolation === 'reduced'
  };
}

function reachPart(status: Status): IStatusPart {
  if (status.local_only) {
    return {
      key: 'reach',
      label: 'Nothing leaves this machine',
      detail: 'Model, sandbox and history are all on this machine.',
      warn: false
    };
  }
  const sent: string[] = [];
  if (!status.llm.offline) {
    sent.push(`redacted questions, column names and samples to ${status.llm.provider}`);
  }
  if (status.sandbox.backend === 'e2b') {
    sent.push('your file and the code to E2B');
  }
  if (!status.store.local) {
    sent.push('the history to Supabase');
  }
  return {
    key: 'reach',
    label: 'See what is sent',
    detail: `This machine sends ${sent.join('; ') || 'data to the services that are set up'}.`,
    warn: false
  };
}
