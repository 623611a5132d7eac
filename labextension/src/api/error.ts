import type { ErrorBody } from './types';

const PASSING = new Set([
  'NO_ANSWER',
  'UNREACHABLE',
  'INTERNAL_ERROR',
  'RATE_LIMITED',
  'SANDBOX_LOST',
  'SANDBOX_UNAVAILABLE',
  'STORE_TIMEOUT',
  'STORE_UNAVAILABLE'
]);

/** A call that failed, in the server's words: what happened, what is kept, what to do. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly requestId = '',
    readonly details: Record<string, unknown> = {}
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Any failure as one that can be shown; what the page did wrong is for its console. */
  static from(reason: unknown): ApiError {
    if (reason instanceof ApiError) {
      return reason;
    }
    console.error('DataLens:', reason);
    return new ApiError(
      'PAGE_ERROR',
      'Something went wrong in this page. Your data and history are kept. Reload it.'
    );
  }

  /** Whether the same call may succeed later: nothing is wrong with what was sent. */
  get passing(): boolean {
    return PASSING.has(this.code);
  }

  /** Why, in a sentence, where the server knows more than its message says. */
  get reason(): string {
    return typeof this.details.reason === 'string' ? this.details.reason : '';
  }

  /** The error of an answer; a body that is not ours (a proxy's page) is never shown. */
  static of(status: number, body: string): ApiError {
    try {
      const { error } = JSON.parse(body) as ErrorBody;
      if (typeof error.message === 'string' && typeof error.code === 'string') {
        return new ApiError(error.code, error.message, error.request_id, error.details);
      }
    } catch {
      // Not JSON, or not our shape: fall through to a sentence of our own.
    }
    return new ApiError(
      'NO_ANSWER',
      status === 404
        ? 'DataLens is not running on this server. Nothing was changed. Ask your administrator to enable it.'
        : 'The server did not answer as expected. Your data and history are kept. Try again.'
    );
  }

  static offline(): ApiError {
    return new ApiError(
      'UNREACHABLE',
      'The server cannot be reached. Your data and history are kept. Try again once it is back.'
    );
  }
}
