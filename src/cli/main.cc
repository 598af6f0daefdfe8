#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/environment.h"

namespace {

using axonite::cli::default_data_dir;

void add_up(CLI::App& app, axonite::server::Config& config, int& code) {
  CLI::App* up = app.add_subcommand("up", "Start a server and keep it in the foreground");
  up->add_option("--data-dir", config.data_dir, "Where everything is kept")->capture_default_str();
  up->add_option("--port", config.port, "TLS, HTTP and CONNECT for every Azure host; 0 = any free port")->capture_default_str();
  up->add_option("--sql-port", config.sql_port, "Dedicated SQL pools")->capture_default_str();
  up->add_option("--sql-serverless-port", config.sql_serverless_port, "Serverless SQL")->capture_default_str();
  up->add_option("--spark-port", config.spark_port, "Spark Connect")->capture_default_str();
  up->callback([&] {
    config.upstream_proxy = axonite::cli::inherited_proxy();
    code = axonite::cli::up(config);
  });
}

void add_exec(CLI::App& app, axonite::cli::ExecOptions& options, int& code) {
  CLI::App* exec = app.add_subcommand("exec", "Run a program against a server: axonite exec -- python program.py");
  exec->add_option("--data-dir", options.data_dir, "Use the server that runs on this directory; without it a private one is started");
  exec->add_flag("--report", options.report, "List every Azure call the program made and mark those that are not supported");
  exec->add_option("command", options.command, "The program and its arguments")->required();
  exec->positionals_at_end();
  exec->callback([&] { code = axonite::cli::exec(options); });
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app("Axonite: the Azure analytics stack in one server");
  app.require_subcommand(1);
  int code = 0;
  axonite::server::Config config;
  config.data_dir = default_data_dir();
  std::filesystem::path data_dir = default_data_dir();
  axonite::cli::ExecOptions options;
  add_up(app, config, code);
  add_exec(app, options, code);
  CLI::App* env = app.add_subcommand("env", "Print the environment of a running server, for eval");
  env->add_option("--data-dir", data_dir, "The server's directory")->capture_default_str();
  env->callback([&] { code = axonite::cli::env(data_dir); });
  CLI::App* status = app.add_subcommand("status", "Say what runs");
  status->add_option("--data-dir", data_dir, "The server's directory")->capture_default_str();
  status->callback([&] { code = axonite::cli::status(data_dir); });
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return code;
}
