import { TabMemory } from '../model/tabmemory';

interface INote {
  sessionId: string | null;
}

describe('TabMemory', () => {
  beforeEach(() => window.sessionStorage.clear());

  it('recalls what was kept last, under its own key alone', () => {
    const memory = new TabMemory<INote>('one');
    memory.keep({ sessionId: 'a' });
    memory.keep({ sessionId: 'b' });
    expect(new TabMemory<INote>('one').recall()).toEqual({ sessionId: 'b' });
    expect(new TabMemory<INote>('another').recall()).toBeNull();
  });

  it.each(['', '{', '[1]', '"text"', '7', 'null'])('takes %p for nothing', held => {
    window.sessionStorage.setItem('one', held);
    expect(new TabMemory<INote>('one').recall()).toBeNull();
  });

  it('goes without a storage that refuses', () => {
    const refuse = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const memory = new TabMemory<INote>('one', { getItem: refuse, setItem: refuse });
    memory.keep({ sessionId: 'a' });
    expect(memory.recall()).toBeNull();
  });
});
