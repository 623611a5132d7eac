import type { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';
import type { UploadResult } from './types';

/** A file for the sandbox: from this computer, or by its path below the server's root. */
export type UploadSource = { file: File } | { path: string };

export interface IUploadOptions {
  sessionId?: string | null;
  /** The data set of the session that this is a newer version of. */
  replaces?: string | null;
  signal?: AbortSignal;
  /** Called with the part that was sent, 0 to 1. */
  onProgress?: (fraction: number) => void;
}

/**
 * Sends a form with progress. Fetch cannot report how much of a body was sent, so this is
 * the one call that builds its own request; it carries the same token and XSRF header.
 */
export function uploadForm(
  settings: ServerConnection.ISettings,
  url: string,
  form: FormData,
  options: IUploadOptions
): Promise<UploadResult> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.withCredentials = true;
    if (settings.token) {
      request.setRequestHeader('Authorization', `token ${settings.token}`);
    }
    const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
    if (xsrf) {
      request.setRequestHeader('X-XSRFToken', xsrf[1]);
    }
    request.upload.onprogress = event => {
      if (event.lengthComputable) {
        options.onProgress?.(event.loaded / event.total);
      }
    };
    request.onerror = () => reject(ApiError.offline());
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(JSON.parse(request.responseText) as UploadResult);
      } else {
        reject(ApiError.of(request.status, request.responseText));
      }
    };
    if (options.signal?.aborted) {
      reject(new DOMException('Cancelled', 'AbortError'));
      return;
    }
    options.signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
