package dev.belay.cli;

/**
 * Why a JVM cannot be looked at. The numbers are the exit status of the command and do not change;
 * 0 is success, 1 a defect of the command itself, 2 wrong usage.
 */
enum Failure {
  NO_PROCESS(3),
  NO_JVM(4),
  OTHER_USER(5),
  NO_BELAY(6),
  REFUSED(7),
  NO_ANSWER(8),
  OTHER_VERSION(9);

  final int status;

  Failure(int status) {
    this.status = status;
  }
}
