/**
 * Deadlines, cancellation and request-scoped values. This page is the rule book; tests and
 * documents name the rules by their numbers. Start with {@link dev.belay.Context}.
 *
 * <h2>How to use it</h2>
 *
 * <ol>
 *   <li>A method that can wait takes {@code Context ctx} as its first parameter, and passes it on.
 *   <li>Never keep a context in a field of something that outlives it, never pass null; pass {@link
 *       dev.belay.Context#todo()} where no context is at hand yet.
 *   <li>The code that makes a {@link dev.belay.CancellableContext} closes it, by
 *       try-with-resources.
 *   <li>Values are for facts about the request, under typed keys; not for parameters.
 *   <li>Check before expensive work: {@link dev.belay.Context#throwIfDone()}, {@link
 *       dev.belay.Context#hasTimeFor}.
 *   <li>Work that must outlive its request is detached, by name and with a limit.
 * </ol>
 *
 * <h2>Words</h2>
 *
 * <ul>
 *   <li>The <em>story</em> of an end says which context ended first, why, when and in which steps:
 *       the message of the exception, and {@link dev.belay.Ending}.
 *   <li>The <em>patience</em> is how long a resource may take to stop after it was cancelled. Then
 *       it is broken off.
 *   <li>The <em>grace</em> is how long a shutdown lets work in flight go on before it is cancelled.
 * </ul>
 *
 * <h2>The tree</h2>
 *
 * <ul>
 *   <li>R1 A child ends when its parent ends; a parent never ends because a child did. Only the
 *       creator can cancel; {@code current()} does not hand that right out.
 *   <li>R2 Only the first end counts: status and cause are set once.
 *   <li>R3 When any call of {@code cancel} returns, every live descendant answers {@code isDone()};
 *       parent before child. The walk is never on the timer's thread.
 *   <li>R4 The status is not ACTIVE exactly when {@code awaitDone()} would return.
 *   <li>R5 The cause is the identical object in the whole subtree; built-in causes have no stack.
 *   <li>R6 {@code withoutCancel} has no deadline, never ends, keeps values; {@code detach} makes a
 *       child of the nearest root, with these values, a name and a limit.
 *   <li>R7 A child of an ended parent is born ended, with its status and cause.
 *   <li>R8 Depth and width have no limit; a suspicious depth is reported once.
 *   <li>R9 A merge ends with either, before that cancel returns; earliest deadline; values of the
 *       receiver; one clock.
 *   <li>R10 {@code close()} is a normal finish, CLOSED; {@code cancel()} is CANCELLED.
 * </ul>
 *
 * <h2>Deadlines</h2>
 *
 * <ul>
 *   <li>R11 The effective deadline is the earliest on the path; its owner is the one that is
 *       reported.
 *   <li>R12 {@code deadline()} is computed once: every call gives the same, on every context under
 *       one deadline. Code that has waited for the remaining time finds the context ended. Time is
 *       monotonic; past is born ended; durations saturate; never early; {@code isDone()} may be a
 *       millisecond late.
 *   <li>R13 An end that comes first removes the timer and the registration in the parent at once.
 *   <li>R14 Of a cancel and a deadline the one detected first wins, everywhere alike.
 * </ul>
 *
 * <h2>Values</h2>
 *
 * <ul>
 *   <li>R15 Keys are compared by identity; null is refused; a value shadows its ancestor's and
 *       outlives the end.
 *   <li>R16 Values are not printed unless loggable, not sent unless travelling; names are bounded
 *       and escaped where shown.
 * </ul>
 *
 * <h2>Reactions</h2>
 *
 * <ul>
 *   <li>R17 The action runs once, or one {@code stop()} returns true. {@code close()} waits for one
 *       that runs; what waits in an executor is taken back.
 *   <li>R18 No lock is held while foreign code runs; actions start parent before child, inline ones
 *       after the whole subtree; one that throws stops no other.
 *   <li>R19 On a context that can never end a registration is a shared constant.
 * </ul>
 *
 * <h2>Running code</h2>
 *
 * <ul>
 *   <li>R20 {@code call(body)} only binds; interruption is asked for explicitly; no body is started
 *       under an ended context.
 *   <li>R21 A canceller is called off-thread, repeatedly and with back-off until the body has
 *       returned. After its patience the resource is abandoned, which is to end what the body waits
 *       for. {@code call} returns when no cancel is under way, or the resource was abandoned.
 *   <li>R22 No stray interrupt is left; a foreign one is kept. One that lands in the same wake-up
 *       as ours, about 0.1 ms, can merge with it.
 *   <li>R23 A failure becomes {@link dev.belay.ContextEndedException} only if our signal was sent
 *       and explains it; a computed result is returned.
 *   <li>R24 An inner canceller replaces the outer one while it is in force. {@code callShielded} is
 *       bounded by its limit alone: it holds outer signals back until it returns or the limit
 *       passes, and runs also after every root has ended.
 *   <li>R25 {@code wrap} binds, never interrupts; nothing else inherits.
 * </ul>
 *
 * <h2>Cost and leaks</h2>
 *
 * <ul>
 *   <li>R26 A context that is not observed, bound or derived from costs one object; reading is
 *       O(1).
 *   <li>R27 What is dropped unobserved is collected, with its timer and its place in the tree; what
 *       is observed is kept until it ends. A forgotten close is logged for one context in 1024
 *       ({@code -Ddev.belay.leakSample=N}, 0 for none), with the place that made it.
 * </ul>
 *
 * <h2>Threads, tracking, text</h2>
 *
 * <ul>
 *   <li>R28 Any thread may call anything on a context at any time.
 *   <li>R29 Tracking is a property of the root, inherited.
 *   <li>R30 {@code toString} is the path with names, time left and status, no values.
 *   <li>R31 A {@link dev.belay.DeadlineExceededException} says whose deadline, how long, and where
 *       the time went.
 * </ul>
 *
 * <h2>Groups</h2>
 *
 * <ul>
 *   <li>R32 A fork of a {@link dev.belay.group.TaskGroup} runs on its own virtual thread under a
 *       named child of the group's context, whose end interrupts it unless the group says not to.
 *       Nothing outlives the block; a fork that ignores its end is reported while the owner waits.
 *   <li>R33 All must succeed, the first success wins, or the first n, or everything is collected,
 *       or what is there at the deadline, or when a test of the caller's says so. Results that no
 *       caller gets are closed. The first real failure is what {@code join} throws; the others are
 *       its suppressed exceptions, the cancellations that it caused last.
 *   <li>R34 A limit bounds how many run at once; waiting for a turn ends with the context; {@code
 *       tryFork} never waits.
 *   <li>R35 A group belongs to the thread that opened it; the message for misuse says what to do;
 *       errors are never swallowed.
 *   <li>R36 {@code map} gives results in the order of the items; {@code stream} the same, lazily,
 *       with bounded look-ahead.
 * </ul>
 *
 * <h2>Robust and visible</h2>
 *
 * <ul>
 *   <li>R37 Nothing fails silently. A {@link dev.belay.spi.ContextListener} is notified of ends,
 *       cancels and their outcome, abandoned resources, zombies, forgotten closes, uncaught
 *       failures and refused waits; problems are logged without one, rate-limited. It is never
 *       called under a lock, and what it throws affects nothing else.
 *   <li>R38 Where Belay starts a thread for its caller, an installed {@link
 *       dev.belay.spi.ContextCarrier} captures on the caller's thread and restores on the new one.
 *   <li>R39 Threads of ours inherit nothing else: no inheritable thread-local, and Belay's own
 *       class loader as the context class loader.
 *   <li>R40 Foreign code may throw anything, return null, leave the interrupt flag set, overflow
 *       the stack or exhaust the heap: others run, waiters wake, timers go on, locks are free, and
 *       it is reported.
 *   <li>R41 Where contexts wait for something scarce, one policy says who goes first: begun work
 *       before new work, and of that what has a higher {@link Criticality}; it is first come first
 *       served, and newest first once its queue stands; last what has less time left than the
 *       shortest work takes; never what has ended. See {@link dev.belay.spi.Permits}. A step (R31)
 *       that cannot finish in the time left, by about the shortest time in which it has succeeded
 *       lately, is refused before it costs anything: by a {@link DeadlineExceededException} that
 *       says both times, while its context goes on. Never before it has succeeded 16 times; {@code
 *       -Ddev.belay.stepEstimates=off} switches it off.
 * </ul>
 */
@NullMarked
package dev.belay;

import org.jspecify.annotations.NullMarked;
