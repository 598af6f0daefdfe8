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
  up->add_option("--worker-python", config.worker_python, "The Python that runs notebooks (./x sets it)")->envname("AXONITE_WORKER_PYTHON");
  up->callback([&] {
    config.upstream_proxy = axonite::cli::inherited_proxy();
    code = axonite::cli::up(config);
  });
}

void add_exec(CLI::App& app, axonite::cli::ExecOptions& options, int& code) {
  CLI::App* exec = app.add_subcommand("exec", "Run a program against a server: axonite exec -- python program.py");
  exec->add_option("--data-dir", options.data_dir, "Use the server that runs on this directory; without it a private one is started");
  exec->add_flag("--report", options.report, "List every Azure call the program made and mark those that are not supported");
  exec->add_flag("--guide-spelling", options.guide_spelling, "Let Python find the integration guide's own packages (purviewclient, azureml) first");
  exec->add_option("command", options.command, "The program and its arguments")->required();
  exec->positionals_at_end();
  exec->callback([&] { code = axonite::cli::exec(options); });
}

void add_place(CLI::App& command, axonite::cli::ApplyOptions& options) {
  command.add_option("--data-dir", options.data_dir, "The server's directory; without it the server that this shell points at, or a private one");
  command.add_option("--factory", options.place.factory, "The data factory");
  command.add_option("--resource-group,-g", options.place.resource_group, "The factory's resource group");
  command.add_option("--workspace", options.place.workspace, "The Synapse workspace");
}

void add_apply(CLI::App& app, axonite::cli::ApplyOptions& options, int& code) {
  CLI::App* apply = app.add_subcommand("apply", "Deploy a folder that Data Factory or Synapse keeps in git");
  apply->add_option("folder", options.folder, "The folder with linkedService/, dataset/, pipeline/, …")->required();
  add_place(*apply, options);
  apply->callback([&] { code = axonite::cli::apply(options); });
}

void add_run(CLI::App& app, axonite::cli::RunOptions& options, int& code) {
  CLI::App* run = app.add_subcommand("run", "Deploy a folder and run one of its pipelines: a CI job");
  run->add_option("pipeline", options.pipeline, "The pipeline")->required();
  run->add_option("--folder", options.apply.folder, "The folder to deploy first");
  run->add_option("--parameters", options.parameters, "A JSON object, or @FILE");
  run->add_option("--junit", options.junit, "Write a JUnit report to this file");
  add_place(*run, options.apply);
  run->callback([&] { code = axonite::cli::run(options); });
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
  axonite::cli::ApplyOptions apply;
  add_apply(app, apply, code);
  axonite::cli::RunOptions run;
  add_run(app, run, code);
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
