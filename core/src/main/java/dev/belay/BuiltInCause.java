package dev.belay;

/** Why a context ended when no reason was given: shared and without a stack (R5). */
@SuppressWarnings("StaticAssignmentOfThrowable") // they have no stack to be wrong about
final class BuiltInCause extends Exception {
  private static final long serialVersionUID = 1L;

  static final BuiltInCause CANCELLED = new BuiltInCause("cancelled");
  static final BuiltInCause CLOSED = new BuiltInCause("closed by its owner");
  static final BuiltInCause DEADLINE = new BuiltInCause("deadline passed");

  private BuiltInCause(String message) {
    super(message, null, false, false);
  }
}
