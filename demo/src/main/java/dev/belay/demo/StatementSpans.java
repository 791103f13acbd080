package dev.belay.demo;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/** A span for each statement, below the one that the driver's thread is in. */
record StatementSpans(Tracer tracer) implements QueryExecutionListener {
  private static final String SPAN = "span";

  static DataSource around(DataSource database, OpenTelemetry otel) {
    return ProxyDataSourceBuilder.create(database)
        .listener(new StatementSpans(otel.getTracer("sql")))
        .build();
  }

  @Override
  public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
    Span span = tracer.spanBuilder("SQL").setSpanKind(SpanKind.CLIENT).startSpan();
    span.setAttribute("db.system.name", "postgresql");
    execution.addCustomValue(SPAN, span);
  }

  @Override
  public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
    Span span = execution.getCustomValue(SPAN, Span.class);
    if (!execution.isSuccess()) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
