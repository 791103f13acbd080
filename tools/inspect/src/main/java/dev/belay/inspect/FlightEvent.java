package dev.belay.inspect;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.Loggable;
import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The events of contexts, as Java Flight Recorder has them. */
@Category("Belay")
@StackTrace(false)
abstract class FlightEvent extends Event {
  @Label("Context")
  @Description("The names from the root down")
  @Nullable String path;

  /** Writes {@code event}, if a recording wants it. */
  static void write(ContextEvent event) {
    switch (event) {
      case ContextEvent.Ended e -> Ended.write(e);
      case ContextEvent.CancelSent e -> CancelSent.write(e);
      case ContextEvent.Abandoned e -> Abandoned.write(e);
      case ContextEvent.Zombie e -> Zombie.write(e);
      case ContextEvent.ForgottenClose e -> ForgottenClose.write(e);
      case ContextEvent.Uncaught e -> Uncaught.write(e);
      case ContextEvent.Refused e -> Refused.write(e);
    }
  }

  @Name("dev.belay.ContextEnded")
  @Label("Context Ended")
  @Description("A context has ended, and all below it")
  static final class Ended extends FlightEvent {
    @Label("Status")
    @Nullable String status;

    @Label("Story")
    @Nullable String story;

    @Label("Limit")
    @Timespan(Timespan.NANOSECONDS)
    long limit;

    @Label("Share of Limit")
    double share;

    private static void write(ContextEvent.Ended from) {
      var event = new Ended();
      if (event.shouldCommit()) {
        Duration limit = from.limit();
        event.path = from.ending().path();
        event.status = from.ending().status().name();
        event.story = from.ending().message();
        event.limit = limit == null ? 0 : limit.toNanos();
        event.share = from.shareOfLimit();
        event.commit();
      }
    }
  }

  @Name("dev.belay.CancelSent")
  @Label("Cancel Sent")
  @Description("A resource was asked to stop because its context has ended")
  static final class CancelSent extends FlightEvent {
    @Label("Resource")
    @Nullable String resource;

    @Label("Attempt")
    int attempt;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Failure")
    @Nullable String failure;

    private static void write(ContextEvent.CancelSent from) {
      var event = new CancelSent();
      if (event.shouldCommit()) {
        event.path = Loggable.path(from.context());
        event.resource = from.resource();
        event.attempt = from.attempt();
        event.took = from.took().toNanos();
        event.failure = kind(from.failure());
        event.commit();
      }
    }
  }

  @Name("dev.belay.ResourceAbandoned")
  @Label("Resource Abandoned")
  @Description("A resource did not stop within its patience and was given up")
  static final class Abandoned extends FlightEvent {
    @Label("Resource")
    @Nullable String resource;

    @Label("Patience")
    @Timespan(Timespan.NANOSECONDS)
    long patience;

    @Label("May Still Run")
    boolean mayStillRun;

    private static void write(ContextEvent.Abandoned from) {
      var event = new Abandoned();
      if (event.shouldCommit()) {
        event.path = Loggable.path(from.context());
        event.resource = from.resource();
        event.patience = from.patience().toNanos();
        event.mayStillRun = from.mayStillRun();
        event.commit();
      }
    }
  }

  @Name("dev.belay.Zombie")
  @Label("Zombie")
  @Description("Code runs on after the end of its context, and its owner waits for it")
  static final class Zombie extends FlightEvent {
    @Label("Work")
    @Nullable String work;

    @Label("Grace")
    @Timespan(Timespan.NANOSECONDS)
    long grace;

    @Label("At")
    @Nullable String at;

    private static void write(ContextEvent.Zombie from) {
      var event = new Zombie();
      if (event.shouldCommit()) {
        event.path = Loggable.path(from.context());
        event.work = from.name();
        event.grace = from.grace().toNanos();
        event.at = String.valueOf(Stacks.own(java.util.List.of(from.at().getStackTrace())));
        event.commit();
      }
    }
  }

  @Name("dev.belay.ForgottenClose")
  @Label("Forgotten Close")
  @Description("A context was dropped without being closed; one of a sample, once for each place")
  static final class ForgottenClose extends FlightEvent {
    @Label("Place")
    @Nullable String place;

    private static void write(ContextEvent.ForgottenClose from) {
      var event = new ForgottenClose();
      if (event.shouldCommit()) {
        event.path = from.path();
        event.place = String.valueOf(from.place());
        event.commit();
      }
    }
  }

  @Name("dev.belay.Uncaught")
  @Label("Uncaught Failure")
  @Description("Code that Belay was given has thrown where no caller could catch it")
  static final class Uncaught extends FlightEvent {
    @Label("Origin")
    @Nullable String origin;

    @Label("Failure")
    @Nullable String failure;

    private static void write(ContextEvent.Uncaught from) {
      var event = new Uncaught();
      if (event.shouldCommit()) {
        event.path = from.context() == null ? null : Loggable.path(from.context());
        event.origin = from.origin();
        event.failure = kind(from.failure());
        event.commit();
      }
    }
  }

  @Name("dev.belay.Refused")
  @Label("Refused")
  @Description("A wait or a step was refused because it could not succeed")
  static final class Refused extends FlightEvent {
    @Label("Resource")
    @Nullable String resource;

    @Label("Reason")
    @Nullable String reason;

    private static void write(ContextEvent.Refused from) {
      var event = new Refused();
      if (event.shouldCommit()) {
        event.path = Loggable.path(from.context());
        event.resource = from.resource();
        event.reason = from.reason();
        event.commit();
      }
    }
  }

  /** Not what it says of itself, which may hold a value. */
  private static @Nullable String kind(@Nullable Throwable failure) {
    return failure == null ? null : failure.getClass().getName();
  }
}
