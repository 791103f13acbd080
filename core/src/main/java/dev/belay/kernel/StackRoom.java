package dev.belay.kernel;

/**
 * Asks whether there is room on the stack, before a change that must not stop half-way: a stack
 * that is almost exhausted overflows here, where nothing has been done yet.
 */
public final class StackRoom {
  /** Some 10 kB when compiled, more when not. */
  private static final int FRAMES = 200;

  private StackRoom() {}

  /**
   * Returns if there is room for a few dozen calls.
   *
   * @throws StackOverflowError if there is not
   */
  public static void require() {
    long unused = descend(FRAMES, 1, 2, 3, 4);
  }

  /** No loop, and with a result that depends on each call: so that each has its frame. */
  private static long descend(int left, long a, long b, long c, long d) {
    return left == 0 ? a + b : descend(left - 1, b, c, d, a) + (c ^ left);
  }
}
