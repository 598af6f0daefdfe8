#pragma once
// What a session knows while it runs: shared by binder, interpreter and system procedures.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tsql/bound.h"
#include "tsql/catalog.h"
#include "tsql/session.h"

namespace axonite::tsql {

struct Variable {
  Type type;
  engine::Value value;
};

struct SetOptions {
  bool nocount = false, xact_abort = false, fmtonly = false, implicit_transactions = false, ansi_nulls = true,
       quoted_identifier = true;
  int datefirst = 7;
  std::int64_t rowcount = 0;
  std::string language = "us_english", isolation = "read uncommitted";
};

struct State {
  engine::Session* engine = nullptr;
  Clock* clock = nullptr;
  const SessionOptions* options = nullptr;
  Catalog* catalog = nullptr;
  std::string database;
  int spid = 0;
  std::string session_id;
  Activity* activity = nullptr;
  std::string activity_key;  // the engine's key of the database

  std::map<std::string, Variable> variables;        // by lower-case name
  std::map<std::string, Object> temporary;          // "#t" in lower case → its columns
  SetOptions set;
  std::int64_t rowcount = 0;
  int error = 0;
  int transaction_depth = 0;
  bool doomed = false;
  std::optional<Message> caught;  // inside CATCH
  std::vector<std::string> procedures;  // names of those running, outermost first
  Time statement_time{};
};

}  // namespace axonite::tsql
