package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerScript;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;

/** Runs a contract's script as a servlet. */
final class ServletScript extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient ServerScript script;

  ServletScript(ServerScript script) {
    this.script = script;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    try {
      script.run(Context.current(), new Exchange(request, response));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e);
    }
  }

  private record Exchange(HttpServletRequest request, HttpServletResponse response)
      implements ServerExchange {
    @Override
    public String path() {
      return request.getRequestURI();
    }

    @Override
    public byte[] readBody() throws IOException {
      return request.getInputStream().readAllBytes();
    }

    @Override
    public void write(boolean last, byte[] part) throws IOException {
      OutputStream body = response.getOutputStream();
      body.write(part);
      if (last) {
        body.close();
      } else {
        response.flushBuffer();
      }
    }
  }
}
