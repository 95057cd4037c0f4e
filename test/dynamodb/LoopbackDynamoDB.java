import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/** DynamoDB Local that listens only on this machine's own address. It has no option for that. */
class LoopbackDynamoDB {
  public static void main(String[] options) throws Exception {
    var proxy = ServerRunner.createServerFromCommandLineArgs(options);
    var field = proxy.getClass().getDeclaredField("server");
    field.setAccessible(true);
    var connector = (ServerConnector) ((Server) field.get(proxy)).getConnectors()[0];
    connector.setHost("127.0.0.1");
    proxy.start();
    proxy.join();
  }
}
