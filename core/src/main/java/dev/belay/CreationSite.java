package dev.belay;

/** Where a context was made: a stack trace to print, never thrown. */
final class CreationSite extends Throwable {
  private static final long serialVersionUID = 1L;

  CreationSite(String context) {
    super("created here: " + context);
  }
}
