import React from 'react';

import type { IImageContent } from '../api/types';

interface IImageProps {
  content: IImageContent;
  title: string;
}

/** A picture drawn by the code: pixels only, never a document that could load or run anything. */
export function Image({ content, title }: IImageProps): JSX.Element | null {
  const { mime, data } = content;
  return /^image\/(png|jpeg)$/.test(mime) ? (
    <img
      className="dl-image"
      alt={title || 'Picture made by the code'}
      src={`data:${mime};base64,${data}`}
    />
  ) : null;
}
