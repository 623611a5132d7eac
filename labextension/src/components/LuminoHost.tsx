import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import React, { useLayoutEffect, useRef } from 'react';

interface ILuminoHostProps {
  /** Makes the widget; it is disposed with this component, or when `make` changes. */
  make: () => Widget;
  className?: string;
  style?: React.CSSProperties;
}

/** A Lumino widget inside React, told when its place changes size. */
export function LuminoHost({ make, className, style }: ILuminoHostProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = host.current!;
    const widget = make();
    Widget.attach(widget, node);
    let width = node.offsetWidth;
    let pending = 0;
    const observer = new ResizeObserver(() => {
      if (node.offsetWidth !== width && node.offsetWidth > 0) {
        width = node.offsetWidth;
        window.clearTimeout(pending);
        pending = window.setTimeout(() => {
          MessageLoop.sendMessage(widget, Widget.ResizeMessage.UnknownSize);
        }, 80);
      }
    });
    observer.observe(node);
    return () => {
      window.clearTimeout(pending);
      observer.disconnect();
      widget.dispose();
    };
  }, [make]);
  return <div ref={host} className={className} style={style} />;
}
