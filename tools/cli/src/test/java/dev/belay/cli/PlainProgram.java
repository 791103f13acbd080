package dev.belay.cli;

/** A program without Belay. */
final class PlainProgram {
  private PlainProgram() {}

  public static void main(String[] args) throws Exception {
    System.out.println("ready");
    while (System.in.read() >= 0) {
      Thread.onSpinWait();
    }
  }
}
