package dev.belay.kernel;

/** One piece of work, for the order in which waiting work is served; compared by identity. */
public interface Work {
  /** Whether it has had a permit: what was spent on it is lost if it does not finish. */
  boolean hasBegun();

  /** It has had a permit, for good; only the first call counts. */
  void begin(Begun begun);

  /** Whether it has ended before it was finished: it was cancelled, or its time was up. */
  boolean isCutShort();
}
