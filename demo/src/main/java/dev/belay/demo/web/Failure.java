package dev.belay.demo.web;

/**
 * The body of an answer that says what went wrong.
 *
 * @param error for the client
 * @param id finds the request in the log
 */
record Failure(String error, String id) {}
