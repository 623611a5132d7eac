import React, { useEffect, useRef } from 'react';

interface ICoveredProps {
  className: string;
  /** Whether something lies over it: then it cannot be reached by keys or readers either. */
  covered: boolean;
  /** Whether it is not shown at all for now. */
  hidden?: boolean;
  children: React.ReactNode;
}

export function Covered({
  className,
  covered,
  hidden,
  children
}: ICoveredProps): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  useEffect(() => {
    node.current!.inert = covered;
  }, [covered]);
  return (
    <div ref={node} className={className} hidden={hidden}>
      {children}
    </div>
  );
}
