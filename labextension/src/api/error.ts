import type { ErrorBody } from './types';

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
